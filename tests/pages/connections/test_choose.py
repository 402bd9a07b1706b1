"""Choosing which calendars of a connection are on, and how their events count."""

from collections.abc import Callable
from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Mode, Tags
from oncall_ui.domain.imports.state import State
from oncall_ui.errors import NotAllowed
from oncall_ui.models import Calendar
from oncall_ui.services.connections.choose import Choice, choose
from oncall_ui.services.connections.disconnect import disconnect
from oncall_ui.services.connections.views import list_connections
from pages.connections.choose import how, leave
from pages.connections.choose import page as choose_page
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import press, until
from tests.pages.helpers.home import add_calendar, change, tell
from tests.pages.helpers.seeing import buttons, click, elements, end_logins, headings, links, of_class, words
from tests.pages.simulation import settled

OFF: dict[str, Any] = {"is_on": False, "state": State.OFF}


@pytest.fixture
def work(app: App, bob: Person) -> Calendar:
    """Bob's calendar Work, on a connection with Family and Holidays, both off."""
    work = add_calendar(app, bob, "Work")
    add_calendar(app, bob, "Family", connection=work.connection_id, **OFF)
    add_calendar(app, bob, "Holidays", connection=work.connection_id, **OFF)
    return work


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """What the page told its browser, each time, about asking before leaving."""
    told: list[bool] = []
    monkeypatch.setattr(leave, "ask_before_leaving", told.append)
    monkeypatch.setattr(leave, "report_links", lambda _reports: None)
    return told


async def at(browser: Browser, person: Person, calendar: Calendar) -> User:
    user = await browser(person)
    await user.open(f"/calendar_connections/{calendar.connection_id}")
    return user


def switches(user: User) -> dict[str, bool | None]:
    return {each.text: each.value for each in elements(user) if isinstance(each, ui.switch)}


def switch(user: User, name: str) -> None:
    with user:
        click(user, next(each for each in elements(user) if isinstance(each, ui.switch) and each.text == name))


def radio(user: User) -> ui.radio:
    (found,) = (each for each in elements(user) if isinstance(each, ui.radio))
    return found


def check(user: User, words: str) -> ui.checkbox:
    (found,) = (each for each in elements(user) if isinstance(each, ui.checkbox) and words in each.text)
    return found


def free(user: User) -> ui.checkbox:
    return check(user, "marked free")


def all_day(user: User) -> ui.checkbox:
    return check(user, "all-day")


def bar(user: User) -> str:
    return words(of_class(user, "grow", of_class(user, "oc-save")[0])[0])


def summaries(user: User) -> dict[str, ui.button]:
    (choices,) = of_class(user, "oc-choices")
    return {str(each.props["aria-label"]): each for each in buttons_in(choices)}


def buttons_in(outer: ui.element) -> list[ui.button]:
    return [each for each in outer.descendants() if isinstance(each, ui.button)]


def saved(app: App, person: Person) -> dict[str, Choice]:
    return {
        each.name: Choice(each.is_on, each.mode, each.counts_free, each.counts_all_day)
        for connection in list_connections(app, person.id)
        for each in connection.calendars
    }


async def is_saved(user: User) -> None:
    await until(lambda: user.back_history[-1] == "/calendars")


async def test_each_calendar_has_a_switch_of_its_name(browser: Browser, bob: Person, work: Calendar) -> None:
    user = await at(browser, bob, work)
    assert "Choose calendars" in headings(user.client.layout)  # type: ignore[union-attr]
    assert switches(user) == {"Family": False, "Holidays": False, "Work": True}
    assert bar(user) == "1 of 3 switched on"
    assert ("Back", "/calendars") in links(user.client.layout)  # type: ignore[union-attr]
    assert [words(each) for each in of_class(user, "oc-whose")] == ["WorkWork"]


async def test_it_needs_a_login(browser: Browser, work: Calendar) -> None:
    user = await browser()
    page = f"/calendar_connections/{work.connection_id}"
    answer = await user.http_client.get(page)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next={page}")


@pytest.mark.parametrize("address", ["1", "999", "0", "2147483648", "9" * 40, "-1", "x", "1.5", "%00"])
async def test_other_members_connections_look_like_missing_ones(
    browser: Browser, work: Calendar, mallory: Person, address: str
) -> None:
    assert work.connection_id == 1
    user = await browser(mallory)
    answer = await user.http_client.get(f"/calendar_connections/{address}")
    assert answer.status_code == 404
    assert "Work" not in answer.text


def test_other_members_cannot_change_your_choices(app: App, bob: Person, mallory: Person, work: Calendar) -> None:
    hers = add_calendar(app, mallory, "Hers")
    off = {work.id or 0: Choice(False, Mode.BLOCK)}
    with pytest.raises(NotAllowed):
        choose(app, mallory.id, work.connection_id, off)
    with pytest.raises(NotAllowed):
        choose(app, mallory.id, hers.connection_id, off)
    assert saved(app, bob)["Work"] == Choice(True, Mode.MATCHING)


async def test_switches_and_how_events_count_are_saved(app: App, browser: Browser, bob: Person, work: Calendar) -> None:
    user = await at(browser, bob, work)
    switch(user, "Holidays")
    await until(lambda: radio(user).props["aria-label"] == "How events in Holidays count")
    with user:
        radio(user).set_value(Mode.BLOCK)
        free(user).set_value(True)
        all_day(user).set_value(False)
    assert bar(user) == "2 of 3 switched on, not saved yet"
    press(user, "Save")
    await is_saved(user)
    assert saved(app, bob) == {
        "Family": Choice(False, Mode.MATCHING),
        "Holidays": Choice(True, Mode.BLOCK, counts_free=True, counts_all_day=False),
        "Work": Choice(True, Mode.MATCHING),
    }
    (connection,) = list_connections(app, bob.id)
    assert [each.state for each in connection.calendars] == [State.OFF, State.WAITING, State.UP_TO_DATE]


async def test_how_events_count_is_shown_for_the_selected_calendar(
    browser: Browser, bob: Person, work: Calendar
) -> None:
    user = await at(browser, bob, work)
    assert radio(user).props["aria-label"] == "How events in Work count"
    assert list(summaries(user)) == [
        "Off: how events in Family count",
        "Off: how events in Holidays count",
        "Matching events: how events in Work count",
    ]
    family = summaries(user)["Off: how events in Family count"]
    assert family.props["aria-expanded"] == "false"
    with user:
        click(user, family)
    await until(lambda: family.props["aria-expanded"] == "true")
    assert radio(user).props["aria-label"] == "How events in Family count"


async def test_free_and_all_day_events_can_be_chosen_only_where_every_event_counts(
    browser: Browser, bob: Person, work: Calendar
) -> None:
    user = await at(browser, bob, work)
    for mode in (Mode.MATCHING, Mode.PREFER, Mode.MATCHING, Mode.BLOCK):
        with user:
            radio(user).set_value(mode)
        counts_all = mode is not Mode.MATCHING
        assert (free(user).visible, all_day(user).visible) == (counts_all, counts_all)
        assert ("Holiday lists are often marked free." in words(of_class(user, "oc-how")[0])) is counts_all


async def test_each_mode_says_what_it_is_for(browser: Browser, bob: Person, work: Calendar) -> None:
    user = await at(browser, bob, work)
    assert [each["label"].strip() for each in radio(user).props["options"]] == [
        "Matching events",
        "Every event blocks",
        "Every event is a preference",
    ]
    assert "For a calendar of absences." in how.LABEL


async def test_a_new_feed_is_offered_switched_on_and_imported_once_saved(
    app: App, browser: Browser, bob: Person, asked: list[bool]
) -> None:
    feed = add_calendar(app, bob, "Holidays", state=State.OFF, is_on=True, last_read_at=None)
    user = await at(browser, bob, feed)
    assert switches(user) == {"Holidays": True}
    assert radio(user).props["aria-label"] == "How events in Holidays count"
    assert bar(user) == "1 of 1 switched on, not saved yet"
    assert asked == [True]  # created, but not saved: leaving it would leave it off
    press(user, "Save")
    await is_saved(user)
    assert list_connections(app, bob.id)[0].calendars[0].state is State.WAITING


async def test_saving_writes_only_what_was_changed(
    app: App, browser: Browser, bob: Person, work: Calendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[dict[int, Choice]] = []
    record: Callable[..., None] = lambda app, member_id, connection_id, choices: written.append(dict(choices))  # noqa: E731
    monkeypatch.setattr(choose_page, "choose", record)
    user = await at(browser, bob, work)
    switch(user, "Work")
    await until(lambda: switches(user)["Work"] is False)
    press(user, "Save")
    await is_saved(user)
    assert written == [{work.id: Choice(False, Mode.MATCHING)}]


async def test_choices_saved_in_another_browser_show_unless_changed_here(
    app: App, browser: Browser, bob: Person, work: Calendar
) -> None:
    user = await at(browser, bob, work)
    switch(user, "Family")
    await until(lambda: switches(user)["Family"])
    ids = {each.name: each.id for each in list_connections(app, bob.id)[0].calendars}
    theirs = {ids["Family"]: Choice(False, Mode.PREFER), ids["Work"]: Choice(False, Mode.BLOCK)}
    choose(app, bob.id, work.connection_id, theirs)
    await until(lambda: switches(user)["Work"] is False)
    assert switches(user)["Family"] is True
    assert bar(user) == "1 of 3 switched on, not saved yet"


async def test_a_calendar_found_in_the_meantime_joins_the_list(
    app: App, browser: Browser, bob: Person, work: Calendar
) -> None:
    user = await at(browser, bob, work)
    switch(user, "Family")
    await until(lambda: switches(user)["Family"])
    added = add_calendar(app, bob, "Shifts", connection=work.connection_id, **OFF)
    tell(app, bob, added)
    await until(lambda: switches(user) == {"Family": True, "Holidays": False, "Shifts": False, "Work": True})


async def test_progress_of_an_import_changes_nothing_here(
    app: App, browser: Browser, bob: Person, work: Calendar
) -> None:
    user = await at(browser, bob, work)
    await until(lambda: of_class(user, "oc-alert"))  # the notice that the preview failed
    before = [each.id for each in elements(user)]
    change(app, work, state=State.IMPORTING, progress=10)
    tell(app, bob, work)
    await settled(app.hub)
    assert [each.id for each in elements(user)] == before


async def test_the_page_closes_when_its_connection_is_disconnected(
    app: App, browser: Browser, bob: Person, work: Calendar
) -> None:
    user = await at(browser, bob, work)
    await disconnect(app, bob.id, work.connection_id)
    await is_saved(user)


async def test_leaving_asks_only_while_there_are_unsaved_changes(
    browser: Browser, bob: Person, work: Calendar, asked: list[bool]
) -> None:
    user = await at(browser, bob, work)
    switch(user, "Family")
    await until(lambda: asked == [True])
    switch(user, "Family")
    await until(lambda: asked == [True, False])


async def test_a_page_whose_login_is_over_saves_nothing(
    app: App, browser: Browser, bob: Person, work: Calendar
) -> None:
    user = await at(browser, bob, work)
    page = user.client
    switch(user, "Family")
    await until(lambda: switches(user)["Family"])
    end_logins(app, bob)
    press(user, "Save")
    await until(lambda: user.client is not page)
    assert saved(app, bob)["Family"].is_on is False


async def test_a_connection_without_a_calendar_says_so(app: App, browser: Browser, bob: Person, work: Calendar) -> None:
    with app.db.write() as session:
        for calendar in list_connections(app, bob.id)[0].calendars:
            session.delete(session.get(Calendar, calendar.id))
    user = await at(browser, bob, work)
    assert "This connection has no calendars." in words(of_class(user, "oc-choices")[0])
    assert bar(user) == "0 of 0 switched on"


async def test_fourteen_calendars_stay_below_two_hundred_elements(
    app: App, browser: Browser, bob: Person, work: Calendar
) -> None:
    for number in range(11):
        add_calendar(app, bob, f"Team {number}", connection=work.connection_id)
    user = await at(browser, bob, work)
    await until(lambda: of_class(user, "oc-alert"))
    assert len(switches(user)) == 14
    assert len(elements(user)) < 200
    assert "Save" in buttons(of_class(user, "oc-save")[0])


def test_a_team_with_its_own_tags_does_not_see_the_default_ones() -> None:
    assert "prefer oncall" in how.label_of(Tags())
    own = how.label_of(Tags(block=("away",)))
    assert "prefer oncall" not in own and "away" not in own
