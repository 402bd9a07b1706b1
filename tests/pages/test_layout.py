"""The frame around every screen."""

from datetime import timedelta

import pytest
from nicegui import ui
from nicegui.elements.skip_link import SkipLink
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.domain.imports.state import State
from oncall_ui.services.accounts.members import list_members
from pages import layout
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import until
from tests.pages.helpers.home import NOW, add_calendar, change, tell
from tests.pages.helpers.seeing import at_calendars, click, elements, end_logins, links, of_class, words


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "_now", lambda: NOW)


LINKS = [
    ("Home", "/"),
    ("Calendars", "/calendars"),
    ("Team", "/team"),
    ("Schedules", "/schedules"),
    ("Help", "/help"),
]


def navigation(user: User) -> list[ui.element]:
    return [each for each in elements(user) if each.tag == "nav"]


def menu_items(user: User) -> list[ui.menu_item]:
    """Those of the first of the two menus, of which a screen shows one."""
    menu = next(each for each in elements(user) if isinstance(each, ui.menu))
    return [each for each in menu.descendants() if isinstance(each, ui.menu_item)]


def menu_words(user: User) -> list[str]:
    return [words(each) for each in menu_items(user)]


def counts(user: User) -> set[tuple[str, str]]:
    """The badge at the links to the calendars, and what a screen reader says for it."""
    return {(words(each), each.props["aria-label"]) for each in of_class(user, "oc-count") if each.visible}


async def test_each_navigation_has_each_link_once_and_one_is_where_you_are(browser: Browser, bob: Person) -> None:
    user = await at_calendars(browser, bob)
    assert len(navigation(user)) == 2  # sidebar and tabs: a screen shows one of them, css hides the other
    for each in navigation(user):
        assert links(each) == LINKS
        here = [words(link) for link in each.descendants() if link.props.get("aria-current") == "page"]
        assert here == ["Calendars"]


async def test_the_brand_leads_home_under_a_name_of_its_own(browser: Browser, bob: Person) -> None:
    user = await at_calendars(browser, bob)
    brands = {(words(each), each.props["href"]) for each in of_class(user, "oc-brand")}
    assert brands == {("On-Call Optimizer", "/")}


async def test_the_first_thing_a_keyboard_reaches_skips_the_navigation(browser: Browser, bob: Person) -> None:
    user = await at_calendars(browser, bob)
    assert user.client is not None
    skip = user.client.layout.default_slot.children[0]
    (page,) = of_class(user, "oc-page")
    assert isinstance(skip, SkipLink)
    assert skip.props["href"] == f"#{page.html_id}"


async def test_the_sidebar_never_asks_the_browser_whether_it_is_open(browser: Browser, bob: Person) -> None:
    user = await at_calendars(browser, bob)
    (drawer,) = (each for each in elements(user) if isinstance(each, ui.left_drawer))
    assert drawer.value is True
    assert not drawer.props["show-if-above"]


async def test_calendars_that_need_you_are_counted_at_their_link_while_you_watch(
    app: App, browser: Browser, bob: Person
) -> None:
    first, second = add_calendar(app, bob, "Work"), add_calendar(app, bob, "Private")
    user = await at_calendars(browser, bob)
    assert counts(user) == set()
    change(app, first, state=State.NEEDS_YOU)
    tell(app, bob, first)
    await until(lambda: counts(user) == {("1", "1 needs you")})
    change(app, second, state=State.NEEDS_YOU)
    tell(app, bob, second)
    await until(lambda: counts(user) == {("2", "2 need you")})
    change(app, first, state=State.UP_TO_DATE)
    change(app, second, state=State.UP_TO_DATE)
    tell(app, bob, first)
    await until(lambda: counts(user) == set())


async def test_stale_calendars_are_counted_with_those_that_need_you(app: App, browser: Browser, bob: Person) -> None:
    add_calendar(app, bob, "Work", state=State.NEEDS_YOU)
    add_calendar(app, bob, "Private", last_read_at=NOW - timedelta(hours=25))
    user = await at_calendars(browser, bob)
    assert counts(user) == {("2", "1 needs you, 1 is stale")}


async def test_the_count_is_there_when_a_page_opens(app: App, browser: Browser, bob: Person) -> None:
    add_calendar(app, bob, "Work", state=State.NEEDS_YOU)
    user = await browser(bob)
    await user.open("/help")
    await until(lambda: counts(user) == {("1", "1 needs you")})


async def test_calendars_of_others_are_not_counted(app: App, browser: Browser, bob: Person, mallory: Person) -> None:
    calendar = add_calendar(app, bob, "Work", state=State.NEEDS_YOU)
    user, hers = await at_calendars(browser, bob), await at_calendars(browser, mallory)
    tell(app, bob, calendar)
    await until(lambda: counts(user))
    assert counts(hers) == set()


async def test_only_an_administrator_is_led_to_the_members(browser: Browser, alice: Person, bob: Person) -> None:
    assert "Members" in menu_words(await at_calendars(browser, alice))
    assert "Members" not in menu_words(await at_calendars(browser, bob))


async def test_a_theme_is_shown_at_once_and_remembered(app: App, browser: Browser, alice: Person) -> None:
    user = await at_calendars(browser, alice)
    (mode,) = (each for each in elements(user) if isinstance(each, ui.dark_mode))
    assert mode.value is None
    with user:
        click(user, next(each for each in menu_items(user) if "Theme: Dark" in words(each)))
    await until(lambda: mode.value is True)
    assert list_members(app, alice.id)[0].theme == "dark"
    again = await at_calendars(browser, alice)
    assert next(each for each in elements(again) if isinstance(each, ui.dark_mode)).value is True
    checked = [words(each) for each in menu_items(again) if each.props.get("aria-checked") == "true"]
    assert checked == ["Theme: Dark"]


async def test_a_page_whose_login_is_over_changes_no_theme(app: App, browser: Browser, alice: Person) -> None:
    user = await at_calendars(browser, alice)
    dark = next(each for each in menu_items(user) if "Theme: Dark" in words(each))
    assert user.client is not None
    before = user.client
    end_logins(app, alice)
    with user:
        click(user, dark)
    await until(lambda: user.client is not before)
    assert list_members(app, alice.id)[0].theme == ""


async def test_logging_out_is_a_form_that_posts(browser: Browser, bob: Person) -> None:
    user = await at_calendars(browser, bob)
    (form,) = (each for each in elements(user) if each.tag == "form")
    assert (form.props["method"], form.props["action"], form.props["name"]) == ("post", "/logout", "logout")
    assert menu_words(user)[-1] == "Log out"


async def test_logging_out_in_one_window_sends_the_pages_of_the_others_away(browser: Browser, bob: Person) -> None:
    user = await at_calendars(browser, bob)
    page = user.client
    assert page is not None
    assert (await user.http_client.post("/logout")).headers["location"] == "/login"
    await until(lambda: user.client is not page)


async def test_logging_out_leaves_the_pages_of_another_browser(browser: Browser, bob: Person) -> None:
    user, other = await at_calendars(browser, bob), await at_calendars(browser, bob)
    page, kept = user.client, other.client
    assert page is not None and kept is not None
    await user.http_client.post("/logout")
    await until(lambda: user.client is not page)
    assert other.client is kept


async def test_a_page_lets_go_of_the_hub_when_it_is_closed(app: App, browser: Browser, bob: Person) -> None:
    user = await at_calendars(browser, bob)
    assert user.client is not None
    await until(lambda: user.client is not None and not user.client.outbox.messages)
    user.client.delete()
    assert not app.hub._listeners
