import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from oncall_ui.security.middleware.same_origin import SameOrigin

reached: list[str] = []


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    reached.append(scope["type"])
    if scope["type"] == "http":
        await PlainTextResponse("done")(scope, receive, send)


async def answer(method: str, headers: dict[str, str] | list[tuple[str, str]], public_url: str = "") -> httpx.Response:
    transport = httpx.ASGITransport(SameOrigin(app, public_url))
    async with httpx.AsyncClient(transport=transport, base_url="http://oncall.lan:8080") as client:
        return await client.request(method, "/logout", headers=headers)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": ""},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://oncall.lan:8080"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://oncall.lan"},
        {"Origin": "http://oncall.lan:8081"},
        {"Origin": "http://oncall.lan.evil.example:8080"},
        {"Origin": "null"},
        {"Origin": "http://[broken"},
        {"Origin": ""},
        {"Cookie": "session=x"},
    ],
)
async def test_a_change_from_elsewhere_is_refused(method: str, headers: dict[str, str]) -> None:
    reached.clear()
    response = await answer(method, headers)
    assert (response.status_code, reached) == (403, [])
    assert response.headers["content-type"].startswith("text/plain")


async def test_every_repeated_header_must_agree() -> None:
    own, evil = "http://oncall.lan:8080", "http://evil.example"
    assert (await answer("POST", [("Origin", own), ("Origin", evil)])).status_code == 403
    assert (await answer("POST", [("Sec-Fetch-Site", "none"), ("Sec-Fetch-Site", "cross-site")])).status_code == 403
    assert (
        await answer("POST", [("Origin", evil), ("Host", "oncall.lan"), ("Host", "evil.example")])
    ).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin", "Cookie": "session=x"},
        {"Sec-Fetch-Site": "none", "Cookie": "session=x"},
        {"Origin": "http://oncall.lan:8080", "Cookie": "session=x"},
        {"Origin": "http://ONCALL.lan:8080"},
        {"Origin": "https://oncall.example.org", "Host": "oncall.example.org"},
        {"Origin": "https://oncall.example.org", "Host": "oncall.example.org:443"},
        {},
    ],
)
async def test_a_change_from_our_own_pages_passes_and_so_does_a_client_without_cookies(headers: dict[str, str]) -> None:
    assert (await answer("POST", headers)).text == "done"


async def test_the_public_address_counts_as_ours_behind_a_proxy() -> None:
    origin = {"Origin": "https://oncall.example.org", "Cookie": "session=x"}
    assert (await answer("POST", origin, "https://oncall.example.org")).text == "done"
    assert (await answer("POST", origin, "https://oncall.example.org:8443")).status_code == 403


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
async def test_reading_is_untouched(method: str) -> None:
    assert (await answer(method, {"Sec-Fetch-Site": "cross-site", "Cookie": "session=x"})).status_code == 200


async def test_a_websocket_is_untouched() -> None:
    async def nothing(*_: object) -> None: ...

    reached.clear()
    scope: Scope = {"type": "websocket", "headers": [(b"origin", b"http://evil.example")]}
    await SameOrigin(app)(scope, nothing, nothing)  # type: ignore[arg-type]  # neither is called
    assert reached == ["websocket"]
