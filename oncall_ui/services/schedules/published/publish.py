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
from oncall_ui.domain.schedules.destinations.kinds import EventKind
from oncall_ui.domain.schedules.messages.kinds import Occasion
from oncall_ui.domain.schedules.plan_states import PlanStatus, SlotHow
from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.errors import InvalidInput, PlanOutdated
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Participant, PlanSlot, Schedule, SchedulePlan, now
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.access import lock_schedule
from oncall_ui.services.schedules.cover import emails
from oncall_ui.services.schedules.cover.rows import close_lost
from oncall_ui.services.schedules.destinations.outbox import queue_changes
from oncall_ui.services.schedules.drafts.calendars import Calendars
from oncall_ui.services.schedules.drafts.drafts import draft_of
from oncall_ui.services.schedules.drafts.editing.choices import from_row
from oncall_ui.services.schedules.drafts.live import live_parts
from oncall_ui.services.schedules.drafts.outdated import changes_since
from oncall_ui.services.schedules.drafts.results import slots_of
from oncall_ui.services.schedules.messages.outbox import reaches_members
from oncall_ui.services.schedules.people import names_of
from oncall_ui.services.schedules.published.email_queue import News, queue_emails
from oncall_ui.services.schedules.published.other_schedules import lock_people, shifts_elsewhere
from oncall_ui.services.schedules.published.publish_slots import Change, Publisher

SEEN = "This draft has changed since you opened it. Look at it again, then publish it."
TWICE = "{name} is on call in another schedule on {day}. Give one of the two shifts to somebody else."
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
        wanted = Publishing(member_id, until, moment, frozenset(accepted), is_history=at is not None)
        changes, slots = publish_in(app, session, schedule, plan, wanted)
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


@dataclass(frozen=True, slots=True)
class Publishing:
    """Who publishes, None: nobody, it is automatic. `is_history`: of a schedule with a past; nobody gets an email."""

    by: int | None
    until: date | None
    at: datetime
    accepted: frozenset[Slot] = frozenset()
    is_history: bool = False


def publish_in(
    app: App, session: Session, schedule: Schedule, plan: SchedulePlan, wanted: Publishing
) -> tuple[list[Change], list[PlanSlot]]:
    """What changed, and the slots that are published. In the caller's transaction, which has locked the schedule.

    Raises as `publish`. Then roll back, or leave the plan as it is: nothing has changed.
    """
    slots = _wanted(schedule, plan, slots_of(session, plan), wanted.until)
    lock_people(session, {row.participant_id for row in slots})
    _Checks(session, schedule, plan, slots, wanted).all()
    publisher = Publisher(session, schedule, plan, wanted.by, wanted.at)
    changes = publisher.publish(slots, _end(schedule, plan, wanted.until))
    emails.lost(app, session, close_lost(session, schedule.id or 0, wanted.at), wanted.at)
    plan.status, plan.published_by, plan.published_at = PlanStatus.PUBLISHED, wanted.by, wanted.at
    plan.published_until = wanted.until or plan.end_day
    if not wanted.is_history and reaches_members(app, session):
        queue_emails(session, News(schedule.id or 0, wanted.by, Occasion.PUBLISHED, changes), wanted.at)
    if not wanted.is_history:
        queue_changes(
            session,
            schedule.id or 0,
            EventKind.PLAN_PUBLISHED,
            changes,
            by=wanted.by,
            at=wanted.at,
            plan=plan.number,
        )
    return changes, slots


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
        self, session: Session, schedule: Schedule, plan: SchedulePlan, slots: Sequence[PlanSlot], wanted: Publishing
    ) -> None:
        self._session, self._schedule, self._plan, self._slots, self._wanted = session, schedule, plan, slots, wanted

    def all(self) -> None:
        """Raises PlanOutdated, InvalidInput."""
        starts = [row.shift_start for row in self._slots]
        found = changes_since(self._session, self._schedule, self._plan, starts, self._wanted.at)
        if found.reasons:
            raise PlanOutdated(found.reasons[0])
        remembered = from_row(self._plan.choices).accepted
        blocked = {
            slot
            for row in self._slots
            if row.blocked and ((slot := Slot(row.shift_start, row.role)), row.participant_id) not in remembered
        }
        if missing := len(blocked - self._wanted.accepted):
            which = "1 shift is" if missing == 1 else f"{missing} shifts are"
            raise InvalidInput("Publish", f"{which} blocked for the person on call. Tick each, or change it.")
        if not self._wanted.is_history:
            self._twice()
        if self._schedule.needs_fresh and found.built is not None:
            self._fresh(found.built.calendars, names_of(self._session, self._schedule.id or 0))

    def _twice(self) -> None:
        """Nobody gets a shift while another schedule has them, unless the rules name them for it."""
        new = [row for row in self._slots if row.participant_id is not None and row.how is not SlotHow.FIXED]
        if not new:
            return
        window = Window(new[0].shift_start, max(row.shift_end for row in new))
        holders = select(Participant).where(col(Participant.id).in_({row.participant_id for row in new}))
        busy = shifts_elsewhere(self._session, self._schedule.id or 0, self._session.exec(holders), window)
        if not busy:
            return
        lives = live_parts(self._session, self._schedule.id or 0, window.start, window.end)
        had = {(live.shift.start, live.part.role, live.part.participant_id) for live in lives}
        for row in new:
            spans = busy.get(row.participant_id or 0, ())
            is_new = (row.shift_start, row.role, row.participant_id) not in had
            if is_new and any(span.start < row.shift_end and span.end > row.shift_start for span in spans):
                local = row.shift_start.astimezone(zone_of(self._schedule.zone))
                name = names_of(self._session, self._schedule.id or 0)[row.participant_id or 0]
                raise InvalidInput("Publish", TWICE.format(name=name, day=f"{local:%a} {local.day} {local:%b}"))

    def _fresh(self, found: Calendars, names: Mapping[int, str]) -> None:
        holders = {str(row.participant_id) for row in self._slots if row.participant_id is not None}
        stale = sorted(names[int(each)] for each in holders if found.freshness.get(each) not in AVAILABLE)
        if stale:
            raise InvalidInput(
                "Publish", f"This schedule needs fresh calendars. Those of {_listed(stale)} aren’t up to date."
            )


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
