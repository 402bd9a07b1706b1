"""Static files are read and compressed once, and cacheable by everybody."""

import gzip
from collections import Counter

import httpx
import pytest
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from oncall_ui.security.middleware import static_files
from oncall_ui.security.middleware.static_files import StaticFiles, accepts_gzip

STYLE = "p { color: red } " * 100


class Shop:
    """Counts what it is asked for; `/static/private` isn't for everybody, and only some paths exist."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        self.asked[path] += 1
        answer: Response = PlainTextResponse("nothing", 404)
        if path.endswith(".css"):
            answer = Response(STYLE, media_type="text/css", headers={"Set-Cookie": "a=b"})
        elif path == "/static/private":
            answer = Response(STYLE, headers={"Cache-Control": "private"})
        elif path == "/static/picture.png":
            answer = Response(b"\x89PNG" * 1000, media_type="image/png", headers={"Cache-Control": "public, max-age=9"})
        await answer(scope, receive, send)


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def browser(shop: Shop) -> httpx.AsyncClient:
    files = StaticFiles(shop, paths=["/static/"], apart_from=["/static/live/"])
    return httpx.AsyncClient(transport=httpx.ASGITransport(files), base_url="http://oncall.lan")


async def test_a_file_is_asked_for_once_and_compressed_where_that_is_understood(
    browser: httpx.AsyncClient, shop: Shop
) -> None:
    for encoding in ("gzip", "identity", "br, gzip;q=0.5", "gzip;q=0"):
        answer = await browser.get("/static/app.css?v=1", headers={"Accept-Encoding": encoding})
        assert answer.text == STYLE
        assert answer.headers.get("content-encoding") == ("gzip" if accepts_gzip(encoding) else None)
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["cache-control"] == "public, max-age=3600"
        assert "set-cookie" not in answer.headers
    assert shop.asked == {"/static/app.css": 1}


async def test_a_picture_is_sent_as_it_is(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/static/picture.png")
    assert answer.content == b"\x89PNG" * 1000
    assert (answer.headers["cache-control"], answer.headers.get("content-encoding")) == ("public, max-age=9", None)


async def test_each_form_has_a_tag_and_a_known_one_is_not_sent_again(browser: httpx.AsyncClient) -> None:
    tags = [
        (await browser.get("/static/app.css", headers={"Accept-Encoding": encoding})).headers["etag"]
        for encoding in ("gzip", "identity")
    ]
    assert len(set(tags)) == 2
    for header in (*tags, f'"other", W/{tags[0]}', "*"):
        answer = await browser.get("/static/app.css", headers={"If-None-Match": header})
        assert (answer.status_code, answer.content) == (304, b"")
    assert (await browser.get("/static/app.css", headers={"If-None-Match": '"other"'})).status_code == 200


async def test_head_has_the_headers_alone(browser: httpx.AsyncClient) -> None:
    whole = await browser.get("/static/app.css")
    head = await browser.head("/static/app.css")
    assert (head.headers, head.content) == (whole.headers, b"")


@pytest.mark.parametrize(
    "path", ["/static/private", "/static/live/a.css", "/static/none", "/other.css", "/static//a.css"]
)
async def test_everything_else_is_the_apps(browser: httpx.AsyncClient, shop: Shop, path: str) -> None:
    for _ in range(2):
        await browser.get(path)
    assert shop.asked[path] == 2


async def test_memory_is_bounded(browser: httpx.AsyncClient, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(static_files, "MOST_BYTES", 2 * (len(STYLE) + len(gzip.compress(STYLE.encode()))))
    for name in "abcab":
        await browser.get(f"/static/{name}.css")
    assert shop.asked == {"/static/a.css": 2, "/static/b.css": 2, "/static/c.css": 1}


@pytest.mark.parametrize(
    ("header", "allows"),
    [
        ("gzip", True),
        ("GZIP, br", True),
        ("br;q=1, gzip ; q=0.1", True),
        ("gzip;q=0.000", False),
        ("gzip; q=0", False),
        ("", False),
        ("identity", False),
        ("x-gzip-not", False),
    ],
)
def test_gzip_is_sent_to_those_who_say_so(header: str, allows: bool) -> None:
    assert accepts_gzip(header) is allows
