"""ICS URLs: conditional requests, and what a server's validators may be."""

import pytest

from oncall_ui.domain.imports.failures import Cause, Failure, TryLater
from oncall_ui.security.http.client import AllowedHosts, GuardedHttp
from providers.base import Content, Cursor
from providers.ics import ONLY, IcsFeed
from tests.calendars import calendar, event
from tests.providers.helpers.case import WINDOW
from tests.security.http.servers import Answer, Asked, here, ok, serve

BODY = calendar(event("Lunch"))
NOT_MODIFIED = b'HTTP/1.1 304 Same\r\nETag: "other"\r\nConnection: close\r\n\r\n'


@pytest.fixture(scope="module")
def http() -> GuardedHttp:
    """Every name is this machine, and one of them is allowed."""
    return GuardedHttp(AllowedHosts.parse("cloud.test"), resolve=here)


async def fetched(http: GuardedHttp, answer: Answer, cursor: Cursor) -> tuple[Content | None, Asked]:
    async with serve(answer) as server, http.client() as client:
        feed = IcsFeed(client, {"url": server.url()})
        content = await feed.fetch(ONLY, WINDOW, cursor, lambda _share, _events=0: None)
        return content, server.asked[-1]


async def first(http: GuardedHttp, headers: str) -> Cursor:
    content, _ = await fetched(http, ok(BODY, headers), {})
    assert content is not None and content.parts == (BODY,)
    return content.cursor


async def test_a_new_validator_of_the_same_content_is_taken_over(http: GuardedHttp) -> None:
    cursor = await first(http, 'ETag: "1"\r\n')
    content, asked = await fetched(http, ok(BODY, 'ETag: "2"\r\n'), cursor)
    assert asked.headers["if-none-match"] == '"1"'
    assert content == Content((), {**cursor, "etag": '"2"'})
    again, asked = await fetched(http, NOT_MODIFIED, content.cursor)
    assert (again, asked.headers["if-none-match"]) == (None, '"2"')


async def test_a_date_that_moves_is_taken_over_and_one_that_is_gone_forgotten(http: GuardedHttp) -> None:
    cursor = await first(http, "Last-Modified: Sat, 28 Nov 2026 10:00:00 GMT\r\n")
    content, asked = await fetched(http, ok(BODY, "Last-Modified: Sat, 28 Nov 2026 11:00:00 GMT\r\n"), cursor)
    assert asked.headers["if-modified-since"] == "Sat, 28 Nov 2026 10:00:00 GMT"
    assert content == Content((), {**cursor, "last-modified": "Sat, 28 Nov 2026 11:00:00 GMT"})
    without, _ = await fetched(http, ok(BODY), content.cursor)
    assert without == Content((), {"sha256": cursor["sha256"]})


async def test_the_same_content_with_the_same_validator_is_no_news(http: GuardedHttp) -> None:
    cursor = await first(http, 'ETag: "1"\r\n')
    assert (await fetched(http, ok(BODY, 'ETag: "1"\r\n'), cursor))[0] is None


@pytest.mark.parametrize(
    "cursor", [{}, {"sha256": "of an earlier answer"}, {"etag": ""}, {"etag": "é"}], ids=["none", "hash", "empty", "é"]
)
async def test_nothing_changed_is_no_answer_to_an_unconditional_request(http: GuardedHttp, cursor: Cursor) -> None:
    def answer(asked: Asked) -> bytes:
        assert not {"if-none-match", "if-modified-since"} & set(asked.headers)
        return NOT_MODIFIED

    with pytest.raises(TryLater) as caught:
        await fetched(http, answer, cursor)
    assert caught.value.cause is Cause.SERVER_ERROR


async def test_a_feed_that_only_ever_says_that_nothing_changed_cannot_be_connected(http: GuardedHttp) -> None:
    async with serve(NOT_MODIFIED) as server, http.client() as client:
        with pytest.raises(Failure):
            await IcsFeed(client, {"url": server.url()}).discover()


@pytest.mark.parametrize(
    "etag",
    ['"é"'.encode(), '"é"'.encode("latin-1"), b'"\xff\xfe"', b'"' + b"x" * 5_000 + b'"', b'"a\tb"'],
    ids=["UTF-8", "Latin-1", "bytes", "huge", "tab"],
)
async def test_a_validator_that_cannot_be_sent_back_is_left_out(http: GuardedHttp, etag: bytes) -> None:
    odd = ok(BODY, "ETag: @\r\nLast-Modified: @\r\n").replace(b"@", etag)
    content, _ = await fetched(http, odd, {})
    assert content is not None and content.cursor.keys() == {"sha256"}
    _, asked = await fetched(http, odd, {**content.cursor, "etag": etag.decode("latin-1")})
    assert not {"if-none-match", "if-modified-since"} & set(asked.headers)


@pytest.mark.parametrize("etag", ["unquoted", 'W/"weak"', '""', "two words", '"' + "x" * 400 + '"'])
async def test_any_other_validator_is_sent_back_as_it_came(http: GuardedHttp, etag: str) -> None:
    cursor = await first(http, f"ETag: {etag}\r\n")
    _, asked = await fetched(http, ok(BODY), cursor)
    assert asked.headers["if-none-match"] == etag
