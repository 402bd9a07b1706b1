"""Markup in every name and text that a page shows: no canary script runs in Chromium, on any page."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.models import Calendar, Connection, Member, Team
from oncall_ui.services.sharing.tokens import create_token
from tests.calendars import calendar, event
from tests.e2e.conftest import PASSWORD, get_cookie
from tests.e2e.server import ROOT, Server
from tests.fakes.feeds import FeedServer

VECTORS: list[str] = json.loads((ROOT / "tests/security/attacks/vectors/markup.json").read_text(encoding="utf-8"))
PAGES = (
    *("/", "/calendars", "/calendar_connections/new", "/calendar_connections/new/ics", "/team", "/team/tags"),
    *("/team/calendars", "/you", "/you/security", "/you/activity", "/privacy", "/members", "/admin", "/admin/audit"),
    *("/help", "/login?next=VECTOR", "/no-such-page/VECTOR", "/help/VECTOR", "/calendar_connections/new/VECTOR"),
    *("/team?find=VECTOR", "/admin/audit?who=VECTOR", "/oauth/google/callback?error=VECTOR&state=VECTOR"),
)
WATCH = """
window.canary = [];
window.alert = window.prompt = window.confirm = (words) => window.canary.push(String(words));
"""


@pytest.fixture(scope="module")
def feeds() -> Iterator[FeedServer]:
    with FeedServer() as server:
        yield server


@pytest.fixture(scope="module")
def infested(stopped_app: Server, feeds: FeedServer) -> Iterator[Server]:
    """Alice's app, in which everybody and everything is called by a vector."""
    server = stopped_app
    server.add_member("alice@example.org", "Alice", PASSWORD, admin=True)
    events = (event(f"noc {vector}", days=number + 1) for number, vector in enumerate(VECTORS))
    server.connect_ics("alice@example.org", "Work", feeds.serve("/work.ics", calendar(*events)), save=True)
    with server.beside() as app:
        infest(app)
    with server:
        yield server


def infest(app: App) -> None:
    """Straight into the database: what the forms refuse may be there from before."""
    with app.db.write() as session:
        alice = session.exec(select(Member.id)).one() or 0
        sealed = session.exec(select(Connection.sealed)).one()
        session.add(Team(block_tags=["noc", *VECTORS], prefer_tags=["prefer", *VECTORS]))
        for number, vector in enumerate(VECTORS):
            email = f"member{number}@example.org"
            session.add(Member(name=vector, email=email, password_hash="", zone="UTC"))
            connection = Connection(
                member_id=alice, product="ics", nickname=vector, account=vector, fingerprint=email, sealed=sealed
            )
            session.add(connection)
            session.flush()
            session.add(Calendar(connection_id=connection.id or 0, remote_id=vector, name=vector))
    create_token(app, alice, "<img src=x onerror=alert('canary')>")


@pytest.fixture(scope="module")
def page(browser: Browser, infested: Server) -> Iterator[Page]:
    """Alice's, who is logged in; what ran on it before is gone with each page that is opened."""
    context = browser.new_context(base_url=infested.base_url)
    context.add_init_script(WATCH)
    page = context.new_page()
    get_cookie(page, infested, "alice@example.org")
    page.goto("/help")
    yield page
    context.close()


def executions(page: Page) -> list[str]:
    return list(page.evaluate("window.canary"))


def test_no_script_runs_on_any_page(page: Page) -> None:
    run: list[str] = []
    for route in PAGES:
        vectors = VECTORS[:2] if "VECTOR" in route else [""]
        for vector in vectors:
            page.goto(route.replace("VECTOR", page.evaluate("encodeURIComponent", vector)))
            page.wait_for_timeout(150 if vector else 700)
            run += [f"{route} with {vector}: {words}" for words in executions(page)]
    assert not run


def test_no_script_runs_in_a_preview_or_an_error(page: Page, infested: Server) -> None:
    page.goto("/calendar_connections/1")
    page.wait_for_timeout(3000)
    page.wait_for_function("document.documentElement.outerHTML.includes('noc')")  # later, on a slow machine
    assert not executions(page)
    page.goto("/calendar_connections/new/ics")
    for vector in VECTORS:
        page.get_by_label("Nickname", exact=True).fill(vector)
        page.get_by_label("URL", exact=True).fill(f"http://{vector}")
        page.get_by_role("button", name="Create", exact=True).click()
        page.wait_for_timeout(200)
    assert not executions(page)


def test_the_canary_would_be_seen(page: Page) -> None:
    page.evaluate("alert('canary')")
    assert executions(page) == ["canary"]
