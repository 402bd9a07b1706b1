"""Programs get no cookie and need none."""

import httpx
import pytest
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from oncall_ui.security.middleware.cookieless import Cookieless


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope)
    known = request.session.get("token", "nobody")
    request.session["seen"] = "here"
    await PlainTextResponse(known)(scope, receive, send)


class Identified:
    """Gives everybody an id, as the page framework does."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["session"].setdefault("id", "1")
        scope["session"].setdefault("token", "Alice")
        await self._app(scope, receive, send)


async def answer(path: str) -> httpx.Response:
    stack = SessionMiddleware(Identified(Cookieless(app, ["/api/"])), secret_key="secret")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(stack), base_url="http://oncall.lan") as client:
        return await client.get(path)


@pytest.mark.parametrize(
    ("path", "sets", "known"), [("/", True, "Alice"), ("/api", True, "Alice"), ("/api/v1", False, "nobody")]
)
async def test_below_its_paths_there_is_no_session(path: str, sets: bool, known: str) -> None:
    response = await answer(path)
    assert ("set-cookie" in response.headers, response.text) == (sets, known)
    assert ("vary" in response.headers) is sets
