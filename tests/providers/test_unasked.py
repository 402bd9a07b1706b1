"""Answers that no request asks for, from every kind of server: tried again, never taken for an empty calendar."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater
from oncall_ui.security.http.client import AllowedHosts, GuardedHttp
from providers import PRODUCTS
from providers.base import Content, Product, Provider
from providers.caldav import PRODUCT as CALDAV
from providers.ics import PRODUCT as ICS
from tests.fakes.dav import EVENTS, multistatus, reply, response
from tests.providers.helpers.case import BERLIN, WINDOW
from tests.security.http.servers import Answer, Server, here, ok, redirect, serve

UNASKED = (101, 201, 202, 203, 204, 205, 206, 207, 226, 300, 301, 302, 304, 305)


@pytest.fixture(scope="module")
def http() -> GuardedHttp:
    """Every name is this machine, and one of them is allowed."""
    return GuardedHttp(AllowedHosts.parse("cloud.test"), resolve=here)


def bare(status: int, headers: str = "") -> bytes:
    return f"HTTP/1.1 {status} Odd\r\nConnection: close\r\nContent-Length: 0\r\n{headers}\r\n".encode()


@asynccontextmanager
async def provider_at(http: GuardedHttp, product: Product, server: Server) -> AsyncIterator[Provider]:
    """With credentials for every kind of product; each takes its own."""
    url = server.url()
    credentials = {"url": url, "user": "ann", "password": "hunter2", "api_url": url, "userinfo_url": url, "scope": ""}
    async with http.client() as client:
        yield product.open(client, credentials)


async def fetched(http: GuardedHttp, product: Product, answer: Answer) -> Content | None:
    async with serve(answer) as server, provider_at(http, product, server) as provider:
        remote_id = server.url("/cals/work/") if product is CALDAV else "work"
        return await provider.fetch(remote_id, WINDOW, {}, lambda _share, _events=0: None)


async def failure_of(http: GuardedHttp, product: Product, answer: Answer) -> Failure:
    """Of fetching, or of interpreting what was fetched."""
    with pytest.raises(Failure) as caught:
        content = await fetched(http, product, answer)
        assert content is not None
        product.interpret(content.parts, WINDOW, BERLIN, None, lambda _count: None)
    return caught.value


@pytest.mark.parametrize("status", UNASKED)
@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.key)
async def test_a_status_nobody_asked_for_is_tried_later(http: GuardedHttp, product: Product, status: int) -> None:
    failure = await failure_of(http, product, bare(status, "Retry-After: 90\r\n"))
    assert isinstance(failure, TryLater)
    assert failure.cause in {Cause.SERVER_ERROR, Cause.UNREADABLE}


@pytest.mark.parametrize(
    "body", [b"", b"It works!", b"<html>Maintenance</html>", b"[]", b"{}", b'{"status": "maintenance"}']
)
@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.key)
async def test_a_success_without_a_calendar_in_it_is_not_for_the_member(
    http: GuardedHttp, product: Product, body: bytes
) -> None:
    failure = await failure_of(http, product, ok(body))
    assert not isinstance(failure, MemberMustAct)


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.key)
async def test_a_circle_of_redirects_is_tried_later(http: GuardedHttp, product: Product) -> None:
    failure = await failure_of(http, product, redirect("/here"))
    assert (type(failure), failure.cause) == (TryLater, Cause.REDIRECT_LOOP)
    assert failure.sentence == "cloud.test redirects too many times."


async def test_not_modified_says_what_was_asked_for(http: GuardedHttp) -> None:
    failure = await failure_of(http, ICS, bare(304))
    assert failure.sentence == "cloud.test said that nothing has changed (304), although we asked for everything."


@pytest.mark.parametrize(
    "answer",
    [
        multistatus(),
        multistatus(response("/cals/work/", status=503)),
        multistatus(response("/cals/work/", EVENTS)).replace(b" 207 ", b" 204 ", 1),
    ],
    ids=["nothing", "503", "204"],
)
async def test_caldav_that_does_not_speak_of_the_calendar_does_not_make_it_gone(
    http: GuardedHttp, answer: bytes
) -> None:
    assert isinstance(await failure_of(http, CALDAV, answer), TryLater)


@pytest.mark.parametrize("answer", [ok(b"Radicale works!"), ok(b""), bare(204)], ids=["words", "nothing", "204"])
async def test_a_server_that_answers_without_caldav_has_none(http: GuardedHttp, answer: bytes) -> None:
    async with serve(answer) as server, provider_at(http, CALDAV, server) as provider:
        with pytest.raises(MemberMustAct) as caught:
            await provider.discover()
    assert caught.value.cause is Cause.NOT_FOUND
    assert caught.value.sentence.startswith("cloud.test has no CalDAV at this address.")


async def test_an_early_hint_is_no_answer(http: GuardedHttp) -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
    assert await fetched(http, ICS, early + ok(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")) is not None


async def test_a_web_page_in_place_of_a_caldav_calendar_is_tried_later(http: GuardedHttp) -> None:
    failure = await failure_of(http, CALDAV, reply(200, "<!DOCTYPE html><html>Back soon</html>", kind="text/html"))
    assert isinstance(failure, TryLater)
    assert failure.cause is Cause.WEB_PAGE
