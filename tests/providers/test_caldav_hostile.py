"""CalDAV answers that are meant to cost: each ends early, with a sentence."""

import pytest

from bench.attacks.hostile import ENTITIES, HEAD, TAIL
from oncall_ui.domain.imports.failures import Cause, MemberMustAct, TryLater
from providers.base import CALENDARS
from providers.caldav.multistatus import ELEMENTS, NotXml, TooMuch, read
from tests.fakes.dav import CALENDAR, EVENTS, Dav, account, collection, multistatus, reply, response
from tests.providers.helpers.caldav import fetched, opened
from tests.security.http.servers import Asked, serve

pytestmark = pytest.mark.slow  # answers of many megabytes

HERE = "http://cal.test/cal/"
TOO_MUCH = "lists more than this server reads for one account. Use the address of a single calendar instead."


@pytest.mark.parametrize(
    "body",
    [
        HEAD + b"<D:a>" * 100_000,
        HEAD + b"<D:a " + b"".join(b'a%d="1" ' % each for each in range(100)) + b"/>" + TAIL,
        HEAD + b"<D:a " + b"".join(b'a%d=">" ' % each for each in range(200_000)) + b"/>" + TAIL,
        ENTITIES,
        b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
    ],
    ids=["deep", "attributes", "very many attributes", "entities", "external entity"],
)
def test_what_no_server_has_reason_to_send_is_no_xml(body: bytes) -> None:
    with pytest.raises(NotXml):
        read(body, HERE)


def test_elements_are_limited() -> None:
    with pytest.raises(TooMuch):
        read(HEAD + b"<D:a/>" * ELEMENTS + TAIL, HERE)
    assert read(HEAD + b"<D:a/>" * (ELEMENTS - 1) + TAIL, HERE).resources == ()


@pytest.mark.parametrize("text", ["x" * 200_000, "a &gt; b > c " * 20_000])
def test_a_long_text_is_read(text: str) -> None:
    body = HEAD + b"<D:response><D:href>/cal/</D:href><D:propstat><D:prop><D:displayname>%s</D:displayname></D:prop>"
    answer = read(body % text.encode() + b"</D:propstat></D:response>" + TAIL, HERE)
    assert answer.first().text("{DAV:}displayname") == text.replace("&gt;", ">").strip()


def crowded(calendars: int) -> Dav:
    dav = Dav()
    account(dav)
    listed = (response(f"/cals/{number}/", CALENDAR + EVENTS) for number in range(calendars))
    dav.on("PROPFIND", "/cals/", multistatus(*listed))
    return dav


@pytest.mark.parametrize("calendars", [CALENDARS + 1, 60_000])
async def test_an_account_with_too_many_calendars_is_refused(calendars: int) -> None:
    async with serve(crowded(calendars)) as server, opened(server.url()) as provider:
        with pytest.raises(MemberMustAct) as caught:
            await provider.discover()
    assert (caught.value.cause, caught.value.sentence) == (Cause.TOO_LARGE, f"cloud.test {TOO_MUCH}")


async def test_as_many_as_are_listed_can_be_connected() -> None:
    async with serve(crowded(CALENDARS)) as server, opened(server.url()) as provider:
        assert len((await provider.discover()).calendars) == CALENDARS


async def test_one_of_too_many_can_be_connected_by_its_own_address() -> None:
    dav = crowded(CALENDARS + 1)
    own = CALENDAR + EVENTS + "<D:current-user-principal><D:href>/me/</D:href></D:current-user-principal>"
    dav.on("PROPFIND", "/cals/7/", multistatus(response("/cals/7/", own)))
    async with serve(dav) as server, opened(server.url("/cals/7/")) as provider:
        found = await provider.discover()
        assert [each.remote_id for each in found.calendars] == [server.url("/cals/7/")]


async def test_tokens_in_a_circle_end() -> None:
    dav = Dav()
    collection(dav)
    partial = response("/cals/work/", status=507)

    def listed(asked: Asked) -> bytes:
        return multistatus(partial) if asked.headers["depth"] == "1" else multistatus(response("/cals/work/", CALENDAR))

    dav.on("PROPFIND", "/cals/work/", listed)
    pages = [multistatus(partial, token=f"urn:{number % 2}") for number in range(4)]
    dav.on("REPORT", "/cals/work/", *pages, reply(500))
    async with serve(dav) as server:
        with pytest.raises(TryLater) as caught:
            await fetched(server.url(), server.url("/cals/work/"))
        assert sum(each.method == "REPORT" for each in server.asked) == 3
    assert caught.value.cause is Cause.TRUNCATED
