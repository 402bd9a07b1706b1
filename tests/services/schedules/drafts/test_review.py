"""A draft is reviewed, held back when what it was planned from has changed, and its fixes are remembered."""

from collections.abc import Callable
from datetime import time, timedelta
from fractions import Fraction

import pytest
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.schedules.membership import Terms
from oncall_ui.domain.schedules.plan_states import PlanStatus
from oncall_ui.domain.schedules.planning.problem import Rest, Slot
from oncall_ui.domain.schedules.shifts.rules import DAY_SETS, Rule
from oncall_ui.errors import InvalidInput, PlanOutdated
from oncall_ui.models import PlanSlot, Schedule, SchedulePlan, now
from oncall_ui.services.availability.manual import add_manual_days
from oncall_ui.services.schedules.drafts.build import Asked, build
from oncall_ui.services.schedules.drafts.editing.by_hand import hand_over, pin
from oncall_ui.services.schedules.drafts.editing.choices import from_row
from oncall_ui.services.schedules.drafts.editing.fixes import ask_to_lift, use_fix
from oncall_ui.services.schedules.drafts.outdated import read_changes
from oncall_ui.services.schedules.drafts.review import read_review
from oncall_ui.services.schedules.drafts.views import read_draft
from oncall_ui.services.schedules.ledger.fairness import adjust
from oncall_ui.services.schedules.people import change_terms
from oncall_ui.services.schedules.published.publish import publish
from oncall_ui.services.schedules.published.read import read_shifts
from oncall_ui.services.schedules.rules import save_limits, save_rules
from tests.conftest import Person
from tests.services.helpers.schedules import (
    count_draft,
    draft_by_hand,
    in_plan,
    keep_schedule,
    next_monday,
    participant_of,
    publish_by_hand,
)


def first() -> Slot:
    return Slot(in_plan(0), "primary")


class Team:
    """A schedule of Bob, who manages it, and Mallory, with a draft of three days."""

    def __init__(self, app: App, bob: Person, mallory: Person) -> None:
        self.app, self.bob, self.mallory = app, bob, mallory
        self.schedule = keep_schedule(app, bob, [bob, mallory], limits=[Rest(timedelta(hours=11))])
        self.b, self.m = participant_of(app, self.schedule, bob), participant_of(app, self.schedule, mallory)

    def draft(self, *holders: int | None) -> int:
        number = draft_by_hand(self.app, self.schedule, holders or [self.b, self.m, self.b])
        count_draft(self.app, self.schedule, number)
        return number

    def block(self, person: Person, day: int) -> None:
        first = next_monday() + timedelta(days=day)
        add_manual_days(self.app, person.id, ManualDays(first, first, Action.BLOCK))


@pytest.fixture
def team(app: App, bob: Person, mallory: Person) -> Team:
    return Team(app, bob, mallory)


def other_rules(team: Team) -> None:
    save_rules(team.app, team.bob.id, team.schedule, [Rule(DAY_SETS["Daily"], time(10))])


def other_limits(team: Team) -> None:
    save_limits(team.app, team.bob.id, team.schedule, [Rest(timedelta(hours=24))])


def other_terms(team: Team) -> None:
    change_terms(team.app, team.bob.id, team.schedule, team.m, Terms(share=50), next_monday())


def other_balance(team: Team) -> None:
    adjust(team.app, team.bob.id, team.schedule, team.b, team.m, Fraction(1), "Helped out")


def other_availability(team: Team) -> None:
    team.block(team.mallory, 1)


def busy_elsewhere(team: Team) -> None:
    other = keep_schedule(team.app, team.bob, [team.mallory, team.bob], name="Other")
    publish_by_hand(team.app, team.bob, other, [participant_of(team.app, other, team.mallory)])


CHANGES: dict[Callable[[Team], None], str] = {
    other_rules: "The rules have changed",
    other_limits: "The limits or settings have changed",
    other_terms: "What is agreed with Mallory has changed",
    other_balance: "The balance of Bob and Mallory has changed",
    other_availability: "The availability of Mallory has changed",
    busy_elsewhere: "Which shifts Mallory can hold has changed",
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_what_it_was_planned_from_holds_it_back_once_it_changes(team: Team, change: Callable[[Team], None]) -> None:
    number = team.draft()
    assert read_changes(team.app, team.bob.id, team.schedule, number) == ()
    change(team)
    (reason,) = read_changes(team.app, team.bob.id, team.schedule, number)
    assert reason == f"{CHANGES[change]} since this draft was planned. Plan it again."
    with pytest.raises(PlanOutdated, match=CHANGES[change]):
        publish(team.app, team.bob.id, team.schedule, number, 1)
    assert read_shifts(team.app, team.bob.id, team.schedule, in_plan(0), in_plan(9)) == ()


def test_decisions_in_the_draft_and_passing_time_are_no_changes(team: Team) -> None:
    team.block(team.mallory, 9)
    number = team.draft()
    pin(team.app, team.bob.id, team.schedule, number, in_plan(0), "primary")
    with team.app.db.write() as session:
        plan = session.exec(select(SchedulePlan)).one()
        plan.result = plan.result | {"choices": {}}
    publish(team.app, team.bob.id, team.schedule, number, 2, at=in_plan(0) - timedelta(minutes=1))


def test_a_review_counts_fairness_and_names_limits(team: Team) -> None:
    number = team.draft(team.b, team.b, team.m)
    review = read_review(team.app, team.bob.id, team.schedule, number)
    assert {row.participant_id: row.after for row in review.fairness} == {
        team.b: Fraction(1, 2),
        team.m: -Fraction(1, 2),
    }
    (breach,) = review.breaches
    assert (breach.people, breach.starts) == ((str(team.b),), (in_plan(0), in_plan(1)))
    assert read_review(team.app, team.bob.id, team.schedule, number, review) == review


def blocked_draft(team: Team) -> int:
    team.block(team.bob, 0)
    number = team.draft()
    with team.app.db.write() as session:
        for row in session.exec(select(PlanSlot).where(PlanSlot.shift_start == in_plan(0))):
            row.blocked = 500
    return number


def test_a_fix_that_is_used_is_remembered_and_counts_as_a_tick(team: Team) -> None:
    number = blocked_draft(team)
    with pytest.raises(InvalidInput, match="1 shift is blocked"):
        publish(team.app, team.bob.id, team.schedule, number, 1)
    use_fix(team.app, team.bob.id, team.schedule, number, [(first(), team.b)], [Slot(in_plan(2), "primary")])
    draft = read_draft(team.app, team.bob.id, team.schedule, number)
    assert (draft.line.status, draft.revision) == (PlanStatus.PLANNING, 2)
    assert draft.choices.pinned == {first(): team.b} and draft.choices.empty == {Slot(in_plan(2), "primary")}
    with team.app.db.write() as session:
        plan = session.exec(select(SchedulePlan)).one()
        plan.status, plan.result = PlanStatus.DRAFT, plan.result | {"choices": plan.choices}
    count_draft(team.app, team.schedule, number)
    publish(team.app, team.bob.id, team.schedule, number, 2)
    assert read_shifts(team.app, team.bob.id, team.schedule, in_plan(0), in_plan(1))[0].is_accepted


def test_a_slot_that_is_left_empty_stays_so_when_planned_again(team: Team) -> None:
    number = team.draft()
    hand_over(team.app, team.bob.id, team.schedule, number, in_plan(0), "primary", None)
    with team.app.db.read() as session:
        plan = session.exec(select(SchedulePlan)).one()
        asked = Asked(plan.first_day, plan.end_day, from_row(plan.choices), 1, 10)
        problem = build(session, session.get_one(Schedule, team.schedule), asked, now()).problem
    assert problem.excluded == {first(): {str(team.b), str(team.m)}}


def test_without_email_nobody_is_asked(team: Team) -> None:
    number = team.draft()
    with pytest.raises(InvalidInput, match="sends no email"):
        ask_to_lift(team.app, team.bob.id, team.schedule, number, team.m, [Slot(in_plan(1), "primary")])
