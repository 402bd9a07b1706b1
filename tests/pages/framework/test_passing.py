"""Answers are the same as with NiceGUI's own way through its middleware."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from nicegui import core
from nicegui.middlewares import RedirectWithPrefixMiddleware, SetCacheControlMiddleware
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Route

from pages.framework.passing import FILES, pass_quickly

REPLACED = (RedirectWithPrefixMiddleware, SetCacheControlMiddleware)


async def answer_of(path: str, prefix: str) -> httpx.Response:
    routes = [
        Route("/page", lambda _: PlainTextResponse("page")),
        Route("/away", lambda _: RedirectResponse("/page")),
        Route(f"{FILES}static/a.js", lambda _: PlainTextResponse("file")),
        Route(f"{FILES}dynamic_resources/a", lambda _: PlainTextResponse("made")),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(each) for each in REPLACED])
    headers = {"X-Forwarded-Prefix": prefix} if prefix else {}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as browser:
        return await browser.get(path, headers=headers)


@contextmanager
def passing(call: Callable[..., Any] | None) -> Iterator[None]:
    """`call`: None for the quick way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(core.app.config, "cache_control_directives", "public, max-age=31536000", raising=False)
        for each in REPLACED:
            patch.setattr(each, "__call__", call)
        if call is None:
            pass_quickly()
        yield


@pytest.mark.parametrize("prefix", ["", "/below"])
@pytest.mark.parametrize("path", ["/page", "/away", "/none", f"{FILES}static/a.js", f"{FILES}dynamic_resources/a"])
async def test_an_answer_is_the_same(path: str, prefix: str) -> None:
    with passing(None):
        quick = await answer_of(path, prefix)
    with passing(BaseHTTPMiddleware.__call__):
        usual = await answer_of(path, prefix)
    assert (quick.status_code, quick.text, quick.headers) == (usual.status_code, usual.text, usual.headers)
    assert ("cache-control" in quick.headers) is ("static" in path)
    assert quick.headers.get("location") == (f"{prefix}/page" if path == "/away" else None)
