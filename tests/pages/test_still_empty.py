"""A page that takes long to read is sent first and filled later: what it shows meanwhile has names, too.

Nobody sees what is empty, but a screen reader stops at it.
"""

import pytest
from nicegui.testing import User

from oncall_ui.app import App
from pages import refresh
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.home import add_calendar
from tests.pages.helpers.seeing import elements, words
from tests.pages.test_every_page import HEADINGS
from tests.services.helpers.schedules import keep_schedule, participant_of, publish_by_hand

OF_A_SCHEDULE = (
    "",
    "/rules",
    "/fairness",
    "/history",
    "/swaps",
    "/publish",
    "/import",
    "/what-if",
    "/swaps/ask",
    "/repair",
)


@pytest.fixture
def still_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is read."""
    monkeypatch.setattr(refresh.LiveView, "refresh", lambda _self: None)
    monkeypatch.setattr(refresh, "PATIENCE_SECONDS", 0)


def nameless(user: User) -> list[str]:
    """Pictures, links, buttons and headings that a screen reader stops at without a word."""
    return [
        f"{each.tag} {' '.join(each.classes)} {each.props.get('href', '')}"
        for each in elements(user)
        if each.props.get("role") == "img" or each.tag in {"a", "nicegui-link", "button", "q-btn", "h1", "h2", "h3"}
        if all(around.visible for around in (each, *each.ancestors()))
        if not (each.props.get("aria-label") or each.props.get("label") or words(each).strip())
        or (each.props.get("role") == "img" and not each.props.get("aria-label"))
    ]


@pytest.mark.usefixtures("still_empty")
@pytest.mark.parametrize("path", [*HEADINGS, "/you/notifications"])
async def test_what_a_page_shows_before_it_is_read_has_a_name(
    app: App, browser: Browser, alice: Person, path: str
) -> None:
    add_calendar(app, alice, "Work")
    user = await browser(alice)
    await user.open(path)
    assert nameless(user) == []


@pytest.mark.usefixtures("still_empty")
@pytest.mark.parametrize("part", OF_A_SCHEDULE)
async def test_what_a_page_of_a_schedule_shows_before_it_is_read_has_a_name(
    app: App, browser: Browser, bob: Person, mallory: Person, part: str
) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory])
    publish_by_hand(app, bob, schedule, [participant_of(app, schedule, bob)])
    user = await browser(bob)
    await user.open(f"/schedules/{schedule}{part}")
    assert nameless(user) == []
