"""The audit log in a real browser: found from the sidebar, filtered, more shown, exported; and who may see it."""

import csv
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.models import AuditEntry, Member, now
from oncall_ui.services.audit.query import PAGE
from oncall_ui.services.audit.record import record
from tests.e2e.conftest import PASSWORD, get_cookie, log_in
from tests.e2e.server import Server

TOKENS = PAGE + 20


@pytest.fixture(scope="module", autouse=True)
def _written(app: Server) -> Iterator[None]:
    app.add_member("alice@example.org", "Alice", PASSWORD, admin=True)
    app.add_member("bob@example.org", "Bob", PASSWORD)
    with app.beside() as installation:
        _fill(installation)
    yield


def _fill(installation: App) -> None:
    """Yesterday: Bob makes many tokens, one of which is named as a formula."""
    with installation.db.write() as session:
        bob = session.exec(select(Member).where(Member.name == "Bob")).one()
        for number in range(TOKENS):
            record(session, AuditAction.TOKEN_CREATED, by=bob.id, what=f"=SUM({number})")
        session.flush()
        for entry in session.exec(select(AuditEntry)):
            entry.at = now() - timedelta(days=1)


def entries(page: Page) -> Locator:
    return page.get_by_role("region", name="Entries").locator("li")


def test_an_administrator_finds_filters_and_exports_it(page: Page, app: Server, tmp_path: Path) -> None:
    log_in(page, app, "alice@example.org")
    page.get_by_role("link", name="Admin", exact=True).click()
    expect(page.get_by_role("heading", name="Admin", level=1)).to_be_visible()
    page.get_by_role("navigation", name="Administration").get_by_role("link", name="Audit log").click()
    expect(page.get_by_role("heading", name="Audit log", level=1)).to_be_visible()
    expect(entries(page)).to_have_count(PAGE)
    expect(page.get_by_role("heading", name=re.compile("^Yesterday, "))).to_be_visible()

    page.get_by_role("button", name=f"Show {PAGE} more").click()
    expect(entries(page)).to_have_count(TOKENS + 3)  # two accounts, and this log-in
    expect(page.get_by_role("button", name=f"Show {PAGE} more")).to_be_hidden()

    filters = page.get_by_role("search", name="Filter the log")
    filters.get_by_label("Search").fill("SUM(7)")
    expect(entries(page)).to_have_count(1)
    expect(entries(page)).to_contain_text("Bob created the API token =SUM(7)")
    expect(page).to_have_url(re.compile(r"/admin/audit\?q=SUM%287%29$"))
    page.reload()
    expect(entries(page)).to_have_count(1)

    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").click()
    download.value.save_as(tmp_path / "log.csv")
    (row,) = csv.DictReader((tmp_path / "log.csv").read_text(encoding="utf-8").splitlines())
    assert (row["action"], row["who"], row["what"]) == ("sharing.token_created", "Bob", "'=SUM(7)")

    filters.get_by_label("Search").fill("nothing like it")
    expect(page.get_by_text("No entries match")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(entries(page)).to_have_count(PAGE)
    expect(page).to_have_url(re.compile(r"/admin/audit$"))


def test_it_is_filtered_by_keyboard_and_by_kind(page: Page, app: Server) -> None:
    get_cookie(page, app, "alice@example.org")
    page.goto("/admin/audit")
    what = page.get_by_role("search").get_by_label("What")
    what.focus()
    page.keyboard.press("Enter")
    page.get_by_role("option", name="Accounts").click()
    expect(entries(page).filter(has_text="account of")).to_have_count(2)
    expect(page).to_have_url(re.compile(r"\?what=account$"))


@pytest.mark.console_may_say("404")
def test_a_member_sees_their_own_part_only(page: Page, app: Server) -> None:
    log_in(page, app, "bob@example.org")
    expect(page.get_by_role("link", name="Admin", exact=True)).to_have_count(0)
    page.goto("/you/activity")
    expect(entries(page).first).to_contain_text("You logged in with a password")
    expect(entries(page).first).to_contain_text("127.0.0.1")
    page.goto("/admin/audit")
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
