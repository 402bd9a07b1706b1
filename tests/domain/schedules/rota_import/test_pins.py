"""Coming shifts of an old rota as pins: whole ones only, nobody to two at once, and only where a plan decides."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from oncall_ui.domain.schedules.planning.problem import BEST, NOBODY, Filler, FillKind, Shift, Slot
from oncall_ui.domain.schedules.rota_import.holding import Held
from oncall_ui.domain.schedules.rota_import.pins import Pins, pins_of

START = datetime(2026, 12, 7, 9, tzinfo=UTC)
ANA, BOB = 1, 2


def at(days: float) -> datetime:
    return START + timedelta(days=days)


def shifts(count: int, fills: Mapping[str, Filler] | None = None) -> list[Shift]:
    """One a day."""
    return [Shift(at(day), at(day + 1), "weekday", 1, "", fills or {"primary": BEST}) for day in range(count)]


def test_a_week_there_is_seven_days_here() -> None:
    found = pins_of({"primary": [Held(at(-7), at(0), BOB), Held(at(0), at(7), ANA)]}, shifts(9))
    assert found == Pins({Slot(at(day), "primary"): ANA for day in range(7)})


def test_what_changes_hands_in_the_middle_of_a_shift_is_left_to_the_plan() -> None:
    found = pins_of({"primary": [Held(at(0), at(1.5), ANA), Held(at(1.5), at(3), BOB)]}, shifts(4))
    assert found == Pins({Slot(at(0), "primary"): ANA, Slot(at(2), "primary"): BOB}, cut=1)


def test_an_override_wins_and_a_part_held_is_cut() -> None:
    found = pins_of(
        {"primary": [Held(at(0), at(3), ANA), Held(at(1), at(2), BOB), Held(at(3), at(3.5), ANA)]}, shifts(4)
    )
    assert found == Pins({Slot(at(day), "primary"): who for day, who in enumerate((ANA, BOB, ANA))}, cut=1)


def test_nobody_is_pinned_to_two_roles_at_once() -> None:
    both = {"primary": [Held(at(0), at(2), ANA)], "secondary": [Held(at(1), at(2), ANA)]}
    found = pins_of(both, shifts(2, {"primary": BEST, "secondary": BEST}))
    assert found == Pins({Slot(at(0), "primary"): ANA, Slot(at(1), "primary"): ANA}, cut=1)


def test_only_slots_that_a_plan_decides_are_pinned() -> None:
    fills = {"primary": NOBODY, "secondary": Filler(FillKind.LAST, "primary")}
    entries = {role: [Held(at(0), at(2), ANA)] for role in ("primary", "secondary", "shadow")}
    assert pins_of(entries, shifts(2, fills)) == Pins({})
