"""Every request has an id, which a trusted proxy may choose and nobody else, and every line it leads to carries it."""

import re

import httpx
import pytest
import structlog
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from oncall_ui.reporting.ids import carried, carry
from oncall_ui.security.middleware.request_ids import RequestIds
from oncall_ui.surroundings import behind_proxies

PROXY, STRANGER = "10.0.0.1", "192.0.2.7"
TRACE = "0af7651916cd43dd8448eb211c80319c"


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    carry(member=7)
    await PlainTextResponse(str(carried()["request"]))(scope, receive, send)


async def answer(peer: str, **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(behind_proxies(RequestIds(app), PROXY), client=(peer, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://oncall.lan") as client:
        return await client.get("/", headers={name.replace("_", "-"): value for name, value in headers.items()})


async def test_each_request_has_one_of_its_own_and_answers_with_it() -> None:
    first, second = await answer(STRANGER), await answer(STRANGER)
    for each in (first, second):
        assert re.fullmatch(r"[0-9a-f]{16}", each.text)
        assert each.headers["x-request-id"] == each.text
    assert first.text != second.text


async def test_a_trusted_proxy_names_it() -> None:
    assert (await answer(PROXY, x_request_id="c0ffee00-1234")).text == "c0ffee00-1234"
    assert (await answer(PROXY, traceparent=f"00-{TRACE}-b7ad6b7169203331-01")).text == TRACE


@pytest.mark.parametrize("header", ["x_request_id", "traceparent"])
async def test_nobody_else_does(header: str) -> None:
    sent = {"x_request_id": "c0ffee00-1234", "traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}[header]
    assert re.fullmatch(r"[0-9a-f]{16}", (await answer(STRANGER, **{header: sent})).text)


@pytest.mark.parametrize("sent", ["", "short", "x" * 65, "two words", 'a"quoted"one', "Bearer%20abcdef", "-starts-so"])
async def test_what_cant_be_an_id_is_none(sent: str) -> None:
    assert re.fullmatch(r"[0-9a-f]{16}", (await answer(PROXY, x_request_id=sent)).text)


async def test_nothing_is_left_of_the_request_before() -> None:
    """Browsers send several requests through one connection, whose tasks may begin one another."""
    structlog.contextvars.bind_contextvars(member=3, request="before")
    seen = {}

    async def looking(_scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.update(carried())

    async def nothing(*_: object) -> None:
        """Nobody listens."""

    await RequestIds(looking)({"type": "websocket", "headers": []}, nothing, nothing)  # type: ignore[arg-type]
    assert set(seen) == {"request"}
    structlog.contextvars.clear_contextvars()
