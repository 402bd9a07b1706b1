"""A plan is drawn by weeks, to scale, and said in words."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pages.schedules.plan import lanes as lane_weeks
from pages.schedules.plan import weeks
from pages.schedules.plan.agenda import agenda_rows
from pages.schedules.plan.lanes import Lane, lane_rows
from pages.schedules.plan.shift import Holder, Mark, PlanSlot
from pages.schedules.plan.strip import Weeks, strip_rows, strip_words
from pages.schedules.plan.weeks import hours_since, week_rows

BERLIN = ZoneInfo("Europe/Berlin")
ALICE, CHIDI = Holder("Alice Moreno", 1, 7), Holder("Chidi Okafor", 11)
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
MONDAY = date(2026, 12, 7)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def slot(
    start: str, end: str, holder: Holder | None = ALICE, *, level: int = 0, marks: frozenset[Mark] = frozenset()
) -> PlanSlot:
    role = ("primary", "secondary")[level]
    return PlanSlot(f"{start}-{role}", local(start), local(end), role, level, holder, marks)


def rows(*slots: PlanSlot, first: date = MONDAY, weeks: int = 2, now: datetime = NOW) -> list[dict[str, Any]]:
    return week_rows(slots, first, weeks, BERLIN, now, {})


def test_a_shift_lies_where_its_hours_lie() -> None:
    first, _ = rows(slot("2026-12-09T10:00", "2026-12-11T10:30"))
    (bar,) = first["s"]
    assert (bar["at"]["--a"], bar["at"]["--b"]) == (58, 106.5)
    assert (bar["n"], bar["i"], bar["c"]) == ("Alice", "AM", "oc-shift is-p1")


def test_what_runs_over_sunday_goes_on_in_the_next_week_without_a_name() -> None:
    first, second = rows(slot("2026-12-11T10:00", "2026-12-14T10:00"))
    assert first["s"][0]["c"].endswith("cut")
    assert first["s"][0]["at"]["--b"] == 168
    (rest,) = second["s"]
    assert rest == {"rest": True, "c": "oc-shift is-p1 tail", "at": {"--a": 0, "--b": 10, "--k": 1}, "h": 7}


def test_a_shift_that_ends_at_midnight_is_not_cut() -> None:
    first, second = rows(slot("2026-12-11T10:00", "2026-12-14T00:00"))
    assert "cut" not in first["s"][0]["c"]
    assert second["s"] == []


def test_a_week_in_which_the_clocks_change_is_as_wide_as_any_other() -> None:
    day = date(2026, 10, 19)  # the clocks go back on Sunday 25 October
    (week,) = rows(slot("2026-10-24T10:00", "2026-10-25T10:00"), first=day, weeks=1)
    assert (week["s"][0]["at"]["--a"], week["s"][0]["at"]["--b"]) == (130, 154)


def test_the_name_of_a_shift_says_everything_its_marks_say() -> None:
    marks = frozenset({Mark.WISH, Mark.PINNED, Mark.CONFLICT})
    one = slot("2026-12-04T10:00", "2026-12-07T10:00", CHIDI, level=1, marks=marks)
    assert one.words(BERLIN) == (
        "Secondary, Fri 4 Dec, 10:00 to Mon 7 Dec, 10:00, Chidi Okafor, now blocked, pinned, prefers this"
    )
    assert one.icons == ["alert", "pin"]  # two at most, the worst first
    assert one.css == "oc-shift is-p11 second clash"


def test_an_empty_shadow_can_be_pressed_and_is_no_gap() -> None:
    empty = replace(slot("2026-12-07T10:00", "2026-12-07T18:00", None), is_open=True)
    (bar,) = rows(empty, weeks=1)[0]["s"]
    assert (bar["c"], bar["m"], bar["n"], bar["id"]) == ("oc-shift unfilled", [], "Nobody", empty.key)
    (line,) = agenda_rows([empty], BERLIN)[0]["shifts"]
    assert (line["who"][0]["c"], line["notes"]) == ("oc-who open", [])


def test_a_gap_is_marked_and_said() -> None:
    gap = slot("2026-12-07T10:00", "2026-12-07T18:00", None)
    assert gap.words(BERLIN) == "Primary, Mon 7 Dec, 10:00 to 18:00, nobody"
    (bar,) = rows(gap, weeks=1)[0]["s"]
    assert (bar["n"], bar["i"], bar["m"]) == ("Nobody", "", ["alert"])


def test_tab_goes_to_the_shift_that_runs_now_and_only_there() -> None:
    slots = [slot(f"2026-12-{day:02}T10:00", f"2026-12-{day + 1:02}T10:00") for day in range(7, 13)]
    (week,) = rows(*slots, weeks=1, now=local("2026-12-09T12:00"))
    assert [bar["tab"] for bar in week["s"]] == [-1, -1, 0, -1, -1, -1]
    assert [bar["now"] for bar in week["s"]] == [False, False, True, False, False, False]
    assert week["now"] == 60


def test_past_weeks_lose_their_colour_from_their_end_on() -> None:
    past, current = rows(now=local("2026-12-14T00:00"))
    assert (past["c"], current["c"]) == ("wk past", "wk")


def test_the_list_says_the_same_with_everyone_on_a_shift_in_one_line() -> None:
    plan = [
        slot("2026-12-09T10:00", "2026-12-11T10:00"),
        slot("2026-12-09T10:00", "2026-12-11T10:00", CHIDI, level=1, marks=frozenset({Mark.CONFLICT})),
        slot("2026-12-14T09:00", "2026-12-14T17:00", None),
    ]
    first, second = agenda_rows(plan, BERLIN)
    (shift,) = first["shifts"]
    assert (first["days"], first["week"]) == ("7 Dec to 13 Dec", "week 50")
    assert (shift["day"], shift["from"], shift["to"]) == ("Wed 9 Dec", "10:00", "to Fri 10:00")
    assert [(each["n"], each["h"], each["c"]) for each in shift["who"]] == [
        ("Alice Moreno", 7, "oc-who"),
        ("Chidi Okafor", None, "oc-who second"),
    ]
    assert shift["notes"] == ["Chidi is blocked now"]
    assert second["shifts"][0]["to"] == "to 17:00"
    assert second["shifts"][0]["notes"] == ["Primary: nobody is on call"]


def test_twelve_weeks_of_two_roles_stay_small_and_each_shift_is_placed_only_where_it_lies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slots = [
        PlanSlot(f"{day}-{level}", start, start + timedelta(days=1), "primary", level, CHIDI)
        for day in range(84)
        for level in (0, 1)
        for start in [local("2026-12-07T10:00") + timedelta(days=day)]
    ]
    placed: list[datetime] = []

    def hours(monday: date, at: datetime, zone: ZoneInfo) -> float:
        placed.append(at)
        return hours_since(monday, at, zone)

    monkeypatch.setattr(weeks, "hours_since", hours)
    assert len(json.dumps(week_rows(slots, MONDAY, 12, BERLIN, NOW, {}))) < 60_000
    assert len(placed) == 2 * (len(slots) + 11 * 2)  # Sundays' shifts lie in two weeks


def test_the_strip_has_a_week_a_column_to_scale_and_says_in_words_what_it_shows() -> None:
    mine = slot("2026-12-11T00:00", "2026-12-16T00:00")
    gap = slot("2026-12-17T00:00", "2026-12-18T00:00", None)
    second = slot("2026-12-07T00:00", "2026-12-14T00:00", CHIDI, level=1, marks=frozenset({Mark.CONFLICT}))
    slots = [second, mine, gap]
    found = strip_rows(slots, Weeks(MONDAY, 3, BERLIN, local("2026-12-15T12:00")))
    assert [(week["c"], week["week"]) for week in found] == [("c past", 50), ("c now", 51), ("c", 52)]
    assert [
        [[(part["h"] or part["c"], part["f"]["flex"]) for part in line] for line in week["roles"]] for week in found
    ] == [
        [[("no", 96), (7, 72)], [("bad", 168)]],
        [[(7, 48), ("no", 24), ("bad", 24), ("no", 72)], [("no", 168)]],
        [[("no", 168)], [("no", 168)]],
    ]
    assert strip_words(slots, found, "You are", 7) == (
        "You are on call in 2 of these 3 weeks; 2 shifts need a change. The list below says when."
    )
    assert strip_words([mine], found, "", None) == "The shifts of 3 weeks. The list below says when."


def test_what_is_drawn_is_the_same_whoever_looks_and_says_by_whom_it_is_marked() -> None:
    mine, theirs = slot("2026-12-07T10:00", "2026-12-08T10:00"), slot("2026-12-08T10:00", "2026-12-09T10:00", CHIDI)
    (week,) = rows(mine, theirs, replace(mine, key="dim", is_dim=True), weeks=1)
    assert [bar["h"] for bar in week["s"]] == [7, None, None], "what is dimmed is marked for nobody"
    lanes = [Lane("7", ALICE, [mine]), Lane("8", CHIDI, [theirs])]
    assert [row["h"] for row in lane_rows(lanes, [], lane_weeks.Weeks(MONDAY, 1, BERLIN), NOW)] == [7, None]
    (one,) = strip_rows([mine, theirs], Weeks(MONDAY, 1, BERLIN, NOW), 7)
    assert one["who"] == 7, "whom one looks at is highlighted instead"
