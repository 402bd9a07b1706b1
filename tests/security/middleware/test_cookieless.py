"""Programs and files get no cookie and need none."""

import httpx
import pytest
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from oncall_ui.security.middleware.cookieless import Cookieless


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope)
    known = request.session.get("seen", "nobody")
    request.session["seen"] = "here"
    await PlainTextResponse(known, headers={"Vary": "Accept"})(scope, receive, send)


@pytest.mark.parametrize(
    ("path", "is_cookieless"),
    [("/", False), ("/api", False), ("/api/v1", True), ("/healthz", True), ("/healthz/more", False)],
)
async def test_on_its_paths_there_is_no_session(path: str, is_cookieless: bool) -> None:
    stack = Cookieless(SessionMiddleware(app, secret_key="secret"), ["/api/", "/healthz"])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(stack), base_url="http://oncall.lan") as client:
        await client.get("/")
        response = await client.get(path)
    assert response.text == ("nobody" if is_cookieless else "here")
    assert ("set-cookie" not in response.headers) is is_cookieless
    assert response.headers["vary"] == ("Accept" if is_cookieless else "Accept, Cookie")
