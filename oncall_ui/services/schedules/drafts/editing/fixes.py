"""Ways out of what a draft could not keep: accepted once, left empty, or asked for by email."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.imports.wording import MONTHS, WEEKDAYS
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.plan_states import PlanStatus
from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Member, Participant, PlanSlot, Schedule, SchedulePlan
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.access import MAX_ID, lock_schedule
from oncall_ui.services.schedules.drafts.drafts import draft_of
from oncall_ui.services.schedules.drafts.editing.choices import Decision, from_row, to_row
from oncall_ui.services.schedules.drafts.results import slots_of

NO_EMAIL = "This server sends no email. Ask them yourself."
LEFT = "Their account is gone, so there is no one to ask."
MAIL = """Hello {name},

{asker} is planning {schedule} and would like you to be on call, but your availability says you're blocked:

{shifts}

If you can take {it}, lift the block: change the event in your calendar, or remove the days you added at {url}.

If you can't, no action is needed. {asker} sees when you are blocked, never why.
"""


def use_fix(
    app: App,
    member_id: int,
    schedule_id: int,
    number: int,
    given: Sequence[Decision],
    empty: Sequence[Slot] = (),
) -> None:
    """Gives slots to people in spite of any conflict, leaves others empty, and plans the rest again around that.

    What is `given` counts as accepted when the draft is published. Raises NotAllowed unless the member manages the
    schedule and the draft has these slots, and PlanNotReady.
    """
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        plan = draft_of(session, schedule_id, number)
        _rows_of(session, plan, [*(slot for slot, _ in given), *empty])
        choices = from_row(plan.choices)
        for slot, participant in given:
            _participant(session, schedule_id, participant)
            choices = choices.pin(slot, participant).accept(slot, participant)
        for slot in empty:
            choices = choices.leave_empty(slot)
        plan.choices, plan.revision = to_row(choices), plan.revision + 1
        plan.status, plan.is_stop_asked, plan.note, plan.progress, plan.as_of = PlanStatus.PLANNING, False, "", {}, None
        record(
            session,
            AuditAction.DRAFT_CHANGED,
            by=member_id,
            what=schedule.name,
            number=number,
            accepted=len(given),
            left_empty=len(empty),
        )
    app.hub.publish(ScheduleChanged(schedule_id))


def ask_to_lift(
    app: App, member_id: int, schedule_id: int, number: int, participant_id: int, slots: Sequence[Slot]
) -> None:
    """Emails the participant: could they lift their block for these slots? The draft remembers that they were asked.

    Raises InvalidInput where no email can be sent, NotAllowed unless the member manages the schedule, PlanNotReady.
    """
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        if not app.postbox.is_set_up:
            raise InvalidInput("Ask", NO_EMAIL)
        plan = draft_of(session, schedule_id, number)
        rows = _rows_of(session, plan, slots)
        member = session.get(Member, _participant(session, schedule_id, participant_id).member_id or 0)
        asker = session.get_one(Member, member_id)
        if member is None:
            raise InvalidInput("Ask", LEFT)
        choices = from_row(plan.choices)
        for slot in slots:
            choices = choices.ask(slot, participant_id)
        plan.choices = to_row(choices)
        record(session, AuditAction.DRAFT_CHANGED, by=member_id, what=schedule.name, number=number, asked=1)
        message = _message(app, schedule, rows, member, asker)
    app.postbox.post(*message)
    app.hub.publish(ScheduleChanged(schedule_id))


def _message(
    app: App, schedule: Schedule, rows: Sequence[PlanSlot], member: Member, asker: Member
) -> tuple[str, str, str]:
    """Address, subject and text, with times in the member's own zone."""
    shifts = [f"  {row.role}: {_when(row.shift_start, member)} to {_when(row.shift_end, member)}" for row in rows]
    text = MAIL.format(
        name=member.name,
        asker=asker.name,
        schedule=schedule.name,
        shifts="\n".join(shifts),
        it="it" if len(rows) == 1 else "them",
        url=app.settings.public_url,
    )
    return member.email, f"Can you be on call on {_day(rows[0].shift_start, member)}?", text


def _when(at: datetime, member: Member) -> str:
    return f"{_day(at, member)}, {at.astimezone(zone_of(member.zone)):%H:%M}"


def _day(at: datetime, member: Member) -> str:
    day = at.astimezone(zone_of(member.zone)).date()
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def _rows_of(session: Session, plan: SchedulePlan, slots: Sequence[Slot]) -> list[PlanSlot]:
    """In the order of the plan. Raises NotAllowed where it has no such slot, or none are named."""
    wanted = set(slots)
    found = [row for row in slots_of(session, plan) if Slot(row.shift_start, row.role) in wanted]
    if not wanted or len(found) != len(wanted):
        raise NotAllowed
    return found


def _participant(session: Session, schedule_id: int, participant_id: int) -> Participant:
    row = session.get(Participant, participant_id) if 0 < participant_id <= MAX_ID else None
    if row is None or row.schedule_id != schedule_id:
        raise NotAllowed
    return row
