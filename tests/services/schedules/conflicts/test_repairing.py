"""Fixes for what needs a change: found from the database, used whole, and refused once anything has changed."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import col, func, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.schedules.conflicts.fixes import RepairFix
from oncall_ui.domain.schedules.conflicts.trouble import Ending
from oncall_ui.domain.schedules.plan_states import AssignmentCause, PlanKind
from oncall_ui.domain.schedules.planning.problem import Rest, Strength
from oncall_ui.errors import NotAllowed, PlanNotReady, PlanOutdated
from oncall_ui.models import Assignment, AuditEntry, LedgerLine, SchedulePlan, ShiftConflict
from oncall_ui.services.availability.manual import add_manual_days
from oncall_ui.services.schedules.conflicts.applying import use_repair
from oncall_ui.services.schedules.conflicts.keeping import keep_anyway
from oncall_ui.services.schedules.conflicts.looking import look_at
from oncall_ui.services.schedules.conflicts.repairing import find_fixes, read_broken
from oncall_ui.services.schedules.conflicts.views import read_conflicts
from oncall_ui.services.schedules.published.assign import assign
from oncall_ui.services.schedules.published.history import read_history
from oncall_ui.services.schedules.published.read import read_shifts
from oncall_ui.solving.repair.repairing import repairs
from tests.conftest import Person
from tests.services.helpers.schedules import (
    balances_by_bucket,
    in_plan,
    keep_schedule,
    next_monday,
    participant_of,
    publish_by_hand,
)

REST = timedelta(hours=24)


class Team:
    """A is Bob, who manages the schedule, B Mallory, C Alice."""

    def __init__(self, app: App, people: dict[str, Person], limits: list[Rest]) -> None:
        self.app, self.people = app, people
        self.id = keep_schedule(app, people["A"], list(people.values()), limits=limits)
        self.ids = {name: participant_of(app, self.id, each) for name, each in people.items()}

    def publish(self, holders: str) -> None:
        publish_by_hand(self.app, self.people["A"], self.id, [self.ids.get(each) for each in holders])

    def block(self, name: str, day: int) -> None:
        first = next_monday() + timedelta(days=day)
        add_manual_days(self.app, self.people[name].id, ManualDays(first, first, Action.BLOCK))
        look_at(self.app, self.id)

    def holders(self) -> str:
        names = {number: name for name, number in self.ids.items()}
        shifts = read_shifts(self.app, self.people["A"].id, self.id, in_plan(0), in_plan(9))
        return "".join(names.get(each.participant_id or 0, "-") for each in shifts)

    def fixes(self) -> tuple[RepairFix, ...]:
        broken = read_broken(self.app, self.people["A"].id, self.id)
        return repairs(broken.problem, broken.roster, broken.needed)

    def use(self, fix: RepairFix) -> None:
        manager = self.people["A"].id
        use_repair(self.app, manager, self.id, read_broken(self.app, manager, self.id), fix)


@pytest.fixture
def people(bob: Person, mallory: Person, alice: Person) -> dict[str, Person]:
    return {"A": bob, "B": mallory, "C": alice}


def test_14_one_shift_goes_to_who_is_free(app: App, people: dict[str, Person]) -> None:
    team = Team(app, people, [Rest(REST)])
    team.publish("ABAB")
    team.block("B", 1)
    (fix,) = team.fixes()
    assert [(move.slot.start, move.before, move.after) for move in fix.moves] == [
        (in_plan(1), str(team.ids["B"]), str(team.ids["C"]))
    ]
    assert (fix.left, fix.broken) == ((), {})
    found = asyncio.run(find_fixes(app, people["A"].id, team.id, lambda _broken, _fix: None))
    assert [each.moves for each in found.found] == [fix.moves], "the same in the planner’s process"
    team.use(fix)
    assert team.holders() == "ACAB"
    with app.db.read() as session:
        row = session.exec(select(Assignment).order_by(col(Assignment.id).desc())).first()
        plan = session.exec(select(SchedulePlan).where(SchedulePlan.kind == PlanKind.REPAIR)).one()
        assert row is not None and (row.cause, row.cause_id) == (AssignmentCause.REPAIR, plan.id)
        assert set(balances_by_bucket(session, team.id)) == {0}
        lines = session.exec(select(LedgerLine).order_by(col(LedgerLine.id))).all()[-2:]
        assert {(line.participant_id, line.done) for line in lines} == {(team.ids["B"], -1000), (team.ids["C"], 1000)}
        assert session.exec(select(ShiftConflict.how)).all() == [Ending.REPAIRED]
        written = select(func.count()).where(AuditEntry.action == AuditAction.PLAN_REPAIRED)
        assert session.exec(written).one() == 1
    (record, _) = read_history(app, people["A"].id, team.id).plans
    assert (record.line.kind, record.published_by) == (PlanKind.REPAIR, "Bob")
    with pytest.raises(PlanNotReady):
        read_broken(app, people["A"].id, team.id)


def test_15_a_rest_that_must_be_kept_takes_two_moves(app: App, people: dict[str, Person]) -> None:
    team = Team(app, people, [Rest(REST, Strength.NEVER)])
    team.publish("ABCA")
    team.block("B", 1)
    first = team.fixes()[0]
    assert len(first.moves) == 2
    team.use(first)
    assert team.holders() == "ACBA"


def test_16_what_was_kept_anyway_stays(app: App, people: dict[str, Person]) -> None:
    team = Team(app, people, [])
    team.publish("ACB")
    team.block("A", 0)
    (kept,) = read_conflicts(app, people["A"].id, team.id)
    keep_anyway(app, people["A"].id, team.id, kept.id)
    team.block("B", 2)
    assert [move.slot.start for move in team.fixes()[0].moves] == [in_plan(2)]


def test_who_is_blocked_stays_only_where_nobody_else_can(app: App, people: dict[str, Person]) -> None:
    team = Team(app, people, [])
    team.publish("AB")
    for name in "ABC":
        team.block(name, 1)
    found = team.fixes()
    assert all(fix.left for fix in found), "somebody blocked has it in each"


def test_sooner_shifts_cost_more_to_move_and_only_what_is_broken_is_open(app: App, people: dict[str, Person]) -> None:
    team = Team(app, people, [Rest(REST, Strength.NEVER)])
    team.publish("ABCA")
    team.block("B", 1)
    broken = read_broken(app, people["A"].id, team.id)
    soon = broken.at + timedelta(days=14)
    assert all(was.weight == (3 if slot.start < soon else 1) for slot, was in broken.problem.published.items())
    assert {slot.start for slot, was in broken.problem.published.items() if not was.accepted} == {in_plan(1)}


def test_a_slot_that_is_shared_stays_as_it_is(app: App, people: dict[str, Person]) -> None:
    team = Team(app, people, [])
    team.publish("ABC")
    at = in_plan(0, 15)
    assign(app, people["A"].id, team.id, in_plan(0), "primary", team.ids["C"], before=team.ids["A"], at=at)
    team.block("B", 1)
    for fix in team.fixes():
        assert {move.slot.start for move in fix.moves} <= {in_plan(1), in_plan(2)}


def test_it_is_refused_once_anything_it_rests_on_has_changed(app: App, people: dict[str, Person]) -> None:
    team = Team(app, people, [])
    team.publish("ABAB")
    team.block("B", 1)
    manager = people["A"].id
    broken = read_broken(app, manager, team.id)
    fix = next(each for each in team.fixes() if str(team.ids["C"]) in each.people)
    with pytest.raises(NotAllowed):
        use_repair(app, people["B"].id, team.id, broken, fix)
    team.block("C", 3)
    with pytest.raises(PlanOutdated, match="The availability of Alice has changed"):
        use_repair(app, manager, team.id, broken, fix)
    assert team.holders() == "ABAB"
    broken = read_broken(app, manager, team.id)
    assign(app, manager, team.id, in_plan(3), "primary", team.ids["A"], before=team.ids["B"])
    with pytest.raises(PlanOutdated, match="published schedule has changed"):
        use_repair(app, manager, team.id, broken, fix)
    assert team.holders() == "ABAA"
    with app.db.read() as session:
        assert session.exec(select(func.count()).where(SchedulePlan.kind == PlanKind.REPAIR)).one() == 0
