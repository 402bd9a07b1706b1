"""The app in a real browser: one Chromium for all tests; for each module and database a feed server and an app.

Apps start warm (tests/e2e/warm.py), those of modules about starting itself as people start them. Every module runs on
SQLite and on PostgreSQL, without saying so; `-k sqlite` is half the time while you work on one. What the app draws
moves as little as for people who want less motion.

A test fails when its pages raise an error or log one to the console, unless it says `@pytest.mark.console_may_say(…)`
with regular expressions. After a failure `test-results/` holds a screenshot and the HTML of every page. With TRACE=1 in
the environment there is also a trace of every context (`python -m playwright show-trace FILE`); recording one takes as
long as the test.
"""

import os
import re
import signal
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    WebError,
    expect,
    sync_playwright,
)

from tests.e2e import axe
from tests.e2e.apps import (
    app,
    app_host,
    app_settings,
    database_url,
    feeds,
    port,
    postgres_cluster,
    shared,
    starts_warm,
    stopped_app,
)
from tests.e2e.contexts import TRACED, Contexts, Kept, keep_what_is_shown
from tests.e2e.order import ByApp, turn
from tests.e2e.server import Server
from tests.provide import chromium

__all__ = [
    "app",
    "app_host",
    "app_settings",
    "database_url",
    "feeds",
    "port",
    "postgres_cluster",
    "shared",
    "starts_warm",
    "stopped_app",
]
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Pages are drawn without a graphics card, by as few processes as do it: each browser has half a core.
    "--disable-software-rasterizer",
    "--in-process-gpu",
    "--num-raster-threads=1",
    "--renderer-process-limit=1",
    # A page lives for a second or two: compiling its scripts for speed, or clearing away meanwhile, gains nothing.
    "--js-flags=--no-opt --no-maglev --min-semi-space-size=32",
    # No page may need the world: whatever it fetches from elsewhere fails, and with it the test.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
HERE = Path(__file__).parent
PASSWORD = "correct horse battery staple"

problems_key = pytest.StashKey[list[str]]()
failed_key = pytest.StashKey[bool]()

expect.set_options(timeout=60_000)  # nothing waits so long but on a machine that is busy with other things


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "console_may_say(*patterns): console and page errors this test expects")
    # Ending the tests from outside leaves no app, browser or database behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByApp:
    config.option.loadscopereorder = False  # by the number of tests, of which long ones have few
    return ByApp(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = [place for place, item in enumerate(items) if item.path.parent == HERE]
    ours = sorted((items[place] for place in places), key=turn)
    for place, item in zip(places, ours, strict=True):
        items[place] = item


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    yield
    expected = [str(pattern) for mark in item.iter_markers("console_may_say") for pattern in mark.args]
    said = item.stash.get(problems_key, [])
    unexpected = [line for line in said if not any(re.search(pattern, line) for pattern in expected)]
    if unexpected:
        pytest.fail("The browser reported errors:\n" + "\n".join(unexpected), pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[failed_key] = True
        server = getattr(item, "funcargs", {}).get("app")
        if isinstance(server, Server):
            report.sections.append(("End of the app's log", server.log_text()[-4000:]))
    return report


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    # Playwright leaves its recordings behind; pytest clears away what lies in its own folder.
    traces = tmp_path_factory.mktemp("traces")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS, traces_dir=traces)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Contexts:
    return Contexts(browser)


@pytest.fixture(scope="session", autouse=True)
def _remember_clean_pages(tmp_path_factory: pytest.TempPathFactory) -> None:
    own = tmp_path_factory.getbasetemp()
    axe.clean.folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "clean"
    axe.clean.folder.mkdir(exist_ok=True)


@pytest.fixture
def new_context(
    contexts: Contexts, app: Server, request: pytest.FixtureRequest
) -> Iterator[Callable[[], BrowserContext]]:
    """Makes contexts, each a person with cookies of their own, for tests in which several meet."""
    borrowed: list[Kept] = []
    problems: list[str] = []
    request.node.stash[problems_key] = problems

    def note_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            problems.append(f"console: {message.text} ({message.location.get('url', '')})")

    def note_error(error: WebError) -> None:
        problems.append(f"page error: {error.error}")

    def make() -> BrowserContext:
        kept = contexts.borrow(app.base_url)
        borrowed.append(kept)
        context = kept.context
        context.on("console", note_console)
        context.on("weberror", note_error)
        if TRACED:
            context.tracing.start(screenshots=True, snapshots=True)
        return context

    yield make
    failed = request.node.stash.get(failed_key, False)
    for number, kept in enumerate(borrowed, start=1):
        if failed:
            keep_what_is_shown(kept.context, request.node.nodeid, number)
        kept.context.remove_listener("console", note_console)
        kept.context.remove_listener("weberror", note_error)
        if failed or TRACED:
            contexts.close(kept)
        else:
            contexts.give_back(kept)


@pytest.fixture
def context(new_context: Callable[[], BrowserContext]) -> BrowserContext:
    return new_context()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page; paths alone are enough for `goto`."""
    return context.new_page()


def set_up_first_account(
    page: Page,
    app: Server,
    *,
    name: str = "Alice",
    email: str = "alice@example.org",
    password: str = PASSWORD,
    zone: str | None = None,
) -> None:
    """Follows the link of the first start and ends on Home. Without a zone the one the page offers is kept."""
    page.goto(app.setup_link)
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Email", exact=True).fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    if zone:
        page.get_by_label("Time zone", exact=True).fill(zone)
    page.get_by_role("button", name="Create account", exact=True).click()
    page.wait_for_url(lambda url: "/setup" not in url)
    if "/login" in page.url:
        _fill_in_login(page, email, password)
    _expect_heading(page, "Home")


def log_in(page: Page, app: Server, email: str, password: str = PASSWORD) -> None:
    """Ends on Home, by the cookie; by the form a member logs in in test_login_wait.py."""
    get_cookie(page, app, email, password)
    page.goto(f"{app.base_url}/")
    _expect_heading(page, "Home")


def get_cookie(page: Page, app: Server, email: str, password: str = PASSWORD) -> None:
    """Posts what the form would, and opens no page: for a test that goes elsewhere than to Home."""
    answer = page.context.request.post(
        f"{app.base_url}/login",
        form={"email": email, "password": password},
        headers={"Origin": app.base_url},
        max_redirects=0,
    )
    assert answer.headers.get("location") == "/", answer.status


def connected_ics(page: Page, app: Server, email: str, name: str, url: str, *, save: bool = True) -> None:
    """As `add_ics` for a test that begins afterwards: connected by the services, which saves five pages.

    Ends on Calendars; without `save`, on the new connection's own page.
    """
    connection_id = app.connect_ics(email, name, url, save=save)
    page.goto(f"{app.base_url}/calendars" if save else f"{app.base_url}/calendar_connections/{connection_id}")
    if save:
        _expect_heading(page, "Calendars")
    else:
        expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()


def add_ics(
    page: Page, name: str, url: str, *, user: str | None = None, password: str | None = None, save: bool = True
) -> None:
    """From any page, by the links a member uses, to the list with the new calendar; without `save`, to its rules."""
    page.get_by_role("link", name="Calendars", exact=True).first.click()
    page.get_by_role("link", name="Add a new calendar connection").click()
    page.get_by_role("button", name="Add ICS URL").click()
    page.get_by_label("Nickname", exact=True).fill(name)
    page.get_by_label("URL", exact=True).fill(url)
    if user is not None:
        page.get_by_label("User name", exact=True).fill(user)
    if password is not None:
        page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Create", exact=True).click()
    save_button = page.get_by_role("button", name="Save", exact=True)
    expect(save_button).to_be_visible()
    if save:
        save_button.click()
        _expect_heading(page, "Calendars")


def coming_up(page: Page) -> Locator:
    """The list of what is coming up, on Home."""
    return page.get_by_role("region", name="Coming up")


def _fill_in_login(page: Page, email: str, password: str) -> None:
    page.get_by_label("Email", exact=True).fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Log in", exact=True).click()


def _expect_heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
