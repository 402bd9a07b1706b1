"""CalDAV servers that bend the protocol: a calendar is read all the same, and one bad resource costs only itself."""

import re
import time
from email.utils import formatdate

import pytest

from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater
from tests.fakes.dav import (
    CALENDAR,
    EVENTS,
    Dav,
    account,
    collection,
    data,
    multistatus,
    one_by_one,
    reply,
    response,
)
from tests.providers.helpers.bent import WORK, altered, lunch, raw, read
from tests.providers.helpers.caldav import fetched, opened, titles, understood
from tests.security.http.servers import Asked, serve


@pytest.mark.parametrize("base", ["/internal/dav/work/", "http://127.0.0.1:1/cals/work/", "work/", ""])
async def test_answers_under_another_base_are_those_asked_for(base: str) -> None:
    dav = Dav()
    collection(dav, ("1.ics", lunch()), ("a%20b.ics", lunch(2, "Dinner")))
    found = [response(f"{base}1.ics", data(lunch())), response(f"{base}a b.ics", data(lunch(2, "Dinner")))]
    dav.on("REPORT", WORK, multistatus(*found))
    async with serve(dav) as server:
        assert await read(server) == ["Lunch", "Dinner"]


async def test_resources_listed_under_another_base_are_fetched_below_the_calendar() -> None:
    dav = Dav()
    collection(dav, ("1.ics", lunch()))
    listing = multistatus(
        response("/internal/work/", CALENDAR), response("/internal/work/1.ics", "<D:getetag>1</D:getetag>")
    )
    dav.on("PROPFIND", WORK, multistatus(response("/internal/work/", CALENDAR + EVENTS)), listing)
    dav.on("REPORT", WORK, reply(501))
    one_by_one(dav, ("1.ics", lunch()))
    async with serve(dav) as server:
        assert await read(server) == ["Lunch"]
    assert not dav.unexpected


SUPPORTED = '<D:error xmlns:D="DAV:"><D:supported-report/></D:error>'


@pytest.mark.parametrize(
    "refusal",
    [
        reply(501),
        reply(404),
        reply(405),
        reply(403, SUPPORTED),
        reply(403, "<html>Forbidden</html>", kind="text/html"),
        reply(403),
        reply(415),
    ],
    ids=["501", "404", "405", "precondition", "web page", "403", "415"],
)
async def test_without_a_multiget_each_resource_is_fetched_by_itself(refusal: bytes) -> None:
    dav = Dav()
    events = [("1.ics", lunch()), ("2.ics", "<html>"), ("3.ics", lunch(3, "Dinner"))]
    collection(dav, *events)
    dav.on("REPORT", WORK, refusal)
    one_by_one(dav, *events)
    async with serve(dav) as server:
        reading = understood(await fetched(server.url(), server.url(WORK)))
        assert sum(each.method == "REPORT" for each in server.asked) == 1
    assert [at.event.title for at in reading.occurrences] == ["Lunch", "Dinner"]
    assert [each.skipped for each in reading.problems] == [True]


async def test_a_listing_refused_for_its_length_comes_in_pages() -> None:
    dav = Dav()
    collection(dav, ("1.ics", lunch()))
    prepared = dav.prepared("REPORT", WORK)
    limits = '<D:error xmlns:D="DAV:"><D:number-of-matches-within-limits/></D:error>'
    dav.on("PROPFIND", WORK, multistatus(response(WORK, CALENDAR + EVENTS)), reply(403, limits))
    page = multistatus(response(f"{WORK}1.ics", "<D:getetag>1</D:getetag>"), token="a")
    dav.on("REPORT", WORK, lambda asked: page if b"sync-collection" in asked.body else prepared(asked))
    async with serve(dav) as server:
        assert await read(server) == ["Lunch"]


@pytest.mark.parametrize(
    ("status", "kind", "cause"),
    [(403, MemberMustAct, Cause.REFUSED), (429, TryLater, Cause.BUSY), (503, TryLater, Cause.SERVER_ERROR)],
)
async def test_a_server_that_refuses_each_of_them_says_why(status: int, kind: type[Failure], cause: Cause) -> None:
    dav = Dav()
    collection(dav, ("1.ics", lunch()), ("2.ics", lunch(2)))
    dav.on("REPORT", WORK, reply(403, SUPPORTED))
    for name in ("1.ics", "2.ics"):
        dav.on("GET", WORK + name, reply(status))
    async with serve(dav) as server:
        with pytest.raises(kind) as caught:
            await read(server)
    assert caught.value.cause is cause


async def test_one_that_is_gone_meanwhile_is_not_missed() -> None:
    dav = Dav()
    collection(dav, ("1.ics", lunch()), ("2.ics", lunch(2)))
    dav.on("REPORT", WORK, reply(501))
    one_by_one(dav, ("1.ics", lunch()))
    dav.on("GET", f"{WORK}2.ics", reply(404))
    async with serve(dav) as server:
        reading = understood(await fetched(server.url(), server.url(WORK)))
    assert (reading.events_read, reading.problems) == (1, [])


async def test_a_new_ctag_of_the_same_resources_is_taken_over() -> None:
    dav = Dav()
    collection(dav, ("1.ics", lunch()))
    ctag = ["1"]
    looked_at = dav.prepared("PROPFIND", WORK)

    def tagged(asked: Asked) -> bytes:
        answer = looked_at(asked).partition(b"\r\n\r\n")[2].decode()
        return raw(answer.replace("<C:supported", f"<S:getctag>{ctag[0]}</S:getctag><C:supported", 1).encode())

    dav.on("PROPFIND", WORK, tagged)
    async with serve(dav) as server:
        first = await fetched(server.url(), server.url(WORK))
        assert first is not None
        ctag[0] = "2"
        second = await fetched(server.url(), server.url(WORK), first.cursor)
        assert second is not None and not second.parts
        asked = len(server.asked)
        assert await fetched(server.url(), server.url(WORK), second.cursor) is None
        assert len(server.asked) == asked + 1, "the list of resources is not asked for"


async def test_a_date_that_is_none_is_not_used() -> None:
    dav = Dav()
    collection(dav, ("1.ics", lunch()))
    wrong = f"\r\nDate: Sat, 28 Nov {'9' * 30} 10:00:00 GMT\r\n".encode()
    for method in ("PROPFIND", "REPORT"):
        altered(dav, method, WORK, lambda _asked, answer: answer.replace(b"\r\n", wrong, 1))
    async with serve(dav) as server:
        assert await read(server) == ["Lunch"]


async def test_a_calendar_whose_list_holds_nothing_at_all_is_not_empty() -> None:
    dav = Dav()
    collection(dav)
    here = dav.prepared("PROPFIND", WORK)
    dav.on("PROPFIND", WORK, lambda asked: multistatus() if asked.headers["depth"] == "1" else here(asked))
    async with serve(dav) as server:
        with pytest.raises(TryLater) as caught:
            await read(server)
    assert caught.value.cause is Cause.TRUNCATED


async def test_an_empty_status_is_no_failure() -> None:
    dav = Dav()
    collection(dav, ("1.ics", lunch()))
    for method in ("PROPFIND", "REPORT"):
        altered(dav, method, WORK, lambda _asked, answer: emptied(answer))
    async with serve(dav) as server:
        assert await read(server) == ["Lunch"]


def emptied(answer: bytes) -> bytes:
    body = re.sub(rb"<D:status>[^<]*</D:status>", b"<D:status/>", answer.partition(b"\r\n\r\n")[2])
    return raw(body.replace(b"<D:propstat>", b"<D:status/><D:propstat>"))


async def test_a_multistatus_that_comes_as_200_counts() -> None:
    dav = Dav()
    account(dav)
    collection(dav, ("1.ics", lunch()))
    for method, path in (
        ("PROPFIND", "/"),
        ("PROPFIND", "/me/"),
        ("PROPFIND", "/cals/"),
        ("PROPFIND", WORK),
        ("REPORT", WORK),
    ):
        altered(dav, method, path, lambda _asked, answer: answer.replace(b" 207 ", b" 200 ", 1))
    async with serve(dav) as server:
        async with opened(server.url()) as provider:
            assert [each.name for each in (await provider.discover()).calendars] == ["work"]
        assert await read(server) == ["Lunch"]


BASIC = 'Basic realm="a, b", charset="UTF-8"'
DIGEST = 'Digest realm="Baikal", nonce="abc", qop="auth", algorithm=MD5'


@pytest.mark.parametrize(
    "challenge",
    [
        f"WWW-Authenticate: {BASIC}\r\nWWW-Authenticate: {DIGEST}\r\n",
        f"WWW-Authenticate: {DIGEST}\r\nWWW-Authenticate: {BASIC}\r\n",
        f"WWW-Authenticate: {BASIC}, {DIGEST}\r\n",
        f"WWW-Authenticate: {DIGEST}, {BASIC}\r\n",
    ],
)
async def test_digest_is_tried_where_basic_is_offered_and_refused(challenge: str) -> None:
    dav = Dav()
    account(dav)
    for path in ("/", "/me/", "/cals/"):
        altered(dav, "PROPFIND", path, lambda asked, answer: let_in(asked, answer, challenge))
    async with serve(dav) as server, opened(server.url()) as provider:
        assert [each.name for each in (await provider.discover()).calendars] == ["work"]


def let_in(asked: Asked, answer: bytes, challenge: str) -> bytes:
    sent = asked.headers.get("authorization", "")
    is_digest = sent.startswith("Digest ") and 'realm="Baikal"' in sent and "response=" in sent
    return answer if is_digest else reply(401, "", challenge)


async def test_a_wrong_password_is_not_tried_for_ever_by_both_ways() -> None:
    dav = Dav()
    dav.on("PROPFIND", "/", reply(401, "", f"WWW-Authenticate: {BASIC}\r\nWWW-Authenticate: {DIGEST}\r\n"))
    async with serve(dav) as server, opened(server.url()) as provider:
        with pytest.raises(MemberMustAct, match="401"):
            await provider.discover()
        assert len(server.asked) <= 4


def changed_at(second: int, *numbers: int, now: int) -> Dav:
    """SOGo: the tag of a calendar is the second of its last change."""
    dav = Dav()
    collection(dav, *((f"{each}.ics", lunch(each)) for each in numbers))
    prepared = dav.prepared("PROPFIND", WORK)
    tag = f"<S:getctag>{second}</S:getctag><D:sync-token>{second}</D:sync-token>"

    def looked_at(asked: Asked) -> bytes:
        if asked.headers["depth"] == "1":
            return prepared(asked)
        found = multistatus(response(WORK, CALENDAR + EVENTS + tag))
        return found.replace(b"Connection", f"Date: {formatdate(now, usegmt=True)}\r\nConnection".encode(), 1)

    dav.on("PROPFIND", WORK, looked_at)
    return dav


async def test_a_deletion_in_the_second_of_the_last_change_is_seen() -> None:
    second = int(time.time())
    async with serve(changed_at(second, 1, 2, now=second)) as server:
        before = await fetched(server.url(), server.url(WORK))
        assert before is not None and titles(before) == ["Lunch", "Lunch"]
    async with serve(changed_at(second, 1, now=second + 900)) as server:
        assert titles(await fetched(server.url(), server.url(WORK), before.cursor)) == ["Lunch"]


async def test_a_tag_that_is_old_enough_is_proof() -> None:
    second = int(time.time()) - 3600
    async with serve(changed_at(second, 1, now=second + 3600)) as server:
        content = await fetched(server.url(), server.url(WORK))
        assert content is not None
        server.asked.clear()
        assert await fetched(server.url(), server.url(WORK), content.cursor) is None
        assert [each.headers["depth"] for each in server.asked] == ["0"]


async def test_a_web_page_instead_of_a_refusal_may_pass() -> None:
    dav = Dav()
    dav.on("PROPFIND", WORK, reply(403, "<!DOCTYPE html><html>Blocked</html>", kind="text/html"))
    async with serve(dav) as server:
        with pytest.raises(TryLater) as caught:
            await read(server)
    assert caught.value.cause is Cause.WEB_PAGE
    assert caught.value.sentence.startswith("cloud.test refused with a web page (403)")
