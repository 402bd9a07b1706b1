"""Publishes a draft, in one transaction: all of it, or nothing. Assignments are added and ended, never rewritten."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.availability.window import Window, start_of_day, zone_of
from oncall_ui.domain.imports.freshness import Freshness
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.plan_states import PlanStatus
from oncall_ui.domain.schedules.problem import Problem, Shift, Slot
from oncall_ui.domain.schedules.shares import Spans, stored_thousandths
from oncall_ui.errors import InvalidInput, PlanOutdated
from oncall_ui.hub import ScheduleChanged
from oncall_ui.mail import is_set_up
from oncall_ui.models import Assignment, Member, Participant, PlanSlot, Schedule, SchedulePlan, now
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.access import lock_schedule
from oncall_ui.services.schedules.calendars import Calendars, calendars_of
from oncall_ui.services.schedules.drafts import draft_of, newest_assignment
from oncall_ui.services.schedules.email_queue import queue_emails
from oncall_ui.services.schedules.people import names_of, periods_of
from oncall_ui.services.schedules.publish_slots import Change, Publisher
from oncall_ui.services.schedules.results import slots_of, stored_problem

SEEN = "This draft has changed since you opened it. Look at it again, then publish it."
BEGUN = "A shift of this draft has begun since it was planned. Plan it again from the next shift on."
AVAILABLE = {Freshness.UP_TO_DATE}


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing changed: who gained and lost which slots, sorted by start."""

    changes: tuple[Change, ...]


def publish(
    app: App,
    member_id: int,
    schedule_id: int,
    number: int,
    revision: int,
    accepted: Collection[Slot] = (),
    until: date | None = None,
    *,
    at: datetime | None = None,
) -> Published:
    """Publishes the draft as of `revision`; with `until` only the shifts that start before that day.

    `accepted` are the slots that were ticked although their holder is blocked. Raises PlanOutdated where anything has
    changed since it was planned or looked at, InvalidInput where a tick or a fresh calendar is missing, PlanNotReady,
    and NotAllowed unless the member manages the schedule. Then nothing has changed.
    """
    moment = at or now()
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        plan = draft_of(session, schedule_id, number)
        if plan.revision != revision:
            raise PlanOutdated(SEEN)
        slots = _wanted(schedule, plan, slots_of(session, plan), until)
        _Checks(session, schedule, plan, slots, moment).all(set(accepted))
        publisher = Publisher(session, schedule, plan, member_id, moment)
        changes = publisher.publish(slots, _end(schedule, plan, until))
        plan.status, plan.published_by, plan.published_at = PlanStatus.PUBLISHED, member_id, moment
        plan.published_until = until or plan.end_day
        if at is None and is_set_up(app.settings):
            queue_emails(session, plan, changes, moment)
        record(
            session,
            AuditAction.PLAN_PUBLISHED,
            by=member_id,
            what=schedule.name,
            number=number,
            changes=len(changes),
            blocked=sum(row.blocked > 0 for row in slots),
            empty=sum(row.participant_id is None for row in slots),
        )
    app.hub.publish(ScheduleChanged(schedule_id))
    return Published(tuple(changes))


def _wanted(schedule: Schedule, plan: SchedulePlan, rows: Sequence[PlanSlot], until: date | None) -> list[PlanSlot]:
    """Raises InvalidInput."""
    if until is not None and not plan.first_day < until <= plan.end_day:
        raise InvalidInput("Until", "Choose a day within the draft.")
    end = _end(schedule, plan, until)
    return [row for row in rows if row.shift_start < end]


def _end(schedule: Schedule, plan: SchedulePlan, until: date | None) -> datetime:
    return start_of_day(until or plan.end_day, zone_of(schedule.zone))


class _Checks:
    """Everything that keeps a draft from being published."""

    def __init__(
        self, session: Session, schedule: Schedule, plan: SchedulePlan, slots: Sequence[PlanSlot], at: datetime
    ) -> None:
        self._session, self._schedule, self._plan, self._slots, self._at = session, schedule, plan, slots, at
        self._id = schedule.id or 0

    def all(self, accepted: Collection[Slot]) -> None:
        """Raises PlanOutdated, InvalidInput."""
        self._unchanged_schedule()
        if any(row.shift_start <= self._at for row in self._slots):
            raise PlanOutdated(BEGUN)
        blocked = {Slot(row.shift_start, row.role) for row in self._slots if row.blocked}
        if missing := len(blocked - set(accepted)):
            which = "1 shift is" if missing == 1 else f"{missing} shifts are"
            raise InvalidInput("Publish", f"{which} blocked for the person on call. Tick each, or change it.")
        problem = stored_problem(self._session, self._plan.id or 0)
        if problem is not None and problem.shifts:
            self._calendars(problem)

    def _unchanged_schedule(self) -> None:
        newest = newest_assignment(self._session, self._id)
        if newest == self._plan.based_on:
            return
        row = self._session.get_one(Assignment, newest)
        by = self._session.get(Member, row.by_id) if row.by_id else None
        zone = zone_of(self._schedule.zone)
        when = f"{row.recorded_at.astimezone(zone):%H:%M on %a} {row.recorded_at.astimezone(zone).day}"
        when += f"{row.recorded_at.astimezone(zone): %b}"
        who = by.name if by else "Somebody"
        raise PlanOutdated(
            f"{who} changed the published schedule at {when}, after this draft was planned. Plan it again."
        )

    def _calendars(self, problem: Problem) -> None:
        """Raises PlanOutdated, which names whose calendar has changed, and InvalidInput, whose isn't fresh."""
        shifts = (
            [shift for shift in problem.shifts if shift.start <= self._slots[-1].shift_start] if self._slots else []
        )
        rows = self._session.exec(select(Participant).where(col(Participant.id).in_(_ids(problem)))).all()
        window = Window(problem.shifts[0].start, max(shift.end for shift in problem.shifts))
        moment = self._plan.as_of or self._at
        found = calendars_of(self._session, rows, periods_of(self._session, self._id), window, moment)
        names = names_of(self._session, self._id)
        changed = [
            names[int(person.id)]
            for person in problem.people
            if any(
                _shares(before, person.id, shifts) != _shares(after, person.id, shifts)
                for before, after in ((problem.blocks, found.blocks), (problem.preferences, found.preferences))
            )
        ]
        if changed:
            have = "has" if len(changed) == 1 else "have"
            raise PlanOutdated(
                f"The availability of {_listed(changed)} {have} changed since this draft was planned. Plan it again."
            )
        if self._schedule.needs_fresh:
            self._fresh(found, names)

    def _fresh(self, found: Calendars, names: Mapping[int, str]) -> None:
        holders = {str(row.participant_id) for row in self._slots if row.participant_id is not None}
        stale = sorted(names[int(each)] for each in holders if found.freshness.get(each) not in AVAILABLE)
        if stale:
            raise InvalidInput(
                "Publish", f"This schedule needs fresh calendars. Those of {_listed(stale)} aren’t up to date."
            )


def _ids(problem: Problem) -> list[int]:
    return [int(person.id) for person in problem.people]


def _shares(spans: Spans, person: str, shifts: Sequence[Shift]) -> list[int]:
    return [stored_thousandths(spans.get(person, ()), shift) for shift in shifts]


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
