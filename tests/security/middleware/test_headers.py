import gzip
import re

import httpx
import pytest
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Message

from oncall_ui.security.middleware.headers import SecurityHeaders

PAGE = "<html><head><script>a</script><SCRIPT\nsrc=x></script><script/></head><p>&lt;script> <scripted> ü</html>"


async def answer(app: ASGIApp, method: str = "GET", *, https: bool = False) -> httpx.Response:
    transport = httpx.ASGITransport(SecurityHeaders(app, https=https))
    async with httpx.AsyncClient(transport=transport, base_url="http://oncall.lan") as client:
        return await client.request(method, "/")


def nonce_of(response: httpx.Response) -> str:
    match = re.search(r"'nonce-([\w-]{22})'", response.headers["content-security-policy"])
    assert match
    return match[1]


async def test_every_script_of_a_page_carries_the_nonce_of_its_policy() -> None:
    response = await answer(HTMLResponse(PAGE))
    nonce = nonce_of(response)
    expected = re.sub(r"(?i)<script(?=[\s/>])", f'<script nonce="{nonce}"', PAGE)
    assert response.text == expected
    assert response.text.count(nonce) == 3
    assert response.headers["content-length"] == str(len(response.content))


async def test_no_two_answers_share_a_nonce() -> None:
    assert nonce_of(await answer(HTMLResponse(PAGE))) != nonce_of(await answer(HTMLResponse(PAGE)))


async def test_a_page_that_comes_in_pieces_is_put_together() -> None:
    page = iter([PAGE[:14].encode(), PAGE[14:40].encode(), b"", PAGE[40:].encode()])
    response = await answer(StreamingResponse(page, media_type="text/html"))
    assert response.text.count(nonce_of(response)) == 3
    assert response.headers["content-length"] == str(len(response.content))


async def test_what_is_no_page_is_passed_on_piece_by_piece() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    body = StreamingResponse(iter([b"<script>", b"two"]), media_type="text/plain")
    scope = {"type": "http", "method": "GET", "headers": [], "asgi": {"spec_version": "2.4"}}
    await SecurityHeaders(body)(scope, receive, send)
    assert [message.get("body") for message in sent] == [None, b"<script>", b"two", b""]


async def test_a_packed_page_is_left_alone() -> None:
    packed = gzip.compress(PAGE.encode(), 0)  # its text shows through
    response = await answer(Response(packed, media_type="text/html", headers={"Content-Encoding": "gzip"}))
    assert response.text == PAGE
    assert "content-security-policy" in response.headers


async def test_a_head_promises_no_length_it_cannot_know() -> None:
    response = await answer(HTMLResponse(PAGE), "HEAD")
    assert "content-length" not in response.headers
    assert nonce_of(response)


async def test_an_unchanged_page_keeps_its_own_policy() -> None:
    response = await answer(Response(status_code=304, media_type="text/html"))
    assert "content-security-policy" not in response.headers
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("app", [HTMLResponse(PAGE), Response(b"{}", media_type="application/json"), Response()])
async def test_every_answer_forbids_the_rest(app: ASGIApp) -> None:
    headers = (await answer(app)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    assert "camera=()" in headers["permissions-policy"]
    assert "strict-transport-security" not in headers
    policy = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
    assert "'unsafe-inline'" not in policy["script-src"]
    assert {name: policy[name] for name in ("default-src", "connect-src", "form-action")} == dict.fromkeys(
        ("default-src", "connect-src", "form-action"), "'self'"
    )
    assert {policy[name] for name in ("script-src-attr", "object-src", "base-uri", "frame-ancestors")} == {"'none'"}


async def test_encryption_is_demanded_only_where_it_is_used() -> None:
    assert "max-age=" in (await answer(Response(), https=True)).headers["strict-transport-security"]


async def test_a_page_may_ask_for_more_but_not_for_a_weaker_policy() -> None:
    headers = {"Referrer-Policy": "no-referrer", "Content-Security-Policy": "script-src *"}
    response = await answer(HTMLResponse(PAGE, headers=headers))
    assert response.headers.get_list("referrer-policy") == ["no-referrer"]
    assert response.headers.get_list("content-security-policy") == [response.headers["content-security-policy"]]
    assert "script-src *" not in response.headers["content-security-policy"]


async def test_a_websocket_is_untouched() -> None:
    seen: list[object] = []

    async def app(scope: object, receive: object, send: object) -> None:
        seen.append(send)

    async def send(message: Message) -> None: ...

    async def receive() -> Message:
        return {}

    await SecurityHeaders(app)({"type": "websocket"}, receive, send)
    assert seen == [send]
