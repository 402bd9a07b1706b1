"""What Team shows is chosen by name, by state on a day, and by period."""

import pytest
from nicegui import ui

from oncall_ui.app import App
from tests.conftest import Person, person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import entry, fill, said, until
from tests.pages.helpers.home import B, P, add_availability, add_calendar, change, table, tell
from tests.pages.helpers.seeing import click, of_class
from tests.pages.helpers.team import NOW, at_team, cells, choose, go_to, names, span, unfold
from tests.services.helpers.team import add_people


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        ("all", ["Alice", "Bob", "Zoe", "Mallory"]),
        ("available", ["Bob", "Zoe"]),
        ("blocked", ["Alice"]),
        ("prefers", ["Bob"]),
    ],
)
async def test_members_are_filtered_by_their_state_on_the_chosen_day(
    app: App, browser: Browser, alice: Person, bob: Person, mallory: Person, show: str, expected: list[str]
) -> None:
    zoe = person(app, "Zoe")
    add_calendar(app, alice, "Work", [("2026-12-24T08:00", "2026-12-24T09:00", B)])
    add_calendar(app, bob, "Work", [("2026-12-24", "2026-12-25", P)])
    add_calendar(app, zoe, "Work")
    user = await at_team(browser, bob)
    go_to(user, "2026-12-24")
    unfold(user)
    choose(user, show)
    assert names(user) == expected
    (toggle,) = user.find(kind=ui.toggle).elements
    assert list(dict(toggle.options).values()) == ["All 4", "Available 2", "Blocked 1", "Prefers 1"]
    assert toggle.props["aria-label"] == "Filter members by their state on Thu 24 Dec"


async def test_part_of_a_name_finds_members_and_no_match_is_explained(
    app: App, browser: Browser, alice: Person
) -> None:
    add_people(app, "Bob Tanaka", "Chidi Okafor")
    user = await at_team(browser, alice)
    fill(user, Name="OKA")
    assert names(user) == ["Chidi Okafor"]
    fill(user, Name="xyz")
    assert names(user) == []
    said(user, "No member’s name contains “xyz”.")
    choose(user, "blocked")
    said(user, "No members matching “xyz” are blocked on Tue 24 Nov.")


async def test_the_grid_goes_to_a_day_and_marks_it(app: App, browser: Browser, alice: Person) -> None:
    add_calendar(app, alice, "Work", [("2027-01-28", "2027-01-29", B)])
    user = await at_team(browser, alice)
    go_to(user, "2027-01-28")
    assert span(user) == "11 Jan to 21 Feb, in Berlin time"  # the last six weeks there are
    assert cells(user, "Alice")[2] == "block Thu"
    marked = [
        day["date"] for week in table(user, "oc-team").columns[1:] for day in week["days"] if "chosen" in day["c"]
    ]
    assert marked == ["2027-01-28"]


@pytest.mark.parametrize("day", ["2026-11-23", "2027-02-22", "0002-01-01"])
async def test_a_day_outside_the_weeks_is_refused_and_the_grid_stays(browser: Browser, alice: Person, day: str) -> None:
    user = await at_team(browser, alice)
    go_to(user, day)
    assert entry(user, "Go to").error == "Choose a day between Tue 24 Nov and Sun 21 Feb."
    assert span(user).startswith("23 Nov")
    go_to(user, "")
    go_to(user, "2026-11-30")
    assert entry(user, "Go to").error is None


async def test_earlier_and_later_move_six_weeks_and_stop_at_both_ends(browser: Browser, alice: Person) -> None:
    user = await at_team(browser, alice)
    arrows = {
        str(each.props["aria-label"]): each for each in of_class(user, "oc-i-left") + of_class(user, "oc-i-right")
    }

    def off() -> list[str]:
        return [name for name, each in arrows.items() if each.props["aria-disabled"] == "true"]

    assert off() == ["Earlier"]
    click(user, arrows["Earlier"])
    assert span(user).startswith("23 Nov")
    click(user, arrows["Later"])
    assert (span(user).split(",")[0], off()) == ("4 Jan to 14 Feb", [])
    click(user, arrows["Later"])
    click(user, arrows["Later"])
    assert (span(user).split(",")[0], off()) == ("11 Jan to 21 Feb", ["Later"])


async def test_the_chosen_day_and_filter_stay_when_a_calendar_changes(
    app: App, browser: Browser, alice: Person, bob: Person
) -> None:
    calendar = add_calendar(app, alice, "Work")
    user = await at_team(browser, bob)
    go_to(user, "2027-01-28")
    choose(user, "available")
    assert names(user) == ["Alice"]
    add_availability(app, alice, calendar, [("2027-01-28", "2027-01-29", B)])
    change(app, calendar, entries=1, last_changed_at=NOW)
    tell(app, alice, calendar)
    await until(lambda: names(user) == [])
    assert span(user).startswith("11 Jan")
