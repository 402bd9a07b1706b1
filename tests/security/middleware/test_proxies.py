"""Proxies' headers reach the app from trusted peers only."""

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from oncall_ui.surroundings import behind_proxies


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope)
    client = request.client.host if request.client else ""
    prefix = request.headers.get("x-forwarded-prefix", "")
    await PlainTextResponse(f"{client} {request.url.scheme} {prefix}{scope.get('root_path', '')}")(scope, receive, send)


async def answer(trusted: str, peer: str) -> str:
    transport = httpx.ASGITransport(behind_proxies(app, trusted), client=(peer, 1), root_path="/from-outside")
    headers = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/oncall"}
    async with httpx.AsyncClient(transport=transport, base_url="http://oncall.lan") as client:
        return (await client.get("/", headers=headers)).text


@pytest.mark.parametrize("trusted", ["", " ", "10.0.0.1", "10.0.0.0/24,proxy"])
async def test_from_others_nothing_is_believed(trusted: str) -> None:
    assert await answer(trusted, "192.0.2.7") == "192.0.2.7 http "


@pytest.mark.parametrize("trusted", ["10.0.0.1", "10.0.0.0/24, 192.0.2.1"])
async def test_a_trusted_proxy_names_the_browser_and_no_path(trusted: str) -> None:
    """What it would say of a path, it may have from the browser."""
    assert await answer(trusted, "10.0.0.1") == "203.0.113.9 https "
