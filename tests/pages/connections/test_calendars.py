"""The Calendars page: the status of each calendar, and its buttons."""

import pytest
from nicegui import ui
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.domain.imports.hints import Hint
from oncall_ui.domain.imports.state import State
from oncall_ui.errors import NotAllowed
from oncall_ui.models import Calendar, Connection
from oncall_ui.services.connections.choose import sync_now
from oncall_ui.services.connections.disconnect import disconnect
from oncall_ui.services.connections.views import list_connections
from pages.connections.calendars import page as calendars
from pages.connections.calendars.shown import FIRST
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import until
from tests.pages.helpers.home import NOW, add_calendar, change, tell
from tests.pages.helpers.seeing import (
    at_calendars,
    buttons,
    card,
    click,
    elements,
    end_logins,
    headings,
    links,
    nicknames,
    of_class,
    own_buttons,
    row,
    statuses,
    words,
)
from tests.pages.simulation import settled

UP_TO_DATE = "Up to date · 2 min ago · 0 of 134 events count"


class Clock:
    now = NOW


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(calendars, "_now", lambda: clock.now)
    return clock


def answer(user: User) -> str:
    (head,) = of_class(user, "oc-head")
    return words(of_class(user, "oc-status", head)[0])


def question(user: User) -> ui.dialog:
    (found,) = (each for each in elements(user) if isinstance(each, ui.dialog))
    return found


def press(user: User, nickname: str, word: str) -> None:
    with user:
        click(user, buttons(card(user, nickname))[word])


async def test_every_connection_has_a_card_with_its_calendars_and_their_status(
    app: App, browser: Browser, bob: Person
) -> None:
    work = add_calendar(app, bob, "Work")
    add_calendar(app, bob, "Family", connection=work.connection_id, state=State.OFF, is_on=False)
    add_calendar(app, bob, "Shifts", state=State.WAITING, last_read_at=None)
    user = await at_calendars(browser, bob)
    assert nicknames(user) == ["Shifts", "Work"], "one calendar is a row of the list, several are a card below it"
    described_by = [each.props["aria-describedby"] for each in buttons(card(user, "Shifts")).values()]
    assert described_by == [card(user, "Shifts").props["aria-labelledby"]] * 3
    assert answer(user) == "1 of 2 calendars is importing, 1 is up to date"
    assert sorted(statuses(user)) == ["Off · nothing is read", UP_TO_DATE, "Waiting · first import starts in a moment"]
    assert list(buttons(card(user, "Work"))) == ["Sync now", "Edit", "Disconnect"]
    assert [words(each) for each in of_class(user, "mode")] == ["Matching events", "", "Matching events"]
    assert ("Add a new calendar connection", "/calendar_connections/new") in links(user.client.layout)  # type: ignore[union-attr]


async def test_it_needs_a_login(browser: Browser) -> None:
    user = await browser()
    answer = await user.http_client.get("/calendars")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/calendars")


async def test_it_shows_only_your_own(app: App, browser: Browser, bob: Person, mallory: Person) -> None:
    calendar = add_calendar(app, bob, "Work")
    hers = await at_calendars(browser, mallory)
    assert nicknames(hers) == []
    tell(app, bob, calendar)
    await settled(app.hub)
    assert nicknames(hers) == []
    assert list_connections(app, mallory.id) == []


async def test_other_members_cannot_sync_or_disconnect(app: App, bob: Person, mallory: Person) -> None:
    calendar = add_calendar(app, bob, "Work")
    with pytest.raises(NotAllowed):
        sync_now(app, mallory.id, calendar.connection_id)
    with pytest.raises(NotAllowed):
        await disconnect(app, mallory.id, calendar.connection_id)
    assert list_connections(app, bob.id)[0].calendars[0].state is State.UP_TO_DATE


async def test_without_a_connection_the_page_says_what_to_do(browser: Browser, bob: Person) -> None:
    user = await at_calendars(browser, bob)
    assert "No calendars connected yet" in headings(user.client.layout)  # type: ignore[union-attr]
    assert of_class(user, "oc-nothing")[0].visible
    assert answer(user) == ""


async def test_a_calendar_that_needs_you_has_a_button_to_reconnect(
    app: App, browser: Browser, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    calendar = add_calendar(app, bob, "Work", state=State.NEEDS_YOU, why="example.org refused the password.")
    user = await at_calendars(browser, bob)
    reconnect = own_buttons(row(user, "Work"))["Reconnect"]
    assert "example.org refused the password." in statuses(user)[0]
    went: list[str] = []
    with user:
        monkeypatch.setattr(user.navigate, "to", went.append)
        click(user, reconnect)
    assert went == [f"/calendar_connections/new/ics?again={calendar.connection_id}"]
    change(app, calendar, state=State.WAITING)
    tell(app, bob, calendar)
    await until(lambda: not own_buttons(row(user, "Work")))


async def test_unreadable_parts_are_listed_line_by_line(app: App, browser: Browser, bob: Person) -> None:
    problems = [{"line": 12, "message": "this is no date"}, {"line": 0, "message": "an event ends before it starts"}]
    add_calendar(app, bob, "Work", problems=problems)
    user = await at_calendars(browser, bob)
    assert statuses(user)[0].endswith(" · 2 unreadable")
    (fold,) = of_class(user, "oc-problems")
    assert fold.tag == "details"
    assert [words(each) for each in fold.default_slot.children] == [
        "Show what couldn’t be read",
        "line 12: this is no date\nan event ends before it starts",
    ]


async def test_where_nothing_counted_a_link_leads_to_how_events_count(app: App, browser: Browser, bob: Person) -> None:
    calendar = add_calendar(app, bob, "Work", hint=Hint.NONE_TAGGED)
    user = await at_calendars(browser, bob)
    assert statuses(user)[0].endswith("134 events, none is tagged: choose how events count")
    assert links(row(user, "Work")) == [("Choose how", f"/calendar_connections/{calendar.connection_id}")]


async def test_beyond_twelve_calendars_those_that_are_off_share_a_row(app: App, browser: Browser, bob: Person) -> None:
    first = add_calendar(app, bob, "Team 0")
    for number in range(1, 13):
        is_on = number < 6
        state = State.UP_TO_DATE if is_on else State.OFF
        add_calendar(app, bob, f"Team {number}", connection=first.connection_id, state=state, is_on=is_on)
    user = await at_calendars(browser, bob)
    assert len(statuses(user)) == 6
    rows = of_class(user, "oc-cal")
    assert words(rows[-1]).startswith("7 more are off")
    assert "Team 12" in words(rows[-1])


async def test_four_connections_with_twelve_calendars_stay_below_two_hundred_elements(
    app: App, browser: Browser, alice: Person
) -> None:
    for number in range(4):
        first = add_calendar(app, alice, f"Calendar {number}")
        for other in range(2):
            add_calendar(app, alice, f"Calendar {number}.{other}", connection=first.connection_id)
    user = await at_calendars(browser, alice)
    assert len(statuses(user)) == 12
    assert len(elements(user)) < 200


@pytest.mark.parametrize("in_one_account", [True, False])
async def test_five_hundred_calendars_stay_below_two_hundred_elements(
    app: App, browser: Browser, alice: Person, in_one_account: bool
) -> None:
    names = [f"Feed {number}" for number in range(1 if in_one_account else 500)]
    feeds = [
        Connection(member_id=alice.id, product="ics", nickname=name, account=name, fingerprint=name, sealed="sealed")
        for name in names
    ]
    with app.db.write() as session:
        session.add_all(feeds)
        session.flush()
        for number, feed in enumerate(feeds):
            for other in range(500 if in_one_account else 1):
                state = State.NEEDS_YOU if (number, other) in {(0, 444), (444, 0)} else State.UP_TO_DATE
                session.add(
                    Calendar(
                        connection_id=feed.id or 0,
                        remote_id=f"{other}",
                        name=f"Team {other}",
                        is_on=True,
                        state=state,
                        last_read_at=NOW,
                    )
                )
    user = await at_calendars(browser, alice)
    assert len(elements(user)) < 200
    assert any(each.startswith("Needs you") for each in statuses(user)), "what isn’t up to date comes first"
    assert len(statuses(user)) == FIRST
    user.find("Search calendars").type("444")
    await until(lambda: len(statuses(user)) == 1)
    user.find("Search calendars").clear().type("nothing like it")
    await user.should_see("No calendar matches “nothing like it”.")
    user.find("Search calendars").clear()
    await until(lambda: len(statuses(user)) == FIRST)
    user.find("Show 25 more of 491").click()
    await until(lambda: len(statuses(user)) == FIRST + 25)


async def test_sync_now_shows_progress_until_the_import_starts(app: App, browser: Browser, bob: Person) -> None:
    calendar = add_calendar(app, bob, "Work")
    user = await at_calendars(browser, bob)
    press(user, "Work", "Sync now")
    button = buttons(card(user, "Work"))["Sync now"]
    await until(lambda: statuses(user) == ["Waiting · starts again in a moment"])
    assert button.props.get("loading")
    change(app, calendar, state=State.IMPORTING)
    tell(app, bob, calendar)
    await until(lambda: not button.props.get("loading"))


async def test_edit_leads_to_choosing(app: App, browser: Browser, bob: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    calendar = add_calendar(app, bob, "Work")
    user = await at_calendars(browser, bob)
    went: list[str] = []
    monkeypatch.setattr(user.navigate, "to", went.append)
    press(user, "Work", "Edit")
    assert went == [f"/calendar_connections/{calendar.connection_id}"]


async def test_disconnect_asks_first_and_cancel_changes_nothing(app: App, browser: Browser, bob: Person) -> None:
    work = add_calendar(app, bob, "Work", entries=7)
    add_calendar(app, bob, "Family", connection=work.connection_id, entries=2)
    user = await at_calendars(browser, bob)
    press(user, "Work", "Disconnect")
    await until(lambda: question(user).value)
    asked = question(user)
    assert headings(asked) == ["Disconnect Work?"]
    assert "the 9 entries read from its 2 calendars" in words(asked)
    assert "The calendars themselves aren’t changed" in words(asked)
    assert (asked.props["role"], list(buttons(asked))) == ("alertdialog", ["Cancel", "Disconnect"])
    assert buttons(asked)["Cancel"].props["autofocus"]
    with user:
        click(user, buttons(asked)["Cancel"])
    await until(lambda: not question(user).value)
    assert len(list_connections(app, bob.id)) == 1


async def test_disconnect_removes_one_connection_in_every_browser(app: App, browser: Browser, bob: Person) -> None:
    add_calendar(app, bob, "Work")
    add_calendar(app, bob, "Private")
    user, other = await at_calendars(browser, bob), await at_calendars(browser, bob)
    press(user, "Work", "Disconnect")
    await until(lambda: question(user).value)
    with user:
        click(user, buttons(question(user))["Disconnect"])
    await until(lambda: nicknames(user) == nicknames(other) == ["Private"])
    assert [each.nickname for each in list_connections(app, bob.id)] == ["Private"]


async def test_a_connection_disconnected_in_another_browser_is_no_error(
    app: App, browser: Browser, bob: Person
) -> None:
    calendar = add_calendar(app, bob, "Work")
    user = await at_calendars(browser, bob)
    press(user, "Work", "Disconnect")
    await until(lambda: question(user).value)
    await disconnect(app, bob.id, calendar.connection_id)
    await until(lambda: nicknames(user) == [])
    with user:
        click(user, buttons(question(user))["Disconnect"])
    await until(lambda: user.notify.contains("This connection has already been disconnected"))


async def test_a_page_whose_login_is_over_does_nothing(app: App, browser: Browser, bob: Person) -> None:
    add_calendar(app, bob, "Work")
    user = await at_calendars(browser, bob)
    page = user.client
    assert page is not None
    end_logins(app, bob)
    press(user, "Work", "Sync now")
    await until(lambda: user.client is not page)
    assert list_connections(app, bob.id)[0].calendars[0].state is State.UP_TO_DATE


async def test_names_from_outside_are_shown_as_plain_text(app: App, browser: Browser, bob: Person) -> None:
    name = '<img src=x onerror=alert(1)> :label="alert(2)" {{ 3 }}'
    add_calendar(app, bob, name, state=State.IMPORTING)
    user = await at_calendars(browser, bob)
    assert nicknames(user) == [name]
    assert words(row(user, name)).startswith(name)
    (bar,) = of_class(user, "oc-bar")
    assert bar.props["aria-label"] == name
    assert not any(str(key).startswith(":") for each in elements(user) for key in each.props)
