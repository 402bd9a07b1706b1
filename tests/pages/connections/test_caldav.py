"""A CalDAV account on the pages: its form, and a list of calendars that follows the server."""

import pytest
from nicegui import ui
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.services.connections.connect import connect
from oncall_ui.services.connections.views import get_connection, list_connections
from tests.calendars import event
from tests.conftest import Person
from tests.fakes.radicale import PASSWORD, Radicale
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import entry, fill, press, refusal, said, says, until

FORM = "/calendar_connections/new/caldav"


async def test_the_form_leads_to_choosing_calendars(
    browser: Browser, app: App, alice: Person, radicale: Radicale, monkeypatch: pytest.MonkeyPatch
) -> None:
    radicale.make("work", title="Work")
    user, went = await _open(browser, alice, monkeypatch)
    said(user, "Connect CalDAV")
    said(user, "Where to find the address and password")
    assert entry(user, "Password").props["type"] == "password"
    fill(user, Nickname="Mine", Server_address=radicale.url, User_name="alice", Password=PASSWORD)
    press(user, "Create")
    await until(lambda: went)
    (connection,) = list_connections(app, alice.id)
    assert (went, connection.nickname) == ([f"/calendar_connections/{connection.id}"], "Mine")


@pytest.mark.parametrize("missing", ["Server address", "User name", "Password"])
async def test_an_empty_field_is_refused_at_that_field(
    browser: Browser, alice: Person, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    user, went = await _open(browser, alice, monkeypatch)
    values = {"Server_address": "cloud.example.org", "User_name": "alice", "Password": PASSWORD}
    fill(user, **(values | {missing.replace(" ", "_"): ""}))
    press(user, "Create")
    assert await refusal(user, missing) == f"Enter the {missing.lower()}."
    assert went == []


async def test_a_wrong_password_is_reported_and_nothing_typed_is_lost(
    browser: Browser, app: App, alice: Person, radicale: Radicale, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, went = await _open(browser, alice, monkeypatch)
    fill(user, Server_address=radicale.url, User_name="alice", Password="wrong")
    press(user, "Create")
    assert "refused the user name or the password" in await refusal(user, "Server address")
    assert (entry(user, "Password").value, went, list_connections(app, alice.id)) == ("wrong", [], [])


async def test_the_list_follows_the_server_while_the_page_is_open(
    browser: Browser, app: App, alice: Person, radicale: Radicale
) -> None:
    radicale.make("work", title="Work")
    radicale.make("old", title="Old")
    typed = {"url": radicale.url, "user": "alice", "password": PASSWORD}
    connection_id = await connect(app, alice.id, "caldav", "Mine", typed)
    radicale.remove("old")
    radicale.make("new", title="New")
    user = await browser(alice)
    await user.open(f"/calendar_connections/{connection_id}")
    await until(lambda: {"New", "Old", "Work"} == {each.text for each in user.find(kind=ui.switch).elements})
    await until(lambda: says(user, "No longer found"))
    await user.open("/calendars")
    said(user, "alice at 127.0.0.1 no longer has this calendar.")


async def test_the_list_stays_as_it_was_while_the_server_is_down(
    browser: Browser, app: App, alice: Person, radicale: Radicale
) -> None:
    radicale.hold("work", {"1": event("Lunch")}, title="Work")
    typed = {"url": radicale.url, "user": "alice", "password": PASSWORD}
    connection_id = await connect(app, alice.id, "caldav", "Mine", typed)
    before = get_connection(app, alice.id, connection_id)
    radicale.requests.clear()
    radicale.refuse(503)
    user = await browser(alice)
    await user.open(f"/calendar_connections/{connection_id}")
    await until(lambda: radicale.requests)
    said(user, "1 of 1 switched on, not saved yet")
    assert get_connection(app, alice.id, connection_id) == before


async def _open(browser: Browser, person: Person, monkeypatch: pytest.MonkeyPatch) -> tuple[User, list[str]]:
    user = await browser(person)
    await user.open(FORM)
    went: list[str] = []
    monkeypatch.setattr(user.navigate, "to", went.append)
    return user, went
