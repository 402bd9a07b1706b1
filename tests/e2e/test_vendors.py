"""Google and Outlook in a real browser, through the whole redirect: allowed, denied, revoked later, reconnected."""

import re
from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import Page, expect

from tests.calendars import in_days
from tests.e2e.conftest import PASSWORD, coming_up, get_cookie
from tests.e2e.server import Server
from tests.fakes.google import Google
from tests.fakes.google_calendars import timed
from tests.fakes.graph import Calendar, Microsoft
from tests.fakes.graph_events import event
from tests.fakes.oauth import AuthorizationServer
from tests.vendors import environment

SLOW = 60_000
DENTIST = ("Dentist noc", in_days(5, 12), in_days(5, 13))
SHIFT = ("Shift", in_days(6, 12), in_days(6, 13))
READ = re.compile(r"^Up to date.*1 of 1\sevent counts")


@pytest.fixture(scope="module")
def google() -> Iterator[Google]:
    with Google() as server:
        account = server.account("alice@gmail.example")
        account.primary.events = [timed(*DENTIST)]
        account.add("rota", "Rota I would take").events = [timed(*SHIFT)]
        yield server


@pytest.fixture(scope="module")
def microsoft() -> Iterator[Microsoft]:
    with Microsoft() as server:
        mailbox = server.mailbox("alice@contoso.example")
        mailbox.calendars["work"].events = [event(*DENTIST)]
        mailbox.calendars["rota"] = Calendar("Rota I would take", [event(*SHIFT)], owner="alice@contoso.example")
        yield server


@pytest.fixture(scope="module")
def app_settings(google: Google, microsoft: Microsoft) -> Mapping[str, str]:
    return environment(google, microsoft) | {"ONCALL_LOG_LEVEL": "debug"}


@pytest.fixture(scope="module", autouse=True)
def _registered(app: Server, google: Google, microsoft: Microsoft) -> None:
    google.redirects.add(f"{app.base_url}/oauth/google/callback")
    microsoft.redirects.add(f"{app.base_url}/oauth/microsoft/callback")
    app.add_member("alice@example.org", "Alice", PASSWORD)


@pytest.fixture(params=["Google", "Outlook"])
def product(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def vendor(product: str, google: Google, microsoft: Microsoft) -> AuthorizationServer:
    return google if product == "Google" else microsoft


def test_denied_then_allowed_then_revoked_then_reconnected_in_place(
    page: Page, app: Server, product: str, vendor: AuthorizationServer
) -> None:
    get_cookie(page, app, "alice@example.org")
    page.goto("/calendar_connections/new")
    page.get_by_role("button", name=f"Connect {product}").click()
    page.get_by_role("button", name="Deny").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(f"{product} was not connected")
    expect(alert).to_contain_text("You didn’t allow it")
    alert.get_by_role("button", name="Try again").click()
    page.get_by_role("button", name="Allow").click()

    expect(page.get_by_role("heading", name="Choose calendars")).to_be_visible()
    switches = page.get_by_role("switch")
    expect(switches).to_have_count(2)
    rota = page.get_by_role("switch", name="Rota I would take", exact=True)
    expect(rota).not_to_be_checked()
    rota.click()
    how = page.get_by_role("radiogroup", name="How events in Rota I would take count")
    how.get_by_text("Every event is a preference").click()
    page.get_by_role("button", name="Save", exact=True).click()
    card = page.get_by_role("region", name=product, exact=True)
    statuses = card.get_by_role("status")
    for number in (0, 1):
        expect(statuses.nth(number)).to_contain_text(READ, timeout=SLOW)

    vendor.revoke(vendor.accounts[0])
    card.get_by_role("button", name="Sync now").click()
    for number in (0, 1):
        expect(statuses.nth(number)).to_contain_text(re.compile(r"^Needs you.*no longer lets us in"), timeout=SLOW)
    card.get_by_role("button", name="Reconnect").first.click()
    page.get_by_role("button", name="Allow").click()
    expect(rota).to_be_checked()
    expect(page.get_by_text("Every event is a preference").first).to_be_visible()
    page.goto("/calendars")
    expect(page.get_by_role("region", name=product, exact=True)).to_have_count(1)
    for number in (0, 1):
        expect(statuses.nth(number)).to_contain_text(READ, timeout=SLOW)
    page.get_by_role("link", name="Home", exact=True).click()
    expect(coming_up(page)).to_contain_text("Block")
    expect(coming_up(page)).to_contain_text("Prefer")
    expect(page.locator("body")).not_to_contain_text("Dentist")

    page.goto("/calendars")
    card.get_by_role("button", name="Disconnect").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Disconnect").click()
    expect(card).to_have_count(0)


def test_nothing_a_vendor_handed_out_is_on_the_disk_or_in_the_log(
    app: Server, google: Google, microsoft: Microsoft
) -> None:
    """After all of the above, at the lowest log level."""
    app.stop()
    kept = app.kept()
    log = app.log_text()
    secrets = [*google.issued, *microsoft.issued, google.client_secret, microsoft.client_secret]
    assert len(secrets) > 10
    for secret in (*secrets, PASSWORD, "Dentist"):
        assert secret.encode() not in kept, "on the disk"
        assert secret not in log, "in the log"
    app.start()
