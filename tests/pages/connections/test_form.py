"""Connecting a product: it is tested first, errors are shown at their field, and nothing typed is lost."""

import asyncio
import logging
import re
from urllib.parse import quote

import pytest
from nicegui import ui
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.services.connections.connect import connect
from oncall_ui.services.connections.disconnect import disconnect
from oncall_ui.services.connections.views import get_connection, list_connections
from pages.connections.new import credentials
from pages.widgets.forms.steps import steps
from tests.calendars import calendar, event
from tests.conftest import Person
from tests.fakes.feeds import FeedServer
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import button, entry, fill, press, refusal, said, until
from tests.pages.simulation import settled

FORM = "/calendar_connections/new/ics"


async def test_a_feed_is_read_and_then_leads_to_choosing(
    browser: Browser, app: App, alice: Person, feeds: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, went = await _open(browser, alice, monkeypatch)
    fill(user, Nickname="My rota", URL=feeds.serve("/work.ics", calendar(event("noc"))))
    press(user, "Create")
    await until(lambda: went)
    (connection,) = list_connections(app, alice.id)
    assert went == [f"/calendar_connections/{connection.id}"]
    assert connection.nickname == "My rota"
    assert button(user, "Create").props["loading"], "it stays busy until the next page opens"


async def test_the_form_says_that_it_is_reading_and_ignores_a_second_press(
    browser: Browser, alice: Person, feeds: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credentials, "PATIENCE_SECONDS", 0.1)
    user, went = await _open(browser, alice, monkeypatch)
    fill(user, URL=feeds.serve("/work.ics", calendar(event("noc"))))
    with feeds.hold("/work.ics"):
        press(user, "Create")
        await user.should_see("Opening 127.0.0.1 …")
        (line,) = user.find("Opening 127.0.0.1 …").elements
        assert line.props["role"] == "status"
        assert entry(user, "URL").props["readonly"] and button(user, "Create").props["loading"]
        press(user, "Create")
        await user.should_see("Still reading; large calendars take a while")
    await until(lambda: went)
    assert len(feeds.requests) == 1


async def test_a_web_page_is_refused_at_the_address_and_everything_typed_stays(
    browser: Browser, app: App, alice: Person, feeds: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, went = await _open(browser, alice, monkeypatch)
    url = feeds.web_page("/page.ics")
    fill(user, Nickname="Work", URL=url)
    press(user, "Create")
    assert "web page, not a calendar" in await refusal(user, "URL")
    assert entry(user, "URL").props["aria-invalid"] == "true"
    assert (entry(user, "Nickname").value, entry(user, "URL").value) == ("Work", url)
    assert not button(user, "Create").props["loading"]
    assert (went, list_connections(app, alice.id)) == ([], [])
    fill(user, URL=feeds.serve("/work.ics", calendar(event("noc"))))
    assert entry(user, "URL").error is None, "an error disappears when something else is typed"
    assert "aria-invalid" not in entry(user, "URL").props
    press(user, "Create")
    await until(lambda: went)


@pytest.mark.parametrize("address", ["", "   ", "nonsense nonsense", "ftp://x/y", "http://[::1", "javascript:alert(1)"])
async def test_an_invalid_address_is_refused_before_anything_is_opened(
    browser: Browser, app: App, alice: Person, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    user, _ = await _open(browser, alice, monkeypatch)
    fill(user, URL=address)
    press(user, "Create")
    assert await refusal(user, "URL")
    assert list_connections(app, alice.id) == []


async def test_a_nickname_that_is_too_long_is_refused_at_the_nickname(
    browser: Browser, alice: Person, feeds: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, _ = await _open(browser, alice, monkeypatch)
    fill(user, Nickname="x" * 201, URL=feeds.url("/never-asked.ics"))
    press(user, "Create")
    assert "200" in await refusal(user, "Nickname")


async def test_a_protected_feed_unfolds_the_fields_it_needs(
    browser: Browser, app: App, alice: Person, feeds: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, went = await _open(browser, alice, monkeypatch)
    unfold = button(user, "This address asks for a user name and password")
    assert unfold.props["aria-expanded"] == "false"
    fill(user, URL=feeds.serve("/work.ics", calendar(event("noc")), user="alice", password="secret"))
    press(user, "Create")
    assert "asks for a user name and a password" in await refusal(user, "URL")
    assert unfold.props["aria-expanded"] == "true"
    fill(user, User_name="alice", Password="secret")
    press(user, "Create")
    await until(lambda: went)


async def test_optional_fields_fold_and_unfold(
    browser: Browser, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, _ = await _open(browser, alice, monkeypatch)
    word = "This address asks for a user name and password"
    await _sees_password(user, shown=False)
    press(user, word)
    await _sees_password(user, shown=True)
    press(user, word)
    await _sees_password(user, shown=False)


async def test_closing_the_page_while_it_reads_breaks_nothing(
    browser: Browser,
    app: App,
    alice: Person,
    feeds: FeedServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    user, went = await _open(browser, alice, monkeypatch)
    bad, went_bad = await _open(browser, alice, monkeypatch)
    fill(user, URL=feeds.serve("/work.ics", calendar(event("noc"))))
    fill(bad, URL=feeds.serve("/page.ics", b"", user="alice", password="secret"))
    good_hold, bad_hold = feeds.hold("/work.ics"), feeds.hold("/page.ics")
    for each, hold in ((user, good_hold), (bad, bad_hold)):
        press(each, "Create")
        await asyncio.to_thread(hold.reached)
        assert each.client is not None
        each.client.delete()
        hold.release()
    await until(lambda: list_connections(app, alice.id))
    await until(lambda: len(feeds.requests) == 2)
    await settled(app.hub)
    assert went == went_bad == []
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_the_help_shows_bold_words_and_escapes_html(browser: Browser, alice: Person) -> None:
    user = await browser(alice)
    await user.open(FORM)
    (first, *_) = sorted(user.find(kind=ui.html).elements, key=lambda each: each.id)
    assert "<b>Settings</b>" in first.content
    assert "**" not in first.content
    with user:
        drawn = steps(["**Press** <img src=x onerror=alert(1)> & **go**"]).content
    assert drawn == "<li><span><b>Press</b> &lt;img src=x onerror=alert(1)&gt; &amp; <b>go</b></span></li>"


@pytest.mark.parametrize("key", ["google", "outlook"])
async def test_a_product_that_is_not_set_up_leads_back_to_the_list(browser: Browser, alice: Person, key: str) -> None:
    user = await browser(alice)
    answer = await user.http_client.get(f"/calendar_connections/new/{key}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/calendar_connections/new")


@pytest.mark.parametrize("path", [FORM, f"{FORM}?again=1", "/calendar_connections/new/no-such-product"])
async def test_it_needs_a_login(browser: Browser, alice: Person, path: str) -> None:
    user = await browser()
    assert (await user.http_client.get(path)).headers["location"] == f"/login?next={quote(path)}"


async def test_reconnecting_replaces_the_address_in_place(
    browser: Browser, app: App, alice: Person, feeds: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = feeds.serve("/old.ics", calendar(event("noc")))
    connection_id = await connect(app, alice.id, "ics", "Work", {"url": old})
    before = get_connection(app, alice.id, connection_id)
    user, went = await _open(browser, alice, monkeypatch, f"{FORM}?again={connection_id}")
    said(user, "Reconnect Work")
    assert (entry(user, "Nickname").value, entry(user, "URL").value) == ("Work", "")
    fill(user, URL=feeds.serve("/new.ics", calendar(event("noc"))))
    press(user, "Reconnect")
    await until(lambda: went)
    assert went == [f"/calendar_connections/{connection_id}"]
    assert [each.id for each in list_connections(app, alice.id)] == [connection_id]
    assert get_connection(app, alice.id, connection_id).calendars[0].id == before.calendars[0].id


async def test_a_connection_removed_in_the_meantime_cannot_be_reconnected(
    browser: Browser, app: App, alice: Person, feeds: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = feeds.serve("/work.ics", calendar(event("noc")))
    connection_id = await connect(app, alice.id, "ics", "Work", {"url": url})
    user, went = await _open(browser, alice, monkeypatch, f"{FORM}?again={connection_id}")
    monkeypatch.setattr(user.navigate, "reload", lambda: went.append("reload"))
    await disconnect(app, alice.id, connection_id)
    fill(user, URL=url)
    press(user, "Reconnect")
    await until(lambda: went == ["reload"])
    assert list_connections(app, alice.id) == []


@pytest.mark.parametrize("again", ["abc", "-1", "9" * 40, "1%27", "²"])
async def test_an_invalid_connection_id_is_not_found(browser: Browser, alice: Person, again: str) -> None:
    user = await browser(alice)
    assert (await user.http_client.get(f"{FORM}?again={again}")).status_code == 404


async def test_another_members_connection_is_not_found(
    browser: Browser, app: App, alice: Person, mallory: Person, feeds: FeedServer
) -> None:
    url = feeds.serve("/work.ics", calendar(event("noc")))
    connection_id = await connect(app, alice.id, "ics", "Alice's rota", {"url": url})
    user = await browser(mallory)
    answer = await user.http_client.get(f"{FORM}?again={connection_id}")
    assert answer.status_code == 404
    assert "rota" not in answer.text


async def test_an_unknown_product_is_not_found(browser: Browser, alice: Person) -> None:
    user = await browser(alice)
    for key in ("no-such-product", "ICS", "..%2fics"):
        assert (await user.http_client.get(f"/calendar_connections/new/{key}")).status_code == 404


async def test_the_page_does_not_ask_the_browser_for_the_password_of_this_app(browser: Browser, alice: Person) -> None:
    user = await browser(alice)
    answer = await user.http_client.get(FORM)
    assert "current-password" not in answer.text
    assert re.search("new-password", answer.text)


async def _open(
    browser: Browser, person: Person, monkeypatch: pytest.MonkeyPatch, path: str = FORM
) -> tuple[User, list[str]]:
    """The form in a browser, and where it went from there."""
    user = await browser(person)
    await user.open(path)
    went: list[str] = []
    monkeypatch.setattr(user.navigate, "to", went.append)
    return user, went


async def _sees_password(user: User, *, shown: bool) -> None:
    visible = [each for each in user.find(kind=ui.input).elements if each.label == "Password"]
    assert bool(visible) is shown
