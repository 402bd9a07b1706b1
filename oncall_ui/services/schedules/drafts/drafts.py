"""Drafts: asked for by managers, planned by a job (`planning`), stopped, planned again, discarded."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, func, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.plan_states import PlanKind, PlanStatus
from oncall_ui.domain.schedules.what_if.changes import NOTHING_TRIED, Tried
from oncall_ui.domain.schedules.what_if.stored import to_row
from oncall_ui.errors import InvalidInput, NotAllowed, PlanNotReady
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Assignment, PlanInput, PublishedShift, Schedule, SchedulePlan, now
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.access import lock_schedule
from oncall_ui.services.schedules.drafts.editing.choices import NO_CHOICES, Choices
from oncall_ui.services.schedules.drafts.editing.choices import to_row as choices_row
from oncall_ui.services.schedules.drafts.results import slots_of
from oncall_ui.services.schedules.rules import shifts_of

USUAL_WEEKS, EXTENDED_WEEKS = 12, 8
AHEAD = timedelta(days=7)
"""How far ahead a first plan begins, at least."""
LONGEST = timedelta(days=371)
NOT_READY = {
    PlanStatus.PLANNING: "This draft is being planned. Wait until it is ready.",
    PlanStatus.FAILED: "This draft couldn’t be planned. Plan it again, or discard it.",
    PlanStatus.PUBLISHED: "This plan is published, and published plans don’t change.",
    PlanStatus.DROPPED: "This draft was discarded.",
}


def create_draft(
    app: App,
    member_id: int,
    schedule_id: int,
    first_day: date | None = None,
    end_day: date | None = None,
    *,
    at: datetime | None = None,
) -> int:
    """Asks for a plan of these days of the schedule's zone, and returns its number. A job plans it at once.

    Without a first day it begins where the published plan ends, or the first time at least a week ahead; without an
    end it is 12 weeks long. `at`: what is known then and still to come is planned, for schedules with a history.
    Raises NotAllowed unless the member manages the schedule, and InvalidInput.
    """
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        published_to = published_end(session, schedule)
        first = first_day or _first_day(session, schedule, published_to, at or now())
        end = end_day or first + timedelta(weeks=USUAL_WEEKS)
        kind = PlanKind.REDO if published_to is not None and first < published_to else PlanKind.EXTEND
        number = ask_for(session, schedule, Wanted(member_id, kind, first, end, at))
        record(session, AuditAction.DRAFT_CREATED, by=member_id, what=schedule.name, number=number)
    app.hub.publish(ScheduleChanged(schedule_id))
    return number


def extend(
    app: App, member_id: int, schedule_id: int, weeks: int = EXTENDED_WEEKS, *, at: datetime | None = None
) -> int:
    """A draft of the weeks that follow what is published; nothing published moves. Returns its number.

    Raises NotAllowed unless the member manages the schedule, and InvalidInput where nothing is published.
    """
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        first = published_end(session, schedule)
        if first is None:
            raise InvalidInput("From", "Nothing is published yet. Create a draft first.")
        end = first + timedelta(weeks=weeks)
        number = ask_for(session, schedule, Wanted(member_id, PlanKind.EXTEND, first, end, at))
        record(session, AuditAction.DRAFT_CREATED, by=member_id, what=schedule.name, number=number)
    app.hub.publish(ScheduleChanged(schedule_id))
    return number


def stop_planning(app: App, member_id: int, schedule_id: int, number: int) -> None:
    """The best plan so far becomes the draft, a moment later. Raises NotAllowed."""
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        plan = plan_of(session, schedule_id, number)
        if plan.status is PlanStatus.PLANNING and not plan.is_stop_asked:
            plan.is_stop_asked = True
            record(session, AuditAction.DRAFT_CHANGED, by=member_id, what=schedule.name, number=number, stopped=1)
    app.hub.publish(ScheduleChanged(schedule_id))


def plan_again(app: App, member_id: int, schedule_id: int, number: int) -> None:
    """With the calendars, rules and people as they are now, around what is pinned. Raises NotAllowed, PlanNotReady."""
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        plan = plan_of(session, schedule_id, number)
        if plan.status not in {PlanStatus.DRAFT, PlanStatus.FAILED}:
            raise PlanNotReady(NOT_READY[plan.status])
        plan.status, plan.is_stop_asked, plan.note, plan.progress = PlanStatus.PLANNING, False, "", {}
        plan.as_of = None
        record(session, AuditAction.DRAFT_CHANGED, by=member_id, what=schedule.name, number=number, planned_again=1)
    app.hub.publish(ScheduleChanged(schedule_id))


def discard_draft(app: App, member_id: int, schedule_id: int, number: int) -> None:
    """Its slots go; that there was a draft stays. Planning ends. Raises NotAllowed, and PlanNotReady once published."""
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        plan = plan_of(session, schedule_id, number)
        if plan.status is PlanStatus.PUBLISHED:
            raise PlanNotReady(NOT_READY[plan.status])
        if plan.status is PlanStatus.DROPPED:
            return
        plan.status, plan.lease = PlanStatus.DROPPED, None
        for row in slots_of(session, plan):
            session.delete(row)
        if stored := session.get(PlanInput, plan.id):
            session.delete(stored)
        record(session, AuditAction.DRAFT_DISCARDED, by=member_id, what=schedule.name, number=number)
    app.hub.publish(ScheduleChanged(schedule_id))


def plan_of(session: Session, schedule_id: int, number: int) -> SchedulePlan:
    """Raises NotAllowed if there is none, and for a try, which is no plan until it becomes a draft."""
    found = session.exec(
        select(SchedulePlan)
        .where(SchedulePlan.schedule_id == schedule_id, SchedulePlan.number == min(number, 2**31 - 1))
        .where(SchedulePlan.kind != PlanKind.WHAT_IF)
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotAllowed
    return found


def draft_of(session: Session, schedule_id: int, number: int) -> SchedulePlan:
    """A draft that can be changed. Raises NotAllowed, PlanNotReady."""
    plan = plan_of(session, schedule_id, number)
    if plan.status is not PlanStatus.DRAFT:
        raise PlanNotReady(NOT_READY[plan.status])
    return plan


def newest_assignment(session: Session, schedule_id: int) -> int:
    """Its id, 0 if there is none: any change of what is published makes it grow."""
    newest = select(func.max(Assignment.id)).join(PublishedShift, col(Assignment.shift_id) == col(PublishedShift.id))
    return session.exec(newest.where(PublishedShift.schedule_id == schedule_id)).one() or 0


def published_end(session: Session, schedule: Schedule) -> date | None:
    """The day on which the last published shift ends, in the schedule's zone."""
    last = published_until(session, schedule.id or 0)
    return last.astimezone(zone_of(schedule.zone)).date() if last else None


def published_until(session: Session, schedule_id: int) -> datetime | None:
    """When the last published shift ends."""
    ends = select(func.max(PublishedShift.end)).where(PublishedShift.schedule_id == schedule_id)
    return session.exec(ends.where(col(PublishedShift.cancelled_at).is_(None))).one()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A plan to be made of these days; see `create_draft`."""

    by: int | None
    kind: PlanKind
    first: date
    end: date
    at: datetime | None = None
    tried: Tried = NOTHING_TRIED
    choices: Choices = NO_CHOICES


def ask_for(session: Session, schedule: Schedule, asked: Wanted) -> int:
    """Makes its row, which a job finds. Returns its number. Raises InvalidInput."""
    if not timedelta(0) < asked.end - asked.first <= LONGEST:
        raise InvalidInput("Until", f"A plan is 1 to {LONGEST.days} days long. Choose another day.")
    moment = asked.at or now()
    if not any(shift.start > moment for shift in shifts_of(session, schedule, asked.first, asked.end).shifts):
        raise InvalidInput("From", "No shift starts on these days from now on. Choose other days, or add a rule.")
    numbers = select(func.max(SchedulePlan.number)).where(SchedulePlan.schedule_id == schedule.id)
    number = (session.exec(numbers).one() or 0) + 1
    session.add(
        SchedulePlan(
            schedule_id=schedule.id or 0,
            number=number,
            kind=asked.kind,
            status=PlanStatus.PLANNING,
            first_day=asked.first,
            end_day=asked.end,
            by_id=asked.by,
            created_at=moment,
            as_of=asked.at,
            tried=to_row(asked.tried) if asked.tried != NOTHING_TRIED else {},
            choices=choices_row(asked.choices) if asked.choices != NO_CHOICES else {},
        )
    )
    return number


def _first_day(session: Session, schedule: Schedule, published_to: date | None, at: datetime) -> date:
    if published_to is not None:
        return published_to
    today = at.astimezone(zone_of(schedule.zone)).date()
    soonest = today + AHEAD if schedule.cycle_from < today else schedule.cycle_from
    found = shifts_of(session, schedule, soonest, soonest + timedelta(weeks=USUAL_WEEKS)).shifts
    return found[0].start.astimezone(zone_of(schedule.zone)).date() if found else soonest
