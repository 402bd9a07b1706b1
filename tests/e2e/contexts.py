"""Browser contexts that are lent to one test after the other, each time as empty as a new one.

A new context starts a process of its own, loads all scripts and translates them: as much as two further pages. So a
context goes on living, with one small page of the app, as long as apps answer at its address.
"""

import contextlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, CDPSession, Error, Page

from tests.e2e.server import ROOT

RESULTS = ROOT / "test-results"
TRACED = os.environ.get("TRACE") == "1"

SMALL = "/static/kept_focus.js"
"""A file of the app, which opens no socket."""
KEPT = "local_storage,indexeddb,cache_storage,service_workers,file_systems,websql"
MOST_WAITING = 4
TRIES, PATIENCE = 50, 200
"""How often a page is asked to close, and for how many milliseconds it is waited for each time."""


@dataclass(frozen=True)
class Kept:
    context: BrowserContext
    page: Page
    """It stays open."""
    browser: CDPSession
    address: str


class Contexts:
    """Of one browser. Nobody moves in them unless a test wants to see it."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._targets = browser.new_browser_cdp_session()
        self._waiting: list[Kept] = []

    def borrow(self, address: str) -> Kept:
        """A context without cookies, for a running app at that address."""
        for kept in [each for each in self._waiting if each.address != address]:
            self.close(kept)
        return self._waiting.pop() if self._waiting else self._new(address)

    def give_back(self, kept: Kept) -> None:
        """Closes its pages, and leaves nothing in it of who had it."""
        context = kept.context
        self._close_pages(kept)
        context.clear_cookies()
        context.clear_permissions()
        kept.browser.send("Storage.clearDataForOrigin", {"origin": kept.address, "storageTypes": KEPT})
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append(kept)
        else:
            self.close(kept)

    def close(self, kept: Kept) -> None:
        if kept in self._waiting:
            self._waiting.remove(kept)
        self._close_pages(kept)
        kept.context.close()

    def _close_pages(self, kept: Kept) -> None:
        for page in kept.context.pages:
            if page is not kept.page:
                self._close_page(page)

    def _close_page(self, page: Page) -> None:
        """`page.close()` would wait forever for a page that is about to show another: Chromium says that it closes it,
        and forgets to (https://issues.chromium.org/issues/536385539). So it is asked again.
        """
        target = page.context.new_cdp_session(page).send("Target.getTargetInfo")["targetInfo"]["targetId"]
        for _ in range(TRIES):
            with contextlib.suppress(Error), page.expect_event("close", timeout=PATIENCE):
                self._targets.send("Target.closeTarget", {"targetId": target})
            if page.is_closed():
                return
        raise AssertionError(f"{page.url} is still there, asked to close {TRIES} times")

    def _new(self, address: str) -> Kept:
        context = self._browser.new_context(
            base_url=address, locale="en-GB", timezone_id="Europe/Berlin", reduced_motion="reduce"
        )
        page = context.new_page()
        page.goto(SMALL)
        return Kept(context, page, context.new_cdp_session(page), address)


def keep_what_is_shown(context: BrowserContext, nodeid: str, number: int) -> None:
    """In `test-results/`: screenshots, HTML and the trace of a test's context of that number."""
    RESULTS.mkdir(exist_ok=True)
    test = Path(nodeid).as_posix().removeprefix("tests/e2e/")
    name = re.sub(r"[^A-Za-z0-9]+", "-", f"{test}-{number}").strip("-")
    for place, page in enumerate(context.pages, start=1):
        with contextlib.suppress(Error):  # a page too broken to be seen still has its HTML
            page.screenshot(path=RESULTS / f"{name}-{place}.png", full_page=True)
        with contextlib.suppress(Error):
            (RESULTS / f"{name}-{place}.html").write_text(page.content(), encoding="utf-8")
    if TRACED:
        context.tracing.stop(path=RESULTS / f"{name}.zip")
