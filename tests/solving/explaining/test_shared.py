"""Points before who has which slot: that there are none is a proof, and with them there is mostly a roster."""

from fractions import Fraction

import pytest

from oncall_ui.domain.schedules.plan_format.reading import read_problem
from oncall_ui.domain.schedules.planning.result import Stage
from oncall_ui.solving.explaining import shared
from oncall_ui.solving.explaining.asked import Asked
from oncall_ui.solving.explaining.near import UNKNOWN
from oncall_ui.solving.explaining.shared import Shared
from oncall_ui.solving.facts import facts_of
from oncall_ui.solving.highs import Outcome
from oncall_ui.solving.model import Model, Purpose
from tests.solving.test_cases import plan


def both_to_a(most: int) -> tuple[Shared, int, Model]:
    """Two days for A and B, the first is A’s. The column gives A the second, too: the squares then come to 2."""
    model = Model(facts_of(read_problem(plan(["A", "B"], 2))))
    bare = model.mip.copy()
    bare.lower[model.x[0, "A"]] = 1
    for row in model.slot_rows.values():
        bare.row_lower[row] = 1
    return Shared(model, {Stage.WISHES: bare}, Fraction(most)), model.x[1, "A"], model


def test_less_even_with_any_points_is_proved() -> None:
    looked, column, model = both_to_a(1)
    assert looked.look(Stage.WISHES, column, {}, lambda: 30.0).infeasible
    fair = looked.look(Stage.WISHES, model.x[1, "B"], {}, lambda: 30.0)
    assert model.roster_of(fair.values or []) == ("A", "B")


def test_a_roster_with_the_points_is_found() -> None:
    looked, column, model = both_to_a(2)
    found = looked.look(Stage.WISHES, column, {}, lambda: 30.0)
    assert model.roster_of(found.values or []) == ("A", "A")


def test_what_is_settled_is_kept() -> None:
    looked, column, _ = both_to_a(2)
    assert looked.look(Stage.WISHES, column, {column: 0.0}, lambda: 30.0).infeasible


def test_nothing_is_known_where_the_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "solve_mip", lambda *_, **__: Outcome(None, float("inf"), 0.0))
    looked, column, _ = both_to_a(1)
    assert looked.look(Stage.WISHES, column, {}, lambda: 0.0) is UNKNOWN


def test_a_roster_is_as_good_in_the_next_stage_or_not() -> None:
    """Two places cost 1 each, and 1 is what the plan costs."""
    mip = Model(facts_of(read_problem(plan(["A", "B"], 2)))).mip
    asked = Asked(Stage.WISHES, 0, mip, Purpose({0: 1.0, 1: 1.0}), 1.0, None)
    assert asked.is_met_by([1.0, 0.0]) and not asked.is_met_by([1.0, 1.0])
    assert asked.value_of([1.0, 1.0]) == 2
    assert not Asked(Stage.FAIRNESS, 0, mip, Purpose({}), 1.0, None).is_met_by([0.0]), "its columns are its own"
