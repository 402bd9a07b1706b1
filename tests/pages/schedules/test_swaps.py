"""The page of swaps: what waits, what one asked for, what was settled; and the page on which one asks."""

from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.cover.states import RequestState
from oncall_ui.domain.schedules.shifts.slot_key import slot_key
from oncall_ui.models import now
from oncall_ui.services.schedules.access import set_access
from oncall_ui.services.schedules.cover.ask import ask_for_cover
from oncall_ui.services.schedules.cover.reading import read_swaps
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import press, says, until
from tests.pages.helpers.seeing import elements, emit
from tests.services.helpers.cover import ROLE, holders, request_of
from tests.services.helpers.schedules import in_plan, keep_schedule, participant_of, publish_by_hand


@pytest.fixture
def schedule(app: App, bob: Person, mallory: Person) -> int:
    """Bob manages it and has the first two days, Mallory the third."""
    number = keep_schedule(app, bob, [bob, mallory], name="Platform <b>on-call</b>")
    b, m = participant_of(app, number, bob), participant_of(app, number, mallory)
    publish_by_hand(app, bob, number, [b, b, m])
    return number


async def at_swaps(browser: Browser, person: Person, schedule: int) -> User:
    user = await browser(person)
    await user.open(f"/schedules/{schedule}/swaps")
    return user


def rows(user: User, card: str) -> list[dict[str, Any]]:
    return next(
        list(each.rows)
        for each in elements(user)
        if isinstance(each, ui.table) and each.props.get("aria-label") == card
    )


def swaps_count(user: User) -> str:
    """What is counted beside the link to this page; empty: nothing."""
    link = next(each for each in elements(user) if each.props.get("aria-label") == "Swaps")
    (badge,) = (each for each in elements(user) if each.html_id == link.props["aria-describedby"])
    return str(badge.props["aria-label"]).replace("\u00a0", " ") if badge.visible else ""


def words(row: dict[str, Any]) -> list[str]:
    return [act["w"] for act in row["acts"]]


async def test_a_request_waits_and_is_taken_with_one_press(
    app: App, browser: Browser, bob: Person, mallory: Person, schedule: int
) -> None:
    m = participant_of(app, schedule, mallory)
    number = ask_for_cover(app, bob.id, schedule, in_plan(0), ROLE, note="My <i>concert</i>")
    asked = await browser(mallory)
    await asked.open(f"/schedules/{schedule}/rules")
    assert swaps_count(asked) == "1 request waits for you"
    asker = await at_swaps(browser, bob, schedule)
    assert swaps_count(asker) == ""
    (mine,) = rows(asker, "Asked by you")
    assert words(mine) == ["Withdraw", "Ask everyone now"]
    assert mine["lines"][0].startswith("Asking") and "Mallory has until" in mine["lines"][0]
    user = await at_swaps(browser, mallory, schedule)
    (waiting,) = rows(user, "Waiting for you")
    assert waiting["head"] == "Bob asks you to cover"
    assert waiting["note"] == "My <i>concert</i>"
    assert words(waiting) == ["Decline", "Ask me later", "Swap", "Take it"]
    assert says(user, "1\u00a0request waits for you")
    assert len(elements(user)) < 200
    emit(user, "act", [number, "take", 0])
    await until(lambda: holders(app, schedule)[0] == m)
    await until(lambda: says(user, "Nothing waits for you"))
    assert request_of(app, number).state is RequestState.TAKEN


async def test_asking_for_a_part_says_who_could(
    app: App, browser: Browser, bob: Person, mallory: Person, schedule: int
) -> None:
    user = await browser(bob)
    key = slot_key(in_plan(0), ROLE)
    await user.open(f"/schedules/{schedule}/shifts/{key}/cover")
    (shown,) = [each for each in elements(user) if isinstance(each, ui.table) and "swaps-people" in each.classes]
    assert [each["n"] for each in shown.rows[0]["can"]] == ["Mallory"]
    press(user, "Ask for cover")
    await until(lambda: bool(read_swaps(app, bob.id, schedule, now()).mine))


async def test_only_people_of_the_schedule_see_it(
    app: App, browser: Browser, bob: Person, mallory: Person, alice: Person, schedule: int
) -> None:
    set_access(app, bob.id, schedule, mallory.id, Access.VIEWER)
    user = await browser(mallory)
    for path in ("swaps", "swaps/ask", "shifts/x/cover", f"shifts/{slot_key(in_plan(0), ROLE)}/cover"):
        answer = await user.http_client.get(f"/schedules/{schedule}/{path}")
        assert answer.status_code == 404, path
    stranger = await browser()
    answer = await stranger.http_client.get(f"/schedules/{schedule}/swaps")
    assert answer.headers["location"].startswith("/login")
