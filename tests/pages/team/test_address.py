"""What is chosen on Team is in its address: read when the page opens, written whenever it changes."""

from datetime import date, timedelta

import pytest
from nicegui import ui
from nicegui.functions.navigate import History
from nicegui.testing import User

from oncall_ui.app import App
from pages.team.address import Chosen
from pages.team.cells import Filter
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import entry, fill, press, until
from tests.pages.helpers.home import B, P, add_calendar, change, table, tell
from tests.pages.helpers.seeing import elements
from tests.pages.helpers.team import NOW, at_team, choose, go_to, names, span
from tests.pages.team.conftest import Clock
from tests.services.helpers.team import add_people


@pytest.fixture
def addresses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the page put into the address bar."""
    put: list[str] = []
    monkeypatch.setattr(History, "replace", lambda _self, address: put.append(address))
    return put


def chosen_days(user: User) -> list[str]:
    weeks = table(user, "oc-team").columns[1:]
    return [day["date"] for week in weeks for day in week["days"] if "chosen" in day["c"]]


def shown(user: User) -> str:
    (toggle,) = (each for each in elements(user) if isinstance(each, ui.toggle))
    return str(toggle.value)


@pytest.mark.parametrize(
    ("chosen", "address"),
    [
        (Chosen(), "/team"),
        (Chosen(name="Zoë & co"), "/team?name=Zo%C3%AB+%26+co"),
        (
            Chosen("a", Filter.PREFERS, date(2026, 12, 24), date(2026, 12, 7)),
            "/team?week=2026-12-07&day=2026-12-24&show=prefers&name=a",
        ),
    ],
)
def test_defaults_are_left_out_of_the_address(chosen: Chosen, address: str) -> None:
    assert chosen.address == address


@pytest.mark.parametrize(
    "query",
    [
        {"show": "everyone"},
        {"day": "tomorrow"},
        {"day": "2026-13-40"},
        {"week": ""},
        {"name": "x" * 101},
        {"name": "a\x00b"},
        {"other": "1"},
    ],
)
def test_values_that_cannot_be_read_are_ignored(query: dict[str, str]) -> None:
    assert Chosen.of(query) == Chosen()


async def test_the_page_opens_as_its_address_says(app: App, browser: Browser, alice: Person, bob: Person) -> None:
    add_people(app, "Alina")
    add_calendar(app, alice, "Work", [("2026-12-24", "2026-12-25", B)])
    add_calendar(app, bob, "Work", [("2026-12-24", "2026-12-25", B)])
    user = await at_team(browser, bob, "/team?week=2026-12-10&day=2026-12-24&show=blocked&name=ali")
    assert names(user) == ["Alice"]
    assert span(user) == "7 Dec to 17 Jan, in Berlin time"
    assert chosen_days(user) == [entry(user, "Go to").value] == ["2026-12-24"]
    assert (entry(user, "Name").value, shown(user)) == ("ali", "blocked")


@pytest.mark.parametrize("query", ["day=2026-11-23", "day=2027-02-22", "week=2026-11-22", "week=2027-03-01", "show=x"])
async def test_days_that_cannot_be_shown_are_ignored(browser: Browser, alice: Person, query: str) -> None:
    user = await at_team(browser, alice, f"/team?{query}")
    assert span(user) == "23 Nov to 3 Jan, in Berlin time"
    assert entry(user, "Go to").value == "2026-11-24"
    assert entry(user, "Go to").error is None


async def test_the_day_is_in_view_if_only_the_day_is_given(browser: Browser, alice: Person) -> None:
    user = await at_team(browser, alice, "/team?day=2027-01-28")
    assert span(user) == "11 Jan to 21 Feb, in Berlin time"
    assert chosen_days(user) == ["2027-01-28"]


async def test_every_choice_replaces_the_address(
    app: App, browser: Browser, alice: Person, addresses: list[str]
) -> None:
    add_calendar(app, alice, "Work", [("2027-01-28", "2027-01-29", P)])
    user = await at_team(browser, alice)
    assert addresses == []
    go_to(user, "2027-01-28")
    choose(user, "prefers")
    fill(user, Name=" ali")
    assert addresses == [
        "/team?week=2027-01-11&day=2027-01-28",
        "/team?week=2027-01-11&day=2027-01-28&show=prefers",
        "/team?week=2027-01-11&day=2027-01-28&show=prefers&name=ali",
    ]
    press(user, "Today")
    assert addresses[3:] == ["/team?show=prefers&name=ali"]
    assert (span(user), entry(user, "Go to").value) == ("23 Nov to 3 Jan, in Berlin time", "2026-11-24")


async def test_what_others_change_leaves_the_address(
    app: App, browser: Browser, alice: Person, addresses: list[str]
) -> None:
    calendar = add_calendar(app, alice, "Work")
    user = await at_team(browser, alice, "/team?week=2026-11-30&show=bad")
    before = span(user)
    change(app, calendar, entries=1, last_changed_at=NOW, last_read_at=NOW - timedelta(days=3))
    tell(app, alice, calendar)
    await until(lambda: table(user, "oc-team").rows[0]["fresh"] != "Up to date")
    assert (span(user), addresses) == (before, [])


async def test_weeks_shown_stay_when_a_new_week_begins(
    app: App, browser: Browser, alice: Person, clock: Clock, addresses: list[str]
) -> None:
    calendar = add_calendar(app, alice, "Work")
    user = await at_team(browser, alice, "/team?week=2026-12-07&day=2026-11-27")
    clock.now = NOW + timedelta(days=6)
    change(app, calendar, last_read_at=clock.now)
    tell(app, alice, calendar)
    await until(lambda: entry(user, "Go to").value == "2026-11-30")
    assert span(user).startswith("7 Dec")
    assert addresses == ["/team?week=2026-12-07"]
