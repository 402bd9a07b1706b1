"""Plans what a plan was computed from once more, in the process that plans, and says whether it is the same."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.plan_format.canonical import input_hash
from oncall_ui.domain.schedules.plan_states import PlanStatus, SlotHow
from oncall_ui.domain.schedules.planning.problem import Problem, Slot
from oncall_ui.domain.schedules.replay.compare import Outcome, Replayed, compared
from oncall_ui.errors import PlanNotReady
from oncall_ui.planner import Planner, PlanningFailed
from oncall_ui.services.schedules.access import open_schedule
from oncall_ui.services.schedules.drafts.drafts import plan_of
from oncall_ui.services.schedules.drafts.results import slots_of, stages_of, stored_problem

NOTHING = "What this plan was computed from isn’t stored, so it can’t be replayed."
BUSY = "Another plan is being replayed. Wait until it is done."
_REPLAYING: WeakKeyDictionary[Planner, set[int]] = WeakKeyDictionary()
"""Schedules with a replay under way: one at a time, since members can ask for them and drafts wait meanwhile."""


async def replay(app: App, member_id: int, schedule_id: int, number: int) -> Replayed:
    """Takes as long as planning did. Members may replay what was published, managers drafts, too.

    Raises NotAllowed, and PlanNotReady where there is nothing to replay or the process ends.
    """
    asked = await asyncio.to_thread(_ask, app, member_id, schedule_id, number)
    with _alone(app.planner, schedule_id):
        try:
            result = await app.planner.plan(asked.problem, lambda *_: None, _never)
        except PlanningFailed as error:
            raise PlanNotReady(str(error)) from error
    roster = {Slot(each.start, each.role): each.person for each in result.slots}
    after = Outcome(input_hash(asked.problem), result.solver, result.stages, roster)
    return compared(asked.before, after)


async def _never() -> None:
    """Nobody stops a replay."""
    await asyncio.Event().wait()


@dataclass(frozen=True, slots=True)
class _Asked:
    problem: Problem
    before: Outcome


def _ask(app: App, member_id: int, schedule_id: int, number: int) -> _Asked:
    with app.db.read() as session:
        open_schedule(session, member_id, schedule_id, Access.MEMBER)
        plan = plan_of(session, schedule_id, number)
        if plan.status is not PlanStatus.PUBLISHED:
            open_schedule(session, member_id, schedule_id, Access.MANAGER)
        problem = stored_problem(session, plan.id or 0)
        rows = slots_of(session, plan)
        if problem is None or not rows:
            raise PlanNotReady(NOTHING)
        slots = {Slot(row.shift_start, row.role): row for row in rows}
        roster = {slot: str(row.participant_id) if row.participant_id else None for slot, row in slots.items()}
        is_by_hand = bool(plan.result.get("is_by_hand"))
        manual = {slot for slot, row in slots.items() if row.how is SlotHow.HAND} if is_by_hand else set()
        solver = str(plan.result.get("solver", ""))
        before = Outcome(plan.input_hash, solver, stages_of(plan), roster, frozenset(manual), is_by_hand)
        return _Asked(problem, before)


@contextmanager
def _alone(planner: Planner, schedule_id: int) -> Iterator[None]:
    """Raises PlanNotReady."""
    under_way = _REPLAYING.setdefault(planner, set())
    if schedule_id in under_way:
        raise PlanNotReady(BUSY)
    under_way.add(schedule_id)
    try:
        yield
    finally:
        under_way.discard(schedule_id)
