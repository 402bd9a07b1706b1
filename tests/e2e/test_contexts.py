"""Contexts that are lent: what one test leaves behind, the next doesn't find, and nothing waits for it."""

import contextlib

from playwright.sync_api import Browser, Error, Route

from tests.e2e.contexts import Contexts
from tests.e2e.server import Server

ON_ITS_WAY = """<!DOCTYPE html><html lang="en"><head><title>One</title>
<meta http-equiv="refresh" content="0; url=/two"></head><body></body></html>"""


def test_a_page_on_its_way_to_another_is_closed(browser: Browser, app: Server) -> None:
    contexts = Contexts(browser)
    kept = contexts.borrow(app.base_url)

    def answer(route: Route) -> None:
        route.fulfill(body=ON_ITS_WAY, content_type="text/html")

    kept.context.route("**/one", answer)
    kept.context.route("**/two", answer)
    for _ in range(5):
        page = kept.context.new_page()
        page.goto("/one")
        with contextlib.suppress(Error):
            page.evaluate("1")  # it may have left already
        contexts.give_back(kept)
        assert kept.context.pages == [kept.page]
        assert contexts.borrow(app.base_url) is kept
    contexts.close(kept)
