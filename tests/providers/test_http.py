"""What an HTTP answer means, for every provider."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest

from oncall_ui.domain.imports.failures import Cause, MemberMustAct, TryLater
from providers.base import TURN
from providers.http import busy, failure_for, garbled, parse, server_error, too_large

BY_STATUS = {403: (Cause.REFUSED, "{name} says no ({status}).")}
OTHERWISE = (Cause.NOT_FOUND, "{name} has nothing here ({status}).")


def answer(status: int, retry_after: str = "") -> httpx.Response:
    return httpx.Response(status, headers={"Retry-After": retry_after} if retry_after else {})


def test_a_status_with_words_of_its_own_is_for_the_member() -> None:
    failure = failure_for(answer(403), "cal.test", BY_STATUS)
    assert isinstance(failure, MemberMustAct)
    assert (failure.cause, failure.sentence, failure.detail) == (Cause.REFUSED, "cal.test says no (403).", "HTTP 403")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_trouble_of_the_server_is_waited_for_whatever_else_is_said(status: int) -> None:
    failure = failure_for(answer(status, "90"), "cal.test", BY_STATUS, OTHERWISE, detail="its own words")
    assert isinstance(failure, TryLater)
    assert (failure.retry_after, failure.detail) == (timedelta(seconds=90), "its own words")
    assert failure.sentence.startswith("cal.test ") and f"({status})" in failure.sentence


@pytest.mark.parametrize("status", [101, 204, 205, 206, 207, 300, 302, 304])
def test_a_success_nobody_asked_for_is_never_the_members(status: int) -> None:
    failure = failure_for(answer(status, "90"), "cal.test", BY_STATUS, OTHERWISE)
    assert isinstance(failure, TryLater)
    assert failure.sentence.startswith("cal.test ") and f"({status})" in failure.sentence
    assert failure.retry_after == timedelta(seconds=90)


@pytest.mark.parametrize("status", [400, 406, 418])
def test_any_other_status_is_for_the_member_only_where_there_are_words_for_it(status: int) -> None:
    known = failure_for(answer(status), "cal.test", BY_STATUS, OTHERWISE)
    assert isinstance(known, MemberMustAct) and known.sentence == f"cal.test has nothing here ({status})."
    assert isinstance(failure_for(answer(status), "cal.test", BY_STATUS), TryLater)


def test_each_kind_of_failure_has_its_cause() -> None:
    assert busy(answer(403), "x").cause is Cause.BUSY
    assert server_error(answer(503), "x").cause is Cause.SERVER_ERROR
    assert garbled("x", "no JSON").cause is Cause.SERVER_ERROR
    assert garbled("x", "no XML", Cause.UNREADABLE).cause is Cause.UNREADABLE
    assert too_large("x", "is larger than 1 MB").cause is Cause.TOO_LARGE


@pytest.mark.parametrize("size", [1, 100_000])
async def test_bodies_of_any_size_are_parsed_alike(size: int) -> None:
    response = httpx.Response(200, content=b"x" * size)
    assert await parse(response, len) == size
    with pytest.raises(ValueError, match="broken"):
        await parse(response, _break)


@pytest.mark.parametrize(("size", "turns"), [(1, 0), (65_535, 0), (65_536, 1)])
async def test_a_large_body_is_parsed_in_a_turn(size: int, turns: int) -> None:
    taken: list[str] = []

    @asynccontextmanager
    async def turn() -> AsyncIterator[None]:
        taken.append("begun")
        yield
        taken.append("done")

    def parser(body: bytes) -> int:
        assert len(taken) == turns, "inside it"
        return len(body)

    response = httpx.Response(200, content=b"x" * size, extensions={TURN: turn})
    assert await parse(response, parser) == size
    assert taken == ["begun", "done"] * turns


def _break(body: bytes) -> int:
    raise ValueError("broken")
