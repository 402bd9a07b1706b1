"""A manager gives a published slot to somebody else. What was published stays: assignments are ended and added."""

from datetime import datetime

from sqlmodel import Session

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.availability.window import Window, zone_of
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.membership import terms_on
from oncall_ui.domain.schedules.messages.kinds import Occasion
from oncall_ui.domain.schedules.plan_states import AssignmentCause
from oncall_ui.errors import InvalidInput, NotAllowed, PlanOutdated
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Participant, Schedule, now
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.access import MAX_ID, lock_schedule
from oncall_ui.services.schedules.cover import emails
from oncall_ui.services.schedules.cover.parts import Handed, HeldSlot, hand, held_slot, is_busy
from oncall_ui.services.schedules.cover.rows import close_lost
from oncall_ui.services.schedules.drafts.calendars import calendars_of
from oncall_ui.services.schedules.messages.outbox import reaches_members
from oncall_ui.services.schedules.people import names_of, periods_of
from oncall_ui.services.schedules.published.email_queue import News, queue_emails
from oncall_ui.services.schedules.published.other_schedules import lock_people
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
        lock_people(session, [participant_id])
        cut = max(slot.shift.start, moment)
        _check(session, schedule, slot, participant, cut, before)
        is_blocked = _is_blocked(session, schedule, participant, Window(cut, slot.shift.end), moment)
        if is_blocked and not is_accepted:
            name = names_of(session, schedule_id)[participant_id]
            raise InvalidInput(FIELD, BLOCKED.format(name=name))
        new = Handed(
            participant_id, cut, slot.shift.end, member_id, at or now(), AssignmentCause.HAND, WHY, None, is_blocked
        )
        changes = hand(session, schedule, slot, new)
        emails.lost(app, session, close_lost(session, schedule_id, new.at), new.at)
        if at is None and reaches_members(app, session):
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


def _slot(session: Session, schedule_id: int, start: datetime, role: str) -> HeldSlot:
    slot = held_slot(session, schedule_id, start, role)
    if slot is None:
        raise NotAllowed
    return slot


def _participant(session: Session, schedule_id: int, participant_id: int) -> Participant:
    row = session.get(Participant, participant_id) if 0 < participant_id <= MAX_ID else None
    if row is None or row.schedule_id != schedule_id or row.member_id is None:
        raise NotAllowed
    return row


def _check(
    session: Session, schedule: Schedule, slot: HeldSlot, participant: Participant, cut: datetime, before: int | None
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
    if is_busy(session, participant, cut, slot.shift.end, but=[part.id or 0 for part in slot.parts]):
        raise InvalidInput(FIELD, BUSY)


def _is_blocked(session: Session, schedule: Schedule, participant: Participant, window: Window, at: datetime) -> bool:
    found = calendars_of(session, [participant], periods_of(session, schedule.id or 0), window, at)
    return str(participant.id) in found.blocks
