"""Schedules for tests: daily shifts from a Monday that is a week or two ahead, and drafts without a solver."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from oncall_ui.app import App
from oncall_ui.domain.schedules.membership import Terms
from oncall_ui.domain.schedules.plan_format.canonical import input_hash
from oncall_ui.domain.schedules.plan_states import PlanKind, PlanStatus
from oncall_ui.domain.schedules.planning.hand_over import recounted
from oncall_ui.domain.schedules.planning.problem import Limit
from oncall_ui.domain.schedules.planning.result import Result, StageResult
from oncall_ui.domain.schedules.shifts.rules import DAY_SETS, Rule
from oncall_ui.models import LedgerLine, Participant, PlanSlot, Schedule, SchedulePlan, now
from oncall_ui.services.schedules.create import NewSchedule, create_schedule
from oncall_ui.services.schedules.drafts.build import Asked, build
from oncall_ui.services.schedules.drafts.drafts import create_draft, newest_assignment, plan_of
from oncall_ui.services.schedules.drafts.editing.choices import from_row
from oncall_ui.services.schedules.drafts.planning import run_due_plans
from oncall_ui.services.schedules.drafts.results import result_as_row, roster_of, slots_of, store_input
from oncall_ui.services.schedules.drafts.views import DraftView, read_draft
from oncall_ui.services.schedules.published.publish import Published, publish
from oncall_ui.services.schedules.rules import roles_of, shifts_of
from oncall_ui.services.schedules.settings import Settings
from tests.conftest import Person

DAILY = Rule(DAY_SETS["Daily"], time(9))


def next_monday() -> date:
    """At least a week ahead."""
    soonest = datetime.now(UTC).date() + timedelta(days=7)
    return soonest + timedelta(days=-soonest.weekday() % 7)


def in_plan(day: int, hour: int = 9) -> datetime:
    """`day` days after the Monday, UTC."""
    return datetime.combine(next_monday(), time(hour), UTC) + timedelta(days=day)


def keep_schedule(
    app: App,
    manager: Person,
    people: Sequence[Person] | Mapping[int, Terms],
    rules: Sequence[Rule] = (DAILY,),
    limits: Sequence[Limit] = (),
    **settings: Any,
) -> int:
    """In UTC, one role unless `settings` say otherwise."""
    terms = people if isinstance(people, Mapping) else {each.id: Terms() for each in people}
    usual: dict[str, Any] = {"name": "Platform", "zone": "UTC"}
    new = NewSchedule(Settings(**(usual | settings)), next_monday(), terms, rules, limits)
    return create_schedule(app, manager.id, new)


def participant_of(app: App, schedule_id: int, person: Person) -> int:
    with app.db.read() as session:
        rows = select(Participant.id).where(Participant.schedule_id == schedule_id, Participant.member_id == person.id)
        return session.exec(rows).one() or 0


def draft_by_hand(
    app: App, schedule_id: int, holders: Sequence[int | None], first: int = 0, *, kind: PlanKind = PlanKind.REDO
) -> int:
    """A draft of as many days as there are holders of the first role; `first` counts from the Monday."""
    day = next_monday() + timedelta(days=first)
    with app.db.write() as session:
        schedule = session.get_one(Schedule, schedule_id)
        count = select(func.count()).select_from(SchedulePlan).where(SchedulePlan.schedule_id == schedule_id)
        plan = SchedulePlan(
            schedule_id=schedule_id,
            number=session.exec(count).one() + 1,
            kind=kind,
            status=PlanStatus.DRAFT,
            first_day=day,
            end_day=day + timedelta(days=len(holders)),
            based_on=newest_assignment(session, schedule_id),
        )
        session.add(plan)
        session.flush()
        shifts = shifts_of(session, schedule, plan.first_day, plan.end_day).shifts
        for shift, holder in zip(shifts, holders, strict=True):
            session.add(
                PlanSlot(
                    plan_id=plan.id or 0,
                    shift_start=shift.start,
                    shift_end=shift.end,
                    role=roles_of(schedule)[0],
                    type=shift.type,
                    points=shift.points,
                    participant_id=holder,
                )
            )
        return plan.number


def count_draft(app: App, schedule_id: int, number: int) -> None:
    """Gives a draft that was written here what planning leaves beside slots: the problem, and proved stages."""
    with app.db.write() as session:
        schedule = session.get_one(Schedule, schedule_id)
        plan = plan_of(session, schedule_id, number)
        asked = Asked(plan.first_day, plan.end_day, from_row(plan.choices), plan.number, 10)
        problem = build(session, schedule, asked, now()).problem
        store_input(session, plan.id or 0, problem, {})
        values = recounted(problem, roster_of(slots_of(session, plan)))
        stages = tuple(StageResult(stage, value, value, True) for stage, value in values.items())
        plan.result, plan.input_hash = result_as_row(problem, Result((), stages)), input_hash(problem)


def publish_by_hand(
    app: App, manager: Person, schedule_id: int, holders: Sequence[int | None], first: int = 0
) -> Published:
    return publish(app, manager.id, schedule_id, draft_by_hand(app, schedule_id, holders, first), 1)


def planned(app: App, manager: Person, schedule_id: int, weeks: int = 1, first: int = 0) -> DraftView:
    """A draft, planned in a process of its own like those of members."""
    day = next_monday() + timedelta(days=first)
    number = create_draft(app, manager.id, schedule_id, day, day + timedelta(weeks=weeks))
    asyncio.run(run_due_plans(app))
    return read_draft(app, manager.id, schedule_id, number)


def balances_by_bucket(session: Session, schedule_id: int) -> list[int]:
    """What every type, role and shift sums to, in thousandths."""
    balance = func.sum(LedgerLine.done - LedgerLine.due)
    found = []
    for group in (LedgerLine.type, LedgerLine.role, LedgerLine.shift_id):
        rows = select(balance).where(LedgerLine.schedule_id == schedule_id).group_by(col(group))
        found += [int(each) for each in session.exec(rows)]
    return found
