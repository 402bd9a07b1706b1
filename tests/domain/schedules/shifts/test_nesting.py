"""Schedules inside schedules."""

from datetime import UTC, datetime, timedelta

import pytest

from oncall_ui.domain.schedules.shifts.nesting import Entry, NestingRefused, check_nesting, render

MIDNIGHT = datetime(2026, 12, 7, tzinfo=UTC)


def entry(start: int, end: int, person: str | None = None, schedule: str | None = None) -> Entry:
    return Entry(MIDNIGHT + timedelta(hours=start), MIDNIGHT + timedelta(hours=end), person, schedule)


def rendered(entries: dict[str, list[Entry]]) -> list[tuple[float, float, str | None]]:
    hour = timedelta(hours=1)
    return [
        ((piece.start - MIDNIGHT) / hour, (piece.end - MIDNIGHT) / hour, piece.person)
        for piece in render("outer", entries)
    ]


def test_an_outer_shift_splits_at_the_handoffs_inside() -> None:
    entries = {
        "sfo": [entry(0, 10, "S1"), entry(10, 20, "S2")],
        "lon": [entry(0, 20, "L1")],
        "outer": [entry(5, 15, schedule="sfo"), entry(15, 25, schedule="lon")],
    }
    assert rendered(entries) == [(5, 10, "S1"), (10, 15, "S2"), (15, 20, "L1"), (20, 25, None)]
    assert render("outer", entries)[0].path == ("outer", "sfo")


def test_a_hole_inside_is_a_gap() -> None:
    entries = {"in": [entry(2, 3, "A"), entry(5, 6, "B")], "outer": [entry(1, 6, schedule="in"), entry(6, 7, "C")]}
    assert rendered(entries) == [(1, 2, None), (2, 3, "A"), (3, 5, None), (5, 6, "B"), (6, 7, "C")]


def test_four_schedules_inside_each_other_render_and_a_fifth_is_refused() -> None:
    entries = {"outer": [entry(0, 9, schedule="b")], "b": [entry(1, 8, schedule="c")]}
    entries |= {"c": [entry(2, 7, schedule="d")], "d": [entry(3, 6, "A")]}
    assert (3, 6, "A") in rendered(entries)
    entries |= {"d": [entry(3, 6, schedule="e")], "e": [entry(3, 6, "A")]}
    with pytest.raises(NestingRefused, match="outer → b → c → d → e are more than 4"):
        rendered(entries)


def test_a_circle_is_refused() -> None:
    with pytest.raises(NestingRefused, match="a → b → a is a circle"):
        check_nesting({"a": ["b"], "b": ["a"]})
    with pytest.raises(NestingRefused, match="a → a is a circle"):
        check_nesting({"a": ["a"]})
