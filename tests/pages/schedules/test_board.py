"""A schedule's page: who is on call when, what needs a change, why somebody has a shift, and what is chosen."""

import asyncio
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from nicegui import ui
from nicegui.functions.navigate import History
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.shifts.slot_key import slot_key
from oncall_ui.services.availability.manual import add_manual_days
from oncall_ui.services.schedules.access import set_access
from oncall_ui.services.schedules.drafts.views import list_plans
from oncall_ui.services.schedules.published.assign import assign
from oncall_ui.services.schedules.published.read import read_shifts
from pages.refresh import Wanted
from pages.schedules.board.reading import Found, Reading
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import says, until
from tests.pages.helpers.seeing import buttons, click, elements, links, of_class, statuses, words
from tests.pages.simulation import settled
from tests.services.helpers.schedules import in_plan, keep_schedule, next_monday, participant_of, publish_by_hand

MARKUP = "<img src=x onerror=alert(1)>"


@dataclass(frozen=True)
class Team:
    """Bob manages the schedule; he has its first two days, Mallory the third, nobody the fourth."""

    id: int
    bob: int
    mallory: int

    @property
    def route(self) -> str:
        return f"/schedules/{self.id}"

    def shift(self, day: int) -> str:
        return f"{self.route}/shifts/{slot_key(in_plan(day), 'primary')}"


@pytest.fixture
def team(app: App, bob: Person, mallory: Person) -> Team:
    schedule = keep_schedule(app, bob, [bob, mallory], name=MARKUP)
    found = Team(schedule, participant_of(app, schedule, bob), participant_of(app, schedule, mallory))
    publish_by_hand(app, bob, schedule, [found.bob, found.bob, found.mallory, None])
    return found


@pytest.fixture
def addresses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the address bar showed, one after the other."""
    shown: list[str] = []
    monkeypatch.setattr(History, "replace", lambda _self, url: shown.append(url))
    return shown


def rows(user: User, css: str) -> list[dict[str, Any]]:
    (table,) = of_class(user, css)
    assert isinstance(table, ui.table)
    return table.rows


def bars(user: User) -> list[str]:
    """The shifts of the plan by weeks, as they are read out."""
    return [bar["t"] for week in rows(user, "oc-plan-weeks") for bar in week["s"] if "t" in bar]


def candidates(user: User) -> list[tuple[str, str]]:
    return [(row["n"], row["grade"] or row["cost"]) for row in rows(user, "why-list")]


def heading(user: User) -> str:
    (panel,) = of_class(user, "oc-panel")
    return next(words(each) for each in panel.descendants() if each.tag == "h2")


async def press(app: App, user: User, word: str) -> None:
    click(user, next(each for each in user.find(ui.button).elements if each.text == word))
    await settled(app.hub)


def shift(table: ui.element, key: str) -> None:
    """As pressing a shift of the plan does."""
    for listener in table._event_listeners.values():
        if listener.type == "shift":
            table._handle_event({"listener_id": listener.id, "args": key})


async def test_it_says_who_is_on_call_and_what_needs_a_change(browser: Browser, mallory: Person, team: Team) -> None:
    user = await browser(mallory)
    await user.open(team.route)
    assert "1 shift needs a change; the other 3 are covered until" in statuses(user)[0]
    assert says(user, "1 shift has nobody")
    assert [each.split(", ")[4] for each in bars(user)] == ["Bob", "Bob", "Mallory", "nobody"]
    assert [week["s"][2]["c"] for week in rows(user, "oc-plan-weeks") if week["s"]] == ["oc-shift is-p2 stale"]
    assert [row["who"][0]["n"] for week in rows(user, "oc-duty") for row in week["shifts"]] == [
        "Bob", "Bob", "Mallory", "Nobody",
    ]  # fmt: skip
    (strip,) = of_class(user, "oc-strip12")
    assert (strip.props["role"], strip.props["aria-label"]) == (
        "img", "You are on call in 1 of these 12 weeks; 1 shift needs a change. The list below says when.",
    )  # fmt: skip
    assert [
        part["h"] or part["c"]
        for week in rows(user, "oc-strip12-weeks")
        for line in week["roles"]
        for part in line
        if part["h"] == team.mallory or part["c"] == "bad"
    ] == [team.mallory, "bad"]
    assert "New draft" not in words(of_class(user, "oc-head")[0])
    assert len(elements(user)) < 200
    assert not [each for each in elements(user) if MARKUP in str(each.props.get("innerHTML", ""))]


async def test_a_block_of_somebody_else_shows_at_once(
    app: App, browser: Browser, mallory: Person, bob: Person, team: Team
) -> None:
    user = await browser(mallory)
    await user.open(team.route)
    add_manual_days(app, bob.id, ManualDays(next_monday(), next_monday(), Action.BLOCK))
    await until(lambda: "2 shifts need a change" in statuses(user)[0])


async def test_people_see_their_shifts_over_what_they_said(browser: Browser, mallory: Person, team: Team) -> None:
    user = await browser(mallory)
    await user.open(f"{team.route}?view=people")
    lanes = rows(user, "oc-lanes-rows")
    assert [(row["n"], len(row["s"])) for row in lanes] == [("Bob", 2), ("Mallory", 1), ("Nobody", 1)]
    assert lanes[1]["b"][0]["c"] == "un"  # no calendar is connected
    assert [row["s"][0]["tab"] for row in lanes] == [0, -1, -1]


async def test_the_address_keeps_view_person_and_window(
    app: App, browser: Browser, mallory: Person, team: Team, addresses: list[str]
) -> None:
    user = await browser(mallory)
    await user.open(f"{team.route}?who={team.mallory}")
    assert [bar["c"].endswith(" dim") for week in rows(user, "oc-plan-weeks") for bar in week["s"]] == [
        True, True, False, False,
    ]  # fmt: skip
    assert says(user, "Mallory has 1 of 4\u00a0shifts")
    click(user, next(each for each in elements(user) if each.props.get("aria-label") == "Later"))
    await settled(app.hub)
    assert rows(user, "oc-plan-weeks")[0]["key"] > next_monday().isoformat()
    with user:
        user.find(ui.toggle).elements.pop().set_value("list")
    assert addresses[-1].startswith(f"{team.route}?view=list&who={team.mallory}&from=20")


async def test_a_stranger_finds_nothing(app: App, browser: Browser, alice: Person, bob: Person, team: Team) -> None:
    other = keep_schedule(app, alice, [alice])
    user = await browser(bob)
    for path in (f"/schedules/{other}", f"/schedules/{other}/history", f"{team.route}/shifts/x", team.shift(9)):
        answer = await user.http_client.get(path)
        assert answer.status_code == 404 and "Page not found" in answer.text, path


async def test_a_shift_says_why(browser: Browser, mallory: Person, team: Team, addresses: list[str]) -> None:
    user = await browser(mallory)
    await user.open(team.shift(2))
    monday = in_plan(2)
    assert heading(user).startswith(f"Why you, {monday:%a} {monday.day}")
    assert candidates(user) == [("Mallory", "has it"), ("Bob", "a little worse")]
    (panel,) = of_class(user, "oc-panel")
    assert "Hand over" not in buttons(panel)
    click(user, next(each for each in panel.descendants() if each.props.get("aria-label") == "Close"))
    assert addresses[-1] == team.route
    await user.open(team.shift(3))
    assert heading(user).startswith("Why nobody, ")


async def test_a_manager_hands_a_shift_over_and_every_page_shows_it(
    app: App, browser: Browser, bob: Person, mallory: Person, team: Team, addresses: list[str]
) -> None:
    other, user = await browser(mallory), await browser(bob)
    await other.open(team.route)
    await user.open(team.route)
    (table,) = of_class(user, "oc-plan-weeks")
    shift(table, slot_key(in_plan(0), "primary"))
    await settled(app.hub)
    assert addresses[-1] == team.shift(0)
    await press_and_confirm(app, user)
    assert read_shifts(app, bob.id, team.id, in_plan(0), in_plan(1))[0].name == "Mallory"
    assert says(user, "handed over to Mallory")
    await until(lambda: bars(other)[0].endswith("Mallory, availability not known, no calendar connected"))
    await press(app, user, "Undo")
    assert read_shifts(app, bob.id, team.id, in_plan(0), in_plan(1))[0].name == "Bob"


async def press_and_confirm(app: App, user: User) -> None:
    click(user, next(each for each in user.find(ui.button).elements if each.text == "Hand over"))
    await until(lambda: any(each.text == "Yes, hand over" for each in user.find(ui.button).elements))
    await press(app, user, "Yes, hand over")


async def test_the_second_of_two_managers_is_told(
    app: App, browser: Browser, alice: Person, bob: Person, team: Team
) -> None:
    user = await browser(bob)
    await user.open(team.shift(0))
    click(user, next(each for each in user.find(ui.button).elements if each.text == "Hand over"))
    await until(lambda: any(each.text == "Yes, hand over" for each in user.find(ui.button).elements))
    assign(app, alice.id, team.id, in_plan(0), "primary", team.mallory, before=team.bob)
    await press(app, user, "Yes, hand over")
    assert says(user, "Somebody changed this shift since you opened it")


async def test_without_access_a_handler_does_nothing(
    app: App, browser: Browser, alice: Person, bob: Person, team: Team
) -> None:
    user = await browser(bob)
    await user.open(team.shift(0))
    set_access(app, alice.id, team.id, alice.id, Access.MANAGER)
    set_access(app, alice.id, team.id, bob.id, Access.VIEWER)
    await press_and_confirm(app, user)
    assert read_shifts(app, bob.id, team.id, in_plan(0), in_plan(1))[0].name == "Bob"


async def test_a_draft_is_asked_for_and_found(
    app: App, browser: Browser, bob: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await browser(bob)
    await user.open(team.route)
    went: list[str] = []
    monkeypatch.setattr(user.navigate, "to", went.append)
    await press(app, user, "New draft")
    await press(app, user, "Create draft")
    assert went == [f"{team.route}/drafts/2"]
    draft = list_plans(app, bob.id, team.id)[0]
    assert (draft.first_day, draft.end_day) == (next_monday() + timedelta(days=4), next_monday() + timedelta(days=60))
    await until(lambda: ("Draft 2", f"{team.route}/drafts/2") in links(of_class(user, "board-drafts")[0]))


async def test_until_the_plan_is_read_its_place_is_empty_and_busy(
    browser: Browser, bob: Person, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, read = threading.Event(), Reading.read

    async def slowly(reading: Reading, wanted: Wanted) -> Found:
        await asyncio.to_thread(go.wait, 10)
        return await read(reading, wanted)

    monkeypatch.setattr(Reading, "read", slowly)
    monkeypatch.setattr("pages.refresh.PATIENCE_SECONDS", 0.0)
    user = await browser(bob)
    await User.open(user, team.route)  # `open` of ours waits for the reading
    (board,), (place,) = of_class(user, "board"), of_class(user, "board-plan")
    assert (board.props["aria-busy"], place.default_slot.children) == ("true", [])
    go.set()
    await until(lambda: "aria-busy" not in board.props)
    assert place.default_slot.children and bars(user)
