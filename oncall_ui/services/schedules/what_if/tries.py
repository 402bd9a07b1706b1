"""Tries: what a plan would be with other people, points, limits or roles. A job plans them like drafts (`planning`).

A try is a row of `schedule_plan` that can't be published. Nothing but that row changes until a manager makes it a
draft (`decide`).
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from oncall_ui.app import App
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.plan_states import PlanKind, PlanStatus
from oncall_ui.domain.schedules.what_if.changes import Away, Tried
from oncall_ui.domain.schedules.what_if.stored import to_row
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Participant, PlanInput, PublishedShift, Schedule, SchedulePlan, now
from oncall_ui.services.schedules.access import lock_schedule, may
from oncall_ui.services.schedules.drafts.drafts import LONGEST, Wanted, ask_for
from oncall_ui.services.schedules.what_if.checks import settled

A_DAY = timedelta(days=1)
KEPT = timedelta(days=30)
"""So long nobody has to have changed a try before it goes."""
NOTHING = "Nothing is published from now on, so there is nothing to compare with. Publish a draft first."
LARGEST = 2**31 - 1
CLEAN: Mapping[str, Any] = {"result": {}, "progress": {}, "note": "", "is_stop_asked": False, "lease": None}


def save_try(app: App, member_id: int, schedule_id: int, tried: Tried, number: int | None = None) -> int:
    """Plans the published days again with these changes, and returns the number of the try. `number`: one of before.

    Managers try everything; members only that they are away themselves. Raises NotAllowed, and InvalidInput for a
    change that can't be.
    """
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MEMBER)
        _refuse_others(session, member_id, schedule_id, tried)
        tried = settled(session, schedule, tried)
        first, end = days_of(session, schedule)
        if number is None:
            _drop_unfinished(session, member_id, schedule_id)
            wanted = Wanted(member_id, PlanKind.WHAT_IF, first, end, tried=tried)
            number = ask_for(session, schedule, wanted)
        else:
            plan = _own_try(session, member_id, schedule_id, number)
            if plan.status is PlanStatus.DROPPED:
                raise NotAllowed
            for name, value in CLEAN.items():
                setattr(plan, name, value)
            plan.tried, plan.status, plan.created_at = to_row(tried), PlanStatus.PLANNING, now()
            plan.first_day, plan.end_day, plan.revision = first, end, plan.revision + 1
    app.hub.publish(ScheduleChanged(schedule_id))
    return number


def discard_try(app: App, member_id: int, schedule_id: int, number: int) -> None:
    """Nothing is left of it but its number. Raises NotAllowed."""
    with app.db.write() as session:
        lock_schedule(session, member_id, schedule_id, Access.MEMBER)
        drop(session, _own_try(session, member_id, schedule_id, number))
    app.hub.publish(ScheduleChanged(schedule_id))


def erase_old_tries(app: App) -> int:
    """Those that nobody has changed for 30 days. Returns how many."""
    with app.db.write() as session:
        rows = session.exec(
            select(SchedulePlan)
            .where(SchedulePlan.kind == PlanKind.WHAT_IF, SchedulePlan.status != PlanStatus.DROPPED)
            .where(col(SchedulePlan.created_at) < now() - KEPT)
            .with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            drop(session, row)
        return len(rows)


def try_of(session: Session, member_id: int, schedule_id: int, number: int) -> SchedulePlan:
    """Their own, or for managers anybody's. Raises NotAllowed."""
    found = session.exec(
        select(SchedulePlan)
        .where(SchedulePlan.schedule_id == schedule_id, SchedulePlan.number == min(number, LARGEST))
        .where(SchedulePlan.kind == PlanKind.WHAT_IF)
        .execution_options(populate_existing=True)
    ).first()
    if found is None or (found.by_id != member_id and not may(session, member_id, schedule_id, Access.MANAGER)):
        raise NotAllowed
    return found


def drop(session: Session, plan: SchedulePlan) -> None:
    """Erases what it was computed from and what came out."""
    plan.status, plan.result, plan.progress, plan.lease, plan.tried = PlanStatus.DROPPED, {}, {}, None, {}
    if stored := session.get(PlanInput, plan.id):
        session.delete(stored)


def days_of(session: Session, schedule: Schedule) -> tuple[date, date]:
    """The days of a try: from the next published shift to the last. Raises InvalidInput where all have begun."""
    ends = select(func.min(PublishedShift.start), func.max(PublishedShift.start))
    ahead = ends.where(PublishedShift.schedule_id == schedule.id, col(PublishedShift.cancelled_at).is_(None))
    start, last = session.exec(ahead.where(col(PublishedShift.start) > now())).one()
    if start is None or last is None:
        raise InvalidInput("What if", NOTHING)
    zone = zone_of(schedule.zone)
    first, end = start.astimezone(zone).date(), last.astimezone(zone).date() + A_DAY
    return first, min(end, first + LONGEST)


def own_participant(session: Session, member_id: int, schedule_id: int) -> int | None:
    """Their participant's id on the schedule."""
    rows = select(Participant.id).where(Participant.schedule_id == schedule_id, Participant.member_id == member_id)
    return session.exec(rows).first()


def _own_try(session: Session, member_id: int, schedule_id: int, number: int) -> SchedulePlan:
    """Locked against the job that plans it."""
    plan = try_of(session, member_id, schedule_id, number)
    session.refresh(plan, with_for_update={"key_share": True})
    return plan


def _refuse_others(session: Session, member_id: int, schedule_id: int, tried: Tried) -> None:
    """Raises NotAllowed for what only managers may try."""
    if may(session, member_id, schedule_id, Access.MANAGER):
        return
    own = own_participant(session, member_id, schedule_id)
    is_own = all(isinstance(each.change, Away) and each.change.participant == own for each in tried.entries)
    if tried.is_free or not is_own:
        raise NotAllowed


def _drop_unfinished(session: Session, member_id: int, schedule_id: int) -> None:
    """Who begins another doesn't wait for the last: they are planned one after another."""
    rows = session.exec(
        select(SchedulePlan)
        .where(SchedulePlan.schedule_id == schedule_id, SchedulePlan.by_id == member_id)
        .where(SchedulePlan.kind == PlanKind.WHAT_IF, SchedulePlan.status == PlanStatus.PLANNING)
    )
    for row in rows.all():
        drop(session, row)
