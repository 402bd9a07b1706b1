"""How many limits fairness may break in a draft: compared in the process that plans, then chosen by a manager."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.bending.offer import Curve
from oncall_ui.domain.schedules.plan_states import PlanStatus
from oncall_ui.domain.schedules.planning.problem import Problem, Slot
from oncall_ui.domain.schedules.planning.result import StageResult
from oncall_ui.errors import InvalidInput, PlanNotReady
from oncall_ui.hub import ScheduleChanged
from oncall_ui.planner import PlanningFailed
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.access import lock_schedule, open_schedule
from oncall_ui.services.schedules.bending.counted import curve_as_row
from oncall_ui.services.schedules.bending.offers import bending_of, has_changed_by_hand
from oncall_ui.services.schedules.drafts.drafts import draft_of, plan_of
from oncall_ui.services.schedules.drafts.editing.choices import from_row, to_row
from oncall_ui.services.schedules.drafts.results import roster_of, slots_of, stages_of, stored_problem

MOST = 10_000
CHANGED = "This draft has manual changes. Plan it again, then compare."
NOTHING = "Every limit is kept in this draft, so there is nothing to compare."
NO_NUMBER = "Choose one of the plans that were compared."


@dataclass(frozen=True, slots=True)
class _Asked:
    problem: Problem
    roster: Mapping[Slot, str]
    stages: Sequence[StageResult]
    revision: int


async def compare_limits(app: App, member_id: int, schedule_id: int, number: int) -> None:
    """Finds how fair the draft could be with more broken limits or fewer, and keeps that with it.

    Takes as long as planning may, once it is its turn. Raises NotAllowed unless the member manages the schedule, and
    PlanNotReady.
    """
    asked = await asyncio.to_thread(_ask, app, member_id, schedule_id, number)
    try:
        curve = await app.planner.curve(asked.problem, asked.roster, asked.stages)
    except PlanningFailed as error:
        raise PlanNotReady(str(error)) from error
    await asyncio.to_thread(_keep, app, schedule_id, number, asked, curve)
    app.hub.publish(ScheduleChanged(schedule_id))


def choose_bend(app: App, member_id: int, schedule_id: int, number: int, more: int | None) -> None:
    """Plans the draft again so that fairness may break so many more limits than have to break. It stays with the draft.

    None: as the schedule's settings say. Raises NotAllowed unless the member manages the schedule, InvalidInput and
    PlanNotReady.
    """
    if more is not None and not 0 <= more <= MOST:
        raise InvalidInput("Limits", NO_NUMBER)
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        plan = draft_of(session, schedule_id, number)
        choices = from_row(plan.choices)
        if choices.bend == more:
            return
        plan.choices, plan.revision = to_row(replace(choices, bend=more)), plan.revision + 1
        plan.status, plan.is_stop_asked, plan.note, plan.progress, plan.as_of = PlanStatus.PLANNING, False, "", {}, None
        bent = "as set" if more is None else more
        record(session, AuditAction.DRAFT_CHANGED, by=member_id, what=schedule.name, number=number, limits_bent=bent)
    app.hub.publish(ScheduleChanged(schedule_id))


def _ask(app: App, member_id: int, schedule_id: int, number: int) -> _Asked:
    with app.db.read() as session:
        open_schedule(session, member_id, schedule_id, Access.MANAGER)
        plan = draft_of(session, schedule_id, number)
        problem = stored_problem(session, plan.id or 0)
        if problem is None or has_changed_by_hand(plan):
            raise PlanNotReady(CHANGED)
        if bending_of(plan) is None:
            raise PlanNotReady(NOTHING)
        return _Asked(problem, roster_of(slots_of(session, plan)), stages_of(plan), plan.revision)


def _keep(app: App, schedule_id: int, number: int, asked: _Asked, curve: Curve) -> None:
    """Unless the draft was changed meanwhile."""
    row = curve_as_row(asked.problem, curve)
    with app.db.write() as session:
        plan = plan_of(session, schedule_id, number)
        if plan.status is PlanStatus.DRAFT and plan.revision == asked.revision:
            plan.result = plan.result | {"offers": row}
