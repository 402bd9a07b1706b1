"""CalDAV in a real browser, against a real server: from the row of the product to availability on Home."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.calendars import event
from tests.e2e.conftest import PASSWORD, coming_up, get_cookie
from tests.e2e.server import Server
from tests.fakes.radicale import Radicale

SLOW = 60_000
APP_PASSWORD = "abcd-efgh-ijkl-mnop"


@pytest.fixture
def radicale(tmp_path: Path) -> Iterator[Radicale]:
    with Radicale(tmp_path / "radicale", password=APP_PASSWORD) as server:
        server.hold("personal", {"1": event("Dentist noc", days=5, hour=12), "2": event("Lunch")}, title="Personal")
        server.hold("rota", {"1": event("Shift", days=6)}, title="Rota I would take")
        server.make("tasks", title="Tasks", components="VTODO")
        yield server


def test_an_account_is_connected_two_calendars_chosen_and_a_lost_password_mended(
    page: Page, app: Server, radicale: Radicale
) -> None:
    app.add_member("alice@example.org", "Alice", PASSWORD)
    get_cookie(page, app, "alice@example.org")
    page.goto("/calendar_connections/new")
    page.get_by_role("button", name="Connect CalDAV").click()
    page.get_by_label("Nickname", exact=True).fill("My own server")
    page.get_by_label("Server address", exact=True).fill(radicale.url)
    page.get_by_label("User name", exact=True).fill("alice")
    page.get_by_label("Password", exact=True).fill("wrong")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("refused the user name or the password")
    # The refusal takes the focus; what is typed before it has would land there.
    expect(page.get_by_label("Server address", exact=True)).to_be_focused()
    page.get_by_label("Password", exact=True).fill(APP_PASSWORD)
    page.get_by_role("button", name="Create", exact=True).click()

    personal = page.get_by_role("switch", name="Personal", exact=True)
    rota = page.get_by_role("switch", name="Rota I would take", exact=True)
    expect(personal).to_be_checked()
    expect(rota).not_to_be_checked()
    expect(page.get_by_role("switch")).to_have_count(2)
    rota.click()
    how = page.get_by_role("radiogroup", name="How events in Rota I would take count")
    how.get_by_text("Every event is a preference").click()
    page.get_by_role("button", name="Save", exact=True).click()

    statuses = page.get_by_role("main").get_by_role("status")
    expect(statuses.nth(0)).to_contain_text(re.compile(r"^Up to date.*1 of 2\sevents counts"), timeout=SLOW)
    expect(statuses.nth(1)).to_contain_text(re.compile(r"^Up to date.*1 of 1\sevent counts"), timeout=SLOW)

    radicale.change_password("another")
    page.get_by_role("button", name="Sync now").click()
    expect(statuses.nth(0)).to_contain_text(re.compile(r"^Needs you"), timeout=SLOW)
    page.get_by_role("main").get_by_role("button", name="Reconnect").first.click()
    page.get_by_label("Server address", exact=True).fill(radicale.url)
    page.get_by_label("User name", exact=True).fill("alice")
    page.get_by_label("Password", exact=True).fill("another")
    page.get_by_role("button", name="Reconnect", exact=True).click()
    expect(rota).to_be_checked()
    page.goto("/calendars")
    for number in (0, 1):
        expect(statuses.nth(number)).to_contain_text(re.compile(r"^Up to date"), timeout=SLOW)

    page.get_by_role("link", name="Home", exact=True).click()
    expect(coming_up(page)).to_contain_text("Block")
    expect(coming_up(page)).to_contain_text("Prefer")
    expect(page.locator("body")).not_to_contain_text("Dentist")
    app.stop()
    kept = app.kept()
    for secret in (APP_PASSWORD, "Dentist", "BEGIN:VEVENT"):
        assert secret.encode() not in kept, "on the disk"
        assert secret not in app.log_text(), "in the log"
