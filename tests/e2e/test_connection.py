"""A page that loses the server says so in our words, keeps what was typed, and works again by itself."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, get_cookie
from tests.e2e.server import Server

NOTHING_ANSWERS = r"ERR_CONNECTION_REFUSED|WebSocket|Failed to load resource"


@pytest.mark.console_may_say(NOTHING_ANSWERS)
def test_the_server_goes_and_comes_back(page: Page, app: Server) -> None:
    app.add_member("alice@example.org", "Alice", PASSWORD)
    get_cookie(page, app, "alice@example.org")
    page.goto("/you")
    save = page.get_by_role("button", name="Save", exact=True)
    expect(save).not_to_have_attribute("aria-disabled", "true")
    app.stop()
    bar = page.get_by_role("alert").filter(has_text="onnected")
    expect(bar).to_contain_text(
        re.compile(r"Not connected\. This page is from \d\d:\d\d\. Trying again (in \d s|now)\.")
    )
    expect(page.get_by_text("Connection lost")).to_be_hidden()  # NiceGUI's words
    expect(save).to_have_attribute("aria-disabled", "true")
    page.get_by_label("Name", exact=True).fill("Typed meanwhile")
    save.click(force=True)
    app.launch()  # not `start`: the page may be back, and the bar gone, before everything else is ready
    expect(bar).to_contain_text("Connected again. Everything on this page is up to date.")
    expect(bar).to_be_hidden()
    expect(save).not_to_have_attribute("aria-disabled", "true")
    page.get_by_label("Name", exact=True).fill("Alice Moreno")
    save.click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()


@pytest.mark.console_may_say(NOTHING_ANSWERS)
def test_a_break_of_the_network_costs_nothing_that_was_typed(page: Page, app: Server) -> None:
    get_cookie(page, app, "alice@example.org")
    page.goto("/calendar_connections/new/ics")
    page.get_by_label("Nickname", exact=True).fill("Typed before")
    expect(page.get_by_role("button", name="Create", exact=True)).to_be_visible()
    # The next attempt is a minute away, so that the bar stays until somebody presses its button.
    page.evaluate(
        "window.socket.io.reconnectionDelay(60000).reconnectionDelayMax(60000); window.socket.io.engine.close()"
    )
    bar = page.get_by_role("alert").filter(has_text="onnected")
    expect(bar).to_contain_text(re.compile(r"Trying again in \d+ s\."))
    bar.get_by_role("button", name="Try now").click()
    expect(bar).to_contain_text("Connected again.")
    expect(bar).to_be_hidden()
    expect(page.get_by_label("Nickname", exact=True)).to_have_value("Typed before")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_text(re.compile("Enter|Paste")).first).to_be_visible()
