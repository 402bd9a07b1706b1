"""CalDAV answers with bytes that XML or iCalendar forbid."""

import pytest

from oncall_ui.domain.imports.failures import Cause, TryLater
from tests.fakes.dav import (
    Dav,
    collection,
    one_by_one,
    reply,
    wanted,
)
from tests.providers.helpers.bent import WORK, lunch, multiget, raw, read
from tests.providers.helpers.caldav import fetched, understood
from tests.security.http.servers import Asked, serve


@pytest.mark.parametrize(
    "bad",
    [
        b"Din\x0bner",
        b"Din&#11;ner",
        b"Din&#xB;ner",
        b"Din&#x0000b;ner",
        b"Din\x00ner",
        b"Din&#0;ner",
        b"Din&#xD800;ner",
    ],
)
async def test_a_control_character_in_one_event_costs_nothing(bad: bytes) -> None:
    dav = Dav()
    collection(dav, ("1.ics", lunch()), ("2.ics", lunch(2)))
    second = lunch(2, "Dinner").encode().replace(b"Dinner", bad)
    dav.on("REPORT", WORK, raw(multiget(lunch().encode(), second)))
    async with serve(dav) as server:
        assert await read(server) == ["Lunch", "Din ner"]


async def test_a_control_character_at_the_start_of_a_line_folds_nothing() -> None:
    dav = Dav()
    collection(dav, ("1.ics", lunch()))
    dav.on("REPORT", WORK, raw(multiget(lunch().encode().replace(b"SUMMARY", b"&#11;SUMMARY"))))
    async with serve(dav) as server:
        assert await read(server) == ["Lunch"]


async def test_bytes_that_are_not_utf_8_cost_no_event() -> None:
    dav = Dav()
    collection(dav, ("1.ics", lunch()), ("2.ics", lunch(2)))
    dav.on("REPORT", WORK, raw(multiget(lunch().encode(), lunch(2).encode().replace(b"Lunch", b"B\xfcro"))))
    async with serve(dav) as server:
        assert await read(server) == ["Lunch", "B\ufffdro"]


async def test_broken_xml_of_one_resource_costs_only_that_one() -> None:
    dav = Dav()
    collection(dav, *((f"{each}.ics", lunch(each)) for each in range(9)))
    prepared = dav.prepared("REPORT", WORK)

    def unescaped(asked: Asked) -> bytes:
        return raw(multiget(b"<D:b & c")) if f"{WORK}4.ics" in wanted(asked) else prepared(asked)

    dav.on("REPORT", WORK, unescaped)
    dav.on("GET", f"{WORK}4.ics", reply(406))
    async with serve(dav) as server:
        reading = understood(await fetched(server.url(), server.url(WORK)))
    assert (reading.events_read, [each.skipped for each in reading.problems]) == (8, [True])


async def test_a_resource_that_only_the_multiget_breaks_is_read_by_itself() -> None:
    dav = Dav()
    collection(dav, ("1.ics", lunch()), ("2.ics", lunch(2)))
    dav.on("REPORT", WORK, raw(b"<D:multistatus"))
    one_by_one(dav, ("1.ics", lunch()), ("2.ics", lunch(2, "Dinner")))
    async with serve(dav) as server:
        assert await read(server) == ["Lunch", "Dinner"]


@pytest.mark.parametrize("before", [b"\n", b"  \r\n\t", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
async def test_white_space_before_the_declaration_is_passed_over(before: bytes) -> None:
    dav = Dav()
    collection(dav, ("1.ics", lunch()))
    dav.on("REPORT", WORK, raw(multiget(lunch().encode(), before=before)))
    async with serve(dav) as server:
        assert await read(server) == ["Lunch"]


@pytest.mark.parametrize("before", [b"", b"\x0b"])
async def test_what_is_repaired_still_has_no_entities(before: bytes) -> None:
    dav = Dav()
    collection(dav, ("1.ics", lunch()))
    bomb = b'<!DOCTYPE a [<!ENTITY a "ha">]>' + multiget(b"&a;", before=before).partition(b"?>")[2]
    dav.on("REPORT", WORK, raw(bomb))
    dav.on("GET", f"{WORK}1.ics", reply(406))
    async with serve(dav) as server:
        with pytest.raises(TryLater) as caught:
            await read(server)
    assert caught.value.cause is Cause.TRUNCATED
