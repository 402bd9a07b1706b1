"""A role of a shift that another schedule fills is looked through: who is on call there is shown here."""

from datetime import time

import pytest

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.planning.problem import Filler, FillKind
from oncall_ui.domain.schedules.shifts.rules import DAY_SETS, Rule
from oncall_ui.errors import InvalidInput
from oncall_ui.services.schedules.access import set_access
from oncall_ui.services.schedules.drafts.views import read_draft
from oncall_ui.services.schedules.published.read import on_call, read_shifts
from oncall_ui.services.schedules.rules import save_rules
from tests.conftest import Person
from tests.services.helpers.schedules import (
    DAILY,
    draft_by_hand,
    in_plan,
    keep_schedule,
    participant_of,
    publish_by_hand,
)


def filled_by(schedule: int, role: str = "primary") -> Rule:
    """Days whose secondary another schedule fills."""
    return Rule(DAY_SETS["Daily"], time(21), fills={"secondary": Filler(FillKind.SCHEDULE, f"{schedule}:{role}")})


@pytest.fixture
def inner(app: App, bob: Person, mallory: Person) -> int:
    """Bob, then Mallory, then nobody, each from 09:00 to 09:00."""
    schedule = keep_schedule(app, bob, [bob, mallory], name="Database")
    b, m = participant_of(app, schedule, bob), participant_of(app, schedule, mallory)
    publish_by_hand(app, bob, schedule, [b, m, None])
    return schedule


def test_it_is_split_at_the_handoffs_inside_and_shows_gaps(app: App, bob: Person, inner: int) -> None:
    roles = {"primary": 100, "secondary": 100}
    outer = keep_schedule(app, bob, [bob], (filled_by(inner),), name="Platform", roles=roles)
    seen = [each for each in read_shifts(app, bob.id, outer, in_plan(0, 21), in_plan(2, 21)) if each.via == inner]
    assert [(each.start, each.end, each.name) for each in seen] == [
        (in_plan(0, 21), in_plan(1, 9), "Bob"),
        (in_plan(1, 9), in_plan(1, 21), "Mallory"),
        (in_plan(1, 21), in_plan(2, 9), "Mallory"),
        (in_plan(2, 9), in_plan(2, 21), ""),
    ]
    primary, secondary = on_call(app, bob.id, outer, in_plan(1, 10))
    assert primary.now is None
    assert secondary.now is not None
    assert (secondary.now.name, secondary.until) == ("Mallory", in_plan(2, 9))


def test_nothing_is_planned_for_it(app: App, bob: Person, inner: int) -> None:
    outer = keep_schedule(app, bob, [bob], (filled_by(inner),), roles={"primary": 100, "secondary": 100})
    draft = read_draft(app, bob.id, outer, draft_by_hand(app, outer, [participant_of(app, outer, bob)]))
    assert {slot.role for slot in draft.slots} == {"primary"}


def test_a_circle_is_refused_by_name(app: App, bob: Person, inner: int) -> None:
    outer = keep_schedule(app, bob, [bob], (filled_by(inner),), name="Platform", roles={"primary": 100, "secondary": 0})
    back = Rule(DAY_SETS["Daily"], time(9), fills={"primary": Filler(FillKind.SCHEDULE, f"{outer}:primary")})
    with pytest.raises(InvalidInput, match="Database → Platform → Database is a circle"):
        save_rules(app, bob.id, inner, [back])
    assert save_rules(app, bob.id, inner, [DAILY]) == ()


@pytest.mark.parametrize("role", ["primary", "tertiary"])
def test_roles_that_are_not_there_or_not_ones_to_see_are_refused(
    app: App, bob: Person, mallory: Person, inner: int, role: str
) -> None:
    hidden = keep_schedule(app, bob, [bob], name="Hidden")
    with pytest.raises(InvalidInput, match="isn’t there, or isn’t yours to see"):
        keep_schedule(
            app,
            mallory,
            [mallory],
            (filled_by(hidden if role == "primary" else inner, role),),
            roles={"primary": 100, "secondary": 100},
        )


def test_a_manager_who_cannot_see_it_may_keep_it(app: App, bob: Person, mallory: Person) -> None:
    rule = filled_by(keep_schedule(app, bob, [bob], name="Hidden"))
    outer = keep_schedule(app, bob, [bob, mallory], (rule,), roles={"primary": 100, "secondary": 100})
    set_access(app, bob.id, outer, mallory.id, Access.MANAGER)
    assert save_rules(app, mallory.id, outer, [rule, DAILY]) == ()
