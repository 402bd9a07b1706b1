"""All schedules: who is on call now, one's own next shifts, and the way to the first schedule."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Action
from oncall_ui.services.schedules.access import set_access
from oncall_ui.services.schedules.settings import archive_schedule
from pages.schedules.list.example import example_start
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import says, until
from tests.pages.helpers.home import add_calendar
from tests.pages.helpers.schedules import published
from tests.pages.helpers.seeing import elements, links, of_class, statuses, words
from tests.pages.schedules.entries import entries
from tests.services.helpers.schedules import keep_schedule

HOUR = timedelta(hours=1)


@pytest.fixture
def platform(app: App, bob: Person, mallory: Person) -> int:
    """Bob is on call for the next hours and Mallory after him; nobody has the third shift."""
    return published(app, bob, [bob, mallory, None], datetime.now(UTC) - 2 * HOUR, "<b>Platform</b>")


async def at_list(browser: Browser, person: Person) -> User:
    user = await browser(person)
    await user.open("/schedules")
    await until(lambda: not says(user, "Loading the schedules"))
    return user


def cards(user: User) -> list[dict[str, Any]]:
    return list(entries(user, "oc-schedules").rows)


def own_shifts(user: User) -> list[dict[str, Any]]:
    rows = [row for each in elements(user) if isinstance(each, ui.table) for row in each.rows]
    return [shift for row in rows if row["key"] == "shifts" for shift in row["s"]]


def lead(user: User) -> str:
    return words(of_class(user, "oc-status")[0])


async def test_a_card_says_who_is_on_call_until_when_and_who_is_next(
    app: App, browser: Browser, bob: Person, platform: int
) -> None:
    user = await at_list(browser, bob)
    (card,) = cards(user)
    assert (card["name"], card["href"]) == ("<b>Platform</b>", f"/schedules/{platform}")
    assert card["sub"].replace("\u00a0", " ").startswith("2 people, one role, published until ")
    assert (card["word"].replace("\u00a0", " "), card["css"]) == ("1 shift needs a change", "is-bad oc-i-alert")
    (role,) = card["roles"]
    assert (role["role"], role["now"]["n"], role["now"]["you"], role["next"]["n"]) == (
        "Primary",
        "Bob",
        True,
        "Mallory",
    )
    assert lead(user).startswith("You are on call now, primary on <b>Platform</b>, until ")


async def test_a_card_says_what_the_page_of_its_schedule_says(
    app: App, browser: Browser, bob: Person, mallory: Person
) -> None:
    schedule = published(app, bob, [bob, mallory], datetime.now(UTC) - 2 * HOUR, "Platform")
    blocked = (datetime.now(UTC) + timedelta(days=1)).replace(tzinfo=None)
    add_calendar(app, mallory, "Work", [(f"{blocked:%FT%H:%M}", f"{blocked + HOUR:%FT%H:%M}", Action.BLOCK)])
    user = await at_list(browser, bob)
    assert [card["word"] for card in cards(user)] == ["1 shift needs a change"]
    await user.open(f"/schedules/{schedule}")
    assert "1 shift needs a change" in statuses(user)[0]


async def test_the_next_shift_is_said_and_listed(app: App, browser: Browser, mallory: Person, platform: int) -> None:
    user = await at_list(browser, mallory)
    assert lead(user).startswith("You are on call from ")
    (shift,) = own_shifts(user)
    assert (shift["role"], shift["rel"] in {"today", "tomorrow", "in 2\u00a0days"}) == ("Primary", True)


async def test_a_stranger_sees_nothing_and_administrators_all(
    app: App, browser: Browser, alice: Person, mallory: Person, bob: Person
) -> None:
    keep_schedule(app, bob, [bob])
    assert [card["name"] for card in cards(await at_list(browser, alice))] == ["Platform"]
    stranger = await at_list(browser, mallory)
    assert says(stranger, "No schedule yet")
    assert cards(stranger) == []


async def test_a_new_installation_leads_to_the_first_schedule(browser: Browser, alice: Person, bob: Person) -> None:
    user = await at_list(browser, alice)
    await until(lambda: any("of 2 members" in str(each.props.get("innerHTML")) for each in elements(user)))
    (card,) = of_class(user, "oc-start")
    assert links(card) == [
        ("New schedule", "/schedules/new"),
        ("Coming from another tool?", "/schedules/new?start=rota"),
    ]


async def test_an_example_leaves_out_who_is_blocked(app: App, browser: Browser, alice: Person, bob: Person) -> None:
    first = example_start(datetime.now(UTC).astimezone(alice.me.member.tz).date())
    add_calendar(app, bob, "Work", [(f"{first}T00:00", f"{first + timedelta(days=7)}T00:00", Action.BLOCK)])
    user = await at_list(browser, alice)
    await until(lambda: of_class(user, "oc-example"))
    (grid,) = (each for each in elements(user) if isinstance(each, ui.table) and "oc-plan-weeks" in each.classes)
    weeks = [{shift["n"] for shift in week["s"] if shift.get("n")} for week in grid.rows]
    assert "Bob" not in weeks[0]
    assert "Bob" in weeks[1]


async def test_changes_arrive_and_what_is_taken_away_goes(
    app: App, browser: Browser, bob: Person, mallory: Person, platform: int
) -> None:
    user = await at_list(browser, mallory)
    assert len(cards(user)) == 1
    set_access(app, bob.id, platform, mallory.id, None)
    await until(lambda: not cards(user))


async def test_an_archived_schedule_is_gone(app: App, browser: Browser, bob: Person, platform: int) -> None:
    archive_schedule(app, bob.id, platform)
    assert cards(await at_list(browser, bob)) == []
