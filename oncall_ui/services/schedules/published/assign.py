"""A manager gives a published slot to somebody else. What was published stays: assignments are ended and added."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.availability.window import Window, zone_of
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.membership import terms_on
from oncall_ui.domain.schedules.plan_states import AssignmentCause
from oncall_ui.domain.schedules.shift_email import Occasion
from oncall_ui.email.mail import is_set_up
from oncall_ui.errors import InvalidInput, NotAllowed, PlanOutdated
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Assignment, Participant, PublishedShift, Schedule, now
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.access import MAX_ID, lock_schedule
from oncall_ui.services.schedules.drafts.calendars import calendars_of
from oncall_ui.services.schedules.ledger.lines import Cause, add_lines, lines_of_slot, written_of
from oncall_ui.services.schedules.people import names_of, periods_of
from oncall_ui.services.schedules.published.email_queue import News, queue_emails
from oncall_ui.services.schedules.published.publish_slots import Change

FIELD = "Hand over"
OVER = "This shift is over. Change the ledger instead."
SAME = "They have this shift already. Choose somebody else."
BUSY = "They are on call at that time already. Give that shift to somebody else first."
GONE = "They aren’t on the schedule then. Choose somebody else."
BLOCKED = "{name} is blocked for some of it. Confirm that they agree, or choose somebody else."
OUTDATED = "Somebody changed this shift since you opened it. Look at it again."
WHY = "handed over"


def assign(
    app: App,
    member_id: int,
    schedule_id: int,
    start: datetime,
    role: str,
    participant_id: int,
    *,
    before: int | None,
    is_accepted: bool = False,
    at: datetime | None = None,
) -> Change:
    """Hands over what is left of the slot: all of it, or from now on where it has begun.

    `before` is who has it as far as the manager knows, None for a gap. `is_accepted`: even though the new holder is
    blocked. Raises NotAllowed unless the member manages the schedule, PlanOutdated where somebody else has it by now,
    and InvalidInput. The ledger moves with it, by the minute, and who gained or lost it gets an email.
    """
    moment = (at or now()).replace(second=0, microsecond=0)
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        slot = _slot(session, schedule_id, start, role)
        participant = _participant(session, schedule_id, participant_id)
        cut = max(slot.shift.start, moment)
        _check(session, schedule, slot, participant, cut, before)
        is_blocked = _is_blocked(session, schedule, participant, Window(cut, slot.shift.end), moment)
        if is_blocked and not is_accepted:
            name = names_of(session, schedule_id)[participant_id]
            raise InvalidInput(FIELD, BLOCKED.format(name=name))
        new = _Handed(participant_id, member_id, cut, at or now(), is_accepted=is_blocked)
        _hand(session, schedule, slot, new)
        if at is None and is_set_up(app.settings):
            changes = _changes(slot, new)
            queue_emails(session, News(schedule_id, member_id, Occasion.HANDED_OVER, changes), new.at)
        change = Change(cut, slot.shift.end, role, before, participant_id)
        record(
            session,
            AuditAction.SHIFT_HANDED_OVER,
            by=member_id,
            about=participant.member_id,
            what=schedule.name,
            start=start.isoformat(),
            role=role,
            blocked=int(is_blocked),
        )
    app.hub.publish(ScheduleChanged(schedule_id))
    return change


@dataclass(frozen=True, slots=True)
class _Slot:
    shift: PublishedShift
    role: str
    parts: Sequence[Assignment]
    """By time; together the whole slot."""


@dataclass(frozen=True, slots=True)
class _Handed:
    participant: int
    by: int
    cut: datetime
    at: datetime
    is_accepted: bool


def _changes(slot: _Slot, new: _Handed) -> list[Change]:
    """What each holder lost."""
    found = []
    for part in slot.parts:
        if part.end > new.cut and part.participant_id != new.participant:
            start = max(part.start, new.cut)
            of_shift = None if start == slot.shift.start else slot.shift.start
            found.append(Change(start, part.end, slot.role, part.participant_id, new.participant, of_shift))
    return found


def _slot(session: Session, schedule_id: int, start: datetime, role: str) -> _Slot:
    rows = session.exec(
        select(PublishedShift, Assignment)
        .join(Assignment, col(Assignment.shift_id) == col(PublishedShift.id))
        .where(PublishedShift.schedule_id == schedule_id, PublishedShift.start == start)
        .where(col(PublishedShift.cancelled_at).is_(None), col(Assignment.ended_at).is_(None))
        .where(Assignment.role == role)
        .order_by(col(Assignment.start), col(Assignment.id))
    ).all()
    if not rows:
        raise NotAllowed
    return _Slot(rows[0][0], role, [part for _, part in rows])


def _participant(session: Session, schedule_id: int, participant_id: int) -> Participant:
    row = session.get(Participant, participant_id) if 0 < participant_id <= MAX_ID else None
    if row is None or row.schedule_id != schedule_id or row.member_id is None:
        raise NotAllowed
    return row


def _check(
    session: Session, schedule: Schedule, slot: _Slot, participant: Participant, cut: datetime, before: int | None
) -> None:
    if cut >= slot.shift.end:
        raise InvalidInput(FIELD, OVER)
    holders = {part.participant_id for part in slot.parts if part.end > cut}
    if before not in holders:
        raise PlanOutdated(OUTDATED)
    if holders == {participant.id}:
        raise InvalidInput(FIELD, SAME)
    periods = periods_of(session, schedule.id or 0).get(participant.id or 0, ())
    terms = terms_on(periods, cut.astimezone(zone_of(schedule.zone)).date())
    if terms is None or terms.is_paused:
        raise InvalidInput(FIELD, GONE)
    if _is_busy(session, slot, participant, cut):
        raise InvalidInput(FIELD, BUSY)


def _is_busy(session: Session, slot: _Slot, participant: Participant, cut: datetime) -> bool:
    """Whether they have another slot at that time, of any schedule."""
    rows = session.exec(
        select(Assignment)
        .join(Participant, col(Assignment.participant_id) == col(Participant.id))
        .join(PublishedShift, col(Assignment.shift_id) == col(PublishedShift.id))
        .where(Participant.member_id == participant.member_id, col(Assignment.ended_at).is_(None))
        .where(col(PublishedShift.cancelled_at).is_(None))
        .where(col(Assignment.start) < slot.shift.end, col(Assignment.end) > cut)
    )
    return any((row.shift_id, row.role) != (slot.shift.id, slot.role) for row in rows)


def _is_blocked(session: Session, schedule: Schedule, participant: Participant, window: Window, at: datetime) -> bool:
    found = calendars_of(session, [participant], periods_of(session, schedule.id or 0), window, at)
    return str(participant.id) in found.blocks


def _hand(session: Session, schedule: Schedule, slot: _Slot, new: _Handed) -> None:
    """Ends the parts that reach past the cut; what was before it goes on as a part of its own."""
    written = written_of(session, [slot.shift.id or 0]).get((slot.shift.id or 0, slot.role), {})
    stay = [part for part in slot.parts if part.end <= new.cut]
    for part in slot.parts:
        if part.end <= new.cut:
            continue
        part.ended_at = new.at
        if part.start < new.cut:
            kept = part.model_dump(exclude={"id", "ended_at", "end", "recorded_at"})
            stay.append(Assignment(**kept, end=new.cut, recorded_at=new.at))
    added = Assignment(
        shift_id=slot.shift.id or 0,
        role=slot.role,
        participant_id=new.participant,
        start=new.cut,
        end=slot.shift.end,
        recorded_at=new.at,
        cause=AssignmentCause.HAND,
        is_accepted=new.is_accepted,
        by_id=new.by,
    )
    session.add_all([*(part for part in stay if part.id is None), added])
    periods = periods_of(session, schedule.id or 0)
    cause = Cause(new.by, new.at, WHY)
    add_lines(session, lines_of_slot(schedule, slot.shift, slot.role, [*stay, added], periods, written, cause))
