"""Manual changes of a draft: pins, exclusions, and slots handed over, each with what it costs."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlmodel import Session

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.plan_states import PlanStatus, SlotHow
from oncall_ui.domain.schedules.planning.hand_over import Price, price_of, prices_of, recounted
from oncall_ui.domain.schedules.planning.problem import Problem, Slot
from oncall_ui.domain.schedules.shadows.shadow import open_shadows
from oncall_ui.errors import InvalidInput, NotAllowed, PlanNotReady
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Participant, PlanSlot, SchedulePlan
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.access import MAX_ID, lock_schedule, open_schedule
from oncall_ui.services.schedules.drafts.drafts import draft_of, plan_of
from oncall_ui.services.schedules.drafts.editing.choices import Choices, from_row, to_row
from oncall_ui.services.schedules.drafts.results import recount, roster_of, slots_of, stored_problem

TWICE = "They have another shift at that time. Give that one to somebody else first."


def pin(app: App, member_id: int, schedule_id: int, number: int, start: datetime, role: str) -> None:
    """The holder keeps the slot when the draft is planned again. Raises NotAllowed, PlanNotReady."""

    def pinned(choices: Choices, row: PlanSlot | None) -> Choices:
        holder = row.participant_id if row else None
        return choices.pin(Slot(start, role), holder) if holder is not None else choices

    _decide(app, member_id, schedule_id, number, Slot(start, role), pinned)


def unpin(app: App, member_id: int, schedule_id: int, number: int, start: datetime, role: str) -> None:
    """Takes a pin back, also of a draft that couldn't be planned. Raises NotAllowed, PlanNotReady."""
    slot = Slot(start, role)
    _decide(
        app, member_id, schedule_id, number, slot, lambda choices, _row: choices.unpin(slot), may_have_failed=True
    )  # fmt: skip


def exclude(
    app: App, member_id: int, schedule_id: int, number: int, start: datetime, role: str, participant_id: int
) -> None:
    """When the draft is planned again, they don't get the slot. Raises NotAllowed, PlanNotReady."""
    slot = Slot(start, role)
    _decide(
        app, member_id, schedule_id, number, slot, lambda choices, _row: choices.exclude(slot, participant_id),
        participant_id,
    )  # fmt: skip


def include(
    app: App, member_id: int, schedule_id: int, number: int, start: datetime, role: str, participant_id: int
) -> None:
    """Takes an exclusion back. Raises NotAllowed, PlanNotReady."""
    slot = Slot(start, role)
    _decide(
        app, member_id, schedule_id, number, slot, lambda choices, _row: choices.include(slot, participant_id),
        participant_id,
    )  # fmt: skip


def prices(app: App, member_id: int, schedule_id: int, number: int, start: datetime, role: str) -> tuple[Price, ...]:
    """What the plan would come to if only this slot changed hands, for everybody who could have it, cheapest first.

    Raises NotAllowed unless the member manages the schedule, and PlanNotReady.
    """
    with app.db.read() as session:
        open_schedule(session, member_id, schedule_id, Access.MANAGER)
        plan = draft_of(session, schedule_id, number)
        _slot_row(session, plan, Slot(start, role))
        problem, roster = _problem(session, plan), roster_of(slots_of(session, plan))
    return prices_of(problem, roster, Slot(start, role))


def hand_over(
    app: App, member_id: int, schedule_id: int, number: int, start: datetime, role: str, participant_id: int | None
) -> Price:
    """Gives the slot to somebody, or leaves it empty with None, and returns what that costs. Planned again, it stays.

    An empty shadow can be given, too: it becomes a slot. Raises NotAllowed unless the member manages the schedule,
    PlanNotReady, and InvalidInput for somebody who has another slot at that time.
    """
    slot = Slot(start, role)
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        plan = draft_of(session, schedule_id, number)
        problem = _problem(session, plan)
        row = _slot_row(session, plan, slot) if participant_id is None else _row_to_fill(session, plan, problem, slot)
        rows = slots_of(session, plan)
        if participant_id is not None and str(participant_id) not in {person.id for person in problem.people}:
            raise NotAllowed
        price = price_of(problem, roster_of(rows), slot, None if participant_id is None else str(participant_id))
        if not price.is_possible:
            raise InvalidInput("Hand over", TWICE)
        _give(problem, row, price)
        choices = from_row(plan.choices)
        kept = choices.leave_empty(slot) if participant_id is None else choices.pin(slot, participant_id)
        plan.choices = to_row(_end_shadows(session, problem, rows, kept, slot) if participant_id is None else kept)
        recount(plan, recounted(problem, roster_of(rows)))
        plan.revision += 1
        record(session, AuditAction.DRAFT_CHANGED, by=member_id, what=schedule.name, number=number, handed_over=1)
    app.hub.publish(ScheduleChanged(schedule_id))
    return price


def _row_to_fill(session: Session, plan: SchedulePlan, problem: Problem, slot: Slot) -> PlanSlot:
    """The row of the slot; a new one where nobody learns yet and somebody could. Raises NotAllowed."""
    empty = open_shadows(problem, roster_of(slots_of(session, plan)))
    shift = next((each for each, role in empty if Slot(each.start, role) == slot), None)
    if shift is None:
        return _slot_row(session, plan, slot)
    row = PlanSlot(
        plan_id=plan.id or 0,
        shift_start=shift.start,
        shift_end=shift.end,
        role=slot.role,
        type=shift.type,
        points=shift.points,
        label=shift.label,
        participant_id=None,
        how=SlotHow.HAND,
    )
    session.add(row)
    return row


def _end_shadows(
    session: Session, problem: Problem, rows: Sequence[PlanSlot], choices: Choices, empty: Slot
) -> Choices:
    """Nobody learns beside a slot that is empty, and a shadow that is empty isn't a slot."""
    for row in rows:
        slot = Slot(row.shift_start, row.role)
        beside = problem.shadows.get(row.role)
        if beside and slot.start == empty.start and empty.role in {row.role, beside}:
            row.participant_id = None
            session.delete(row)
            choices = choices.unpin(slot)
    return choices


def _give(problem: Problem, row: PlanSlot, price: Price) -> None:
    was = problem.published.get(Slot(row.shift_start, row.role))
    row.participant_id = int(price.person) if price.person else None
    row.how, row.blocked, row.unknown, row.wish = SlotHow.HAND, price.blocked, price.unknown, price.wish
    row.changed, row.reasons = was is not None and was.person != price.person, []


def _decide(
    app: App,
    member_id: int,
    schedule_id: int,
    number: int,
    slot: Slot,
    change: Callable[[Choices, PlanSlot | None], Choices],
    participant_id: int | None = None,
    *,
    may_have_failed: bool = False,
) -> None:
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        plan = plan_of(session, schedule_id, number)
        has_failed = may_have_failed and plan.status is PlanStatus.FAILED
        row = None if has_failed else _slot_row(session, draft_of(session, schedule_id, number), slot)
        if participant_id is not None:
            _require_participant(session, schedule_id, participant_id)
        before = from_row(plan.choices)
        after = change(before, row)
        if after == before:
            return
        plan.choices = to_row(after)
        plan.revision += 1
        if row is not None:
            is_pinned = row.participant_id is not None and after.pinned.get(slot) == row.participant_id
            row.how = SlotHow.HAND if is_pinned else SlotHow.SOLVER
        record(session, AuditAction.DRAFT_CHANGED, by=member_id, what=schedule.name, number=number, pins=1)
    app.hub.publish(ScheduleChanged(schedule_id))


def _require_participant(session: Session, schedule_id: int, participant_id: int) -> None:
    row = session.get(Participant, participant_id) if 0 < participant_id <= MAX_ID else None
    if row is None or row.schedule_id != schedule_id:
        raise NotAllowed


def _slot_row(session: Session, plan: SchedulePlan, slot: Slot) -> PlanSlot:
    found = next(
        (row for row in slots_of(session, plan) if (row.shift_start, row.role) == (slot.start, slot.role)), None
    )
    if found is None:
        raise NotAllowed
    return found


def _problem(session: Session, plan: SchedulePlan) -> Problem:
    found = stored_problem(session, plan.id or 0)
    if found is None:
        raise PlanNotReady("This draft has nothing to count with. Plan it again.")
    return found
