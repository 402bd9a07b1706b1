"""CalDAV servers that err, cheat or give up half-way."""

import pytest

from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater
from tests.calendars import calendar, event
from tests.fakes.dav import (
    CALENDAR,
    EVENTS,
    Dav,
    account,
    collection,
    data,
    href,
    multistatus,
    reply,
    response,
    wanted,
)
from tests.providers.helpers.caldav import fetched, opened, titles, understood
from tests.security.http.servers import Asked, Server, serve

BOMB = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><a>&b;</a>'
FILE = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hostname">]><a>&a;</a>'
ETAG = '<D:getetag>"1"</D:getetag>'


def lunch(number: int = 1) -> str:
    return calendar(event("Lunch", uid=str(number)), zone="").decode()


async def read(server: Server) -> list[str]:
    return titles(await fetched(server.url(), server.url("/cals/work/")))


async def refused(dav: Dav) -> Failure:
    async with serve(dav) as server, opened(server.url()) as provider:
        with pytest.raises(Failure) as caught:
            await provider.discover()
        return caught.value


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{}",
        "<D:multistatus",
        "<a/>",
        BOMB,
        FILE,
        "<a>" * 100 + "</a>" * 100,
        '<?xml version="1.0" encoding="x"?><a/>',
    ],
    ids=["nothing", "JSON", "cut off", "something else", "bomb", "file", "deep", "encoding"],
)
async def test_what_is_no_proper_answer_is_tried_again_later(body: str) -> None:
    dav = Dav()
    for path in ("/", "/.well-known/caldav", "/remote.php/dav/"):
        dav.on("PROPFIND", path, reply(207, body))
    failure = await refused(dav)
    assert (type(failure), failure.cause) == (TryLater, Cause.UNREADABLE)
    assert "sent an answer we can’t read" in failure.sentence


async def test_a_login_page_is_called_a_web_page() -> None:
    dav = Dav()
    for path in ("/", "/.well-known/caldav", "/remote.php/dav/"):
        dav.on("PROPFIND", path, reply(200, "<!DOCTYPE html><html>Sign in</html>", kind="text/html"))
    failure = await refused(dav)
    assert (type(failure), failure.cause) == (MemberMustAct, Cause.WEB_PAGE)
    assert "cloud.test returned a web page" in failure.sentence


async def test_a_server_without_caldav_is_said_to_have_none() -> None:
    dav = Dav()
    for path in ("/", "/.well-known/caldav", "/remote.php/dav/"):
        dav.on("PROPFIND", path, reply(405))
    failure = await refused(dav)
    assert (type(failure), failure.cause) == (MemberMustAct, Cause.NOT_FOUND)
    assert "has no CalDAV" in failure.sentence


async def test_a_nextcloud_without_its_redirect_is_found_behind_its_web_pages() -> None:
    dav = Dav()
    account(dav)
    dav.on("PROPFIND", "/cloud", reply(200, "<html></html>", kind="text/html"))
    dav.on("PROPFIND", "/.well-known/caldav", reply(404))
    dav.on("PROPFIND", "/cloud/remote.php/dav/", multistatus(response("/x/", href("D:current-user-principal", "/me/"))))
    async with serve(dav) as server, opened(server.url("/cloud")) as provider:
        assert [each.name for each in (await provider.discover()).calendars] == ["work"]
    assert not dav.unexpected


async def test_a_nextcloud_that_refuses_asks_for_its_app_password() -> None:
    dav = Dav()
    dav.on("PROPFIND", "/", reply(401, "", 'WWW-Authenticate: Basic realm="Nextcloud", charset="UTF-8"\r\n'))
    failure = await refused(dav)
    assert failure.sentence == (
        "cloud.test refused the user name or the password. Nextcloud needs an app password here: Settings, Security."
    )


async def test_the_calendar_the_server_files_invitations_in_is_the_one_offered() -> None:
    dav = Dav()
    account(dav)
    inbox = "<D:resourcetype><D:collection/><C:schedule-inbox/></D:resourcetype>"
    dav.on(
        "PROPFIND",
        "/cals/",
        multistatus(
            response("/cals/", "<D:resourcetype><D:collection/></D:resourcetype>"),
            response("/cals/inbox/", inbox + href("C:schedule-default-calendar-URL", "/cals/b/")),
            response("/cals/personal/", CALENDAR + EVENTS),
            response("/cals/b/", f"<D:displayname>Büro</D:displayname>{CALENDAR}{EVENTS}"),
        ),
    )
    async with serve(dav) as server, opened(server.url()) as provider:
        found = await provider.discover()
    assert {each.name: each.primary for each in found.calendars} == {"personal": False, "Büro": True}


async def test_the_addresses_the_owner_is_invited_under_are_trusted() -> None:
    dav = Dav()
    account(dav)
    written = ("mailto:Alice@Example.org", "/me/", "mailto:", "mailto:a@b@c.example")
    addresses = "".join(f"<D:href>{each}</D:href>" for each in written)
    invited = f"<C:calendar-user-address-set>{addresses}</C:calendar-user-address-set>"
    dav.on("PROPFIND", "/me/", multistatus(response("/me/", href("C:calendar-home-set", "/cals/") + invited)))
    async with serve(dav) as server, opened(server.url()) as provider:
        assert (await provider.discover()).addresses == ("alice@example.org",)


async def test_a_shared_calendar_is_read_by_its_address_where_the_account_is_closed() -> None:
    dav = Dav()
    shared = response("/shared/", CALENDAR + EVENTS + href("D:current-user-principal", "/me/"))
    dav.on("PROPFIND", "/shared/", multistatus(shared))
    dav.on("PROPFIND", "/me/", reply(403))
    async with serve(dav) as server, opened(server.url("/shared/")) as provider:
        (found,) = (await provider.discover()).calendars
    assert found.primary


async def test_a_bad_resource_costs_only_itself() -> None:
    dav = Dav()
    collection(dav, ("1.ics", lunch()), ("2.ics", "<html>"), ("3.ics", lunch(3)[:-20]), ("4.ics", lunch(4)))
    async with serve(dav) as server:
        reading = understood(await fetched(server.url(), server.url("/cals/work/")))
    assert [each.event.uid for each in reading.occurrences] == ["1", "4"]
    assert [(each.line, each.skipped) for each in reading.problems] == [(0, True), (0, True)]


async def test_a_resource_that_went_meanwhile_is_not_missed() -> None:
    dav = Dav()
    collection(dav, ("1.ics", lunch()), ("2.ics", lunch(2)))
    gone = multistatus(response("/cals/work/1.ics", data(lunch())), response("/cals/work/2.ics", status=404))
    dav.on("REPORT", "/cals/work/", gone)
    async with serve(dav) as server:
        reading = understood(await fetched(server.url(), server.url("/cals/work/")))
    assert (reading.events_read, reading.problems) == (1, [])


async def test_a_server_that_stumbles_over_one_resource_loses_only_that() -> None:
    dav = Dav()
    collection(dav, *((f"{each}.ics", lunch(each)) for each in range(9)))
    prepared = dav.prepared("REPORT", "/cals/work/")

    def stumbling(asked: Asked) -> bytes:
        return reply(500) if "/cals/work/4.ics" in wanted(asked) else prepared(asked)

    dav.on("REPORT", "/cals/work/", stumbling)
    async with serve(dav) as server:
        reading = understood(await fetched(server.url(), server.url("/cals/work/")))
    assert (reading.events_read, len(reading.problems)) == (8, 1)


async def test_a_server_that_always_stumbles_is_tried_later() -> None:
    dav = Dav()
    collection(dav, *((f"{each}.ics", lunch(each)) for each in range(300)))
    dav.on("REPORT", "/cals/work/", reply(500))
    async with serve(dav) as server:
        with pytest.raises(TryLater):
            await read(server)
        assert len(server.asked) < 100


async def test_an_answer_in_instalments_is_asked_for_the_rest() -> None:
    dav = Dav()
    collection(dav, *((f"{each}.ics", lunch(each)) for each in range(5)))

    def two_at_a_time(asked: Asked) -> bytes:
        return multistatus(*(response(each, data(lunch(int(each[-5])))) for each in wanted(asked)[:2]))

    dav.on("REPORT", "/cals/work/", two_at_a_time)
    async with serve(dav) as server:
        assert len(await read(server)) == 5
        assert sum(each.method == "REPORT" for each in server.asked) == 3


@pytest.mark.parametrize(
    "answer",
    [multistatus(), multistatus(*(response(f"/cals/work/{each}.ics", status=404) for each in range(3)))],
    ids=["nothing", "404"],
)
async def test_a_calendar_whose_content_never_comes_is_not_taken_for_empty(answer: bytes) -> None:
    dav = Dav()
    collection(dav, *((f"{each}.ics", lunch(each)) for each in range(3)))
    dav.on("REPORT", "/cals/work/", answer)
    async with serve(dav) as server:
        with pytest.raises(TryLater) as caught:
            await read(server)
    assert caught.value.cause is Cause.TRUNCATED


def in_pages(dav: Dav, *answers: bytes) -> None:
    """A calendar whose listing is truncated and comes in these pages instead."""
    collection(dav, *((f"{each}.ics", lunch(each)) for each in range(3)))
    prepared = dav.prepared("REPORT", "/cals/work/")
    pages = list(answers)
    here = response("/cals/work/", CALENDAR + EVENTS)
    cut = multistatus(here, response("/cals/work/0.ics", ETAG), response("/cals/work/", status=507))
    dav.on("PROPFIND", "/cals/work/", multistatus(here), cut)

    def report(asked: Asked) -> bytes:
        return pages.pop(0) if b"sync-collection" in asked.body else prepared(asked)

    dav.on("REPORT", "/cals/work/", report)


def page(*names: str, token: str, more: bool) -> bytes:
    ended = [response("/cals/work/", status=507)] if more else []
    return multistatus(*(response(f"/cals/work/{each}.ics", ETAG) for each in names), *ended, token=token)


EXPIRED = reply(403, '<D:error xmlns:D="DAV:"><D:valid-sync-token/></D:error>')


async def test_a_listing_that_is_cut_off_is_continued_to_its_end() -> None:
    dav = Dav()
    in_pages(dav, page("0", "1", token="a", more=True), page("2", token="b", more=False))
    async with serve(dav) as server:
        assert len(await read(server)) == 3
        asked = [each.body for each in server.asked if b"sync-collection" in each.body]
    assert [b"<D:sync-token>a<" in each for each in asked] == [False, True]


async def test_a_token_that_expired_between_two_pages_starts_the_listing_again() -> None:
    dav = Dav()
    again = (page("0", token="b", more=True), page("1", "2", token="c", more=False))
    in_pages(dav, page("0", token="a", more=True), EXPIRED, *again)
    async with serve(dav) as server:
        assert len(await read(server)) == 3


@pytest.mark.parametrize(
    "pages",
    [
        (page("0", token="a", more=True), page("1", token="a", more=True)),
        (page("0", token="", more=True),),
        (EXPIRED,),
        (page("0", token="a", more=True), EXPIRED, page("0", token="b", more=True), EXPIRED),
    ],
    ids=["token repeats", "no token", "unknown at once", "expires again"],
)
async def test_a_listing_that_never_ends_is_refused_and_nothing_of_it_taken(pages: tuple[bytes, ...]) -> None:
    dav = Dav()
    in_pages(dav, *pages)
    async with serve(dav) as server:
        with pytest.raises(TryLater) as caught:
            await read(server)
    assert caught.value.cause is Cause.TRUNCATED


async def test_without_tags_of_the_collection_those_of_its_resources_tell_whether_anything_changed() -> None:
    dav = Dav()
    collection(dav, ("1.ics", lunch()))
    async with serve(dav) as server:
        content = await fetched(server.url(), server.url("/cals/work/"))
        assert content is not None
        assert await fetched(server.url(), server.url("/cals/work/"), content.cursor) is None
        collection(dav, ("1.ics", lunch()), ("2.ics", lunch(2)))
        assert await fetched(server.url(), server.url("/cals/work/"), content.cursor) is not None


async def test_what_is_no_calendar_any_more_is_for_the_member() -> None:
    dav = Dav()
    folder = response("/cals/work/", "<D:resourcetype><D:collection/></D:resourcetype>")
    dav.on("PROPFIND", "/cals/work/", multistatus(folder))
    async with serve(dav) as server:
        with pytest.raises(MemberMustAct) as caught:
            await read(server)
    assert caught.value.cause is Cause.NOT_FOUND


@pytest.mark.parametrize(
    ("status", "kind", "cause"),
    [
        (401, MemberMustAct, Cause.REFUSED),
        (403, MemberMustAct, Cause.REFUSED),
        (404, MemberMustAct, Cause.NOT_FOUND),
        (410, MemberMustAct, Cause.NOT_FOUND),
        (429, TryLater, Cause.BUSY),
        (500, TryLater, Cause.SERVER_ERROR),
        (503, TryLater, Cause.SERVER_ERROR),
    ],
)
async def test_every_refusal_says_who_can_act(status: int, kind: type[Failure], cause: Cause) -> None:
    dav = Dav()
    dav.on("PROPFIND", "/cals/work/", reply(status, "secret words", "Retry-After: 90\r\n"))
    async with serve(dav) as server:
        with pytest.raises(kind) as caught:
            await read(server)
    assert caught.value.cause is cause
    assert caught.value.sentence.startswith("cloud.test ")
    assert "secret words" not in f"{caught.value} {caught.value.sentence} {caught.value.detail}"
    if isinstance(caught.value, TryLater):
        assert caught.value.retry_after is not None
        assert caught.value.retry_after.total_seconds() == 90
