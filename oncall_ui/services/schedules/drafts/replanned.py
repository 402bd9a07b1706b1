"""Why somebody has a slot of a draft, the long answer: what it would come to if everything were planned again."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.planning.alternatives import Alternative
from oncall_ui.domain.schedules.planning.hand_over import Roster
from oncall_ui.domain.schedules.planning.problem import Problem, Slot
from oncall_ui.domain.schedules.planning.result import StageResult
from oncall_ui.errors import NotAllowed, PlanNotReady
from oncall_ui.planner import PlanningFailed
from oncall_ui.services.schedules.access import open_schedule
from oncall_ui.services.schedules.drafts.drafts import draft_of
from oncall_ui.services.schedules.drafts.results import roster_of, slots_of, stages_of, stored_problem


async def plan_with_others(
    app: App,
    member_id: int,
    schedule_id: int,
    number: int,
    start: datetime,
    role: str,
    told: Callable[[Alternative], None],
) -> None:
    """Puts everybody but the holder on the slot in turn and plans the rest again; `told` hears each answer.

    Raises NotAllowed unless the member manages the schedule, and PlanNotReady.
    """
    asked = await asyncio.to_thread(_ask, app, member_id, schedule_id, number, Slot(start, role))
    try:
        for each in await app.planner.alternatives(asked.problem, asked.roster, asked.stages, Slot(start, role), told):
            told(each)
    except PlanningFailed as error:
        raise PlanNotReady(str(error)) from error


@dataclass(frozen=True, slots=True)
class _Asked:
    problem: Problem
    roster: Roster
    stages: Sequence[StageResult]


def _ask(app: App, member_id: int, schedule_id: int, number: int, slot: Slot) -> _Asked:
    with app.db.read() as session:
        open_schedule(session, member_id, schedule_id, Access.MANAGER)
        plan = draft_of(session, schedule_id, number)
        problem, rows = stored_problem(session, plan.id or 0), slots_of(session, plan)
        if problem is None:
            raise PlanNotReady("This draft has nothing to count with. Plan it again.")
        if slot not in {Slot(row.shift_start, row.role) for row in rows}:
            raise NotAllowed
        return _Asked(problem, roster_of(rows), stages_of(plan))
