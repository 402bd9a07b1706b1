"""Calls that ask the app for something on their way: replies, failures, turns, and which time counts."""

import asyncio
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from oncall_ui.domain.imports.failures import Cause, TryLater, Unreadable
from oncall_ui.worker import Link, Workers

pytestmark = pytest.mark.slow

BUSY = TryLater(Cause.BUSY, "cal.test is busy.", detail="HTTP 429", retry_after=timedelta(minutes=7))


def ask_twice_at_once(link: Link) -> list[bytes]:
    async def work() -> list[bytes]:
        return list(await asyncio.gather(link.ask("double", b"a" * 700_000), link.ask("double", b"b")))

    return link.run(work())


def ask_and_say_why_not(link: Link) -> tuple[str, timedelta | None]:
    async def work() -> tuple[str, timedelta | None]:
        try:
            await link.ask("refuse")
        except TryLater as failure:
            return failure.sentence, failure.retry_after
        return "", None

    return link.run(work())


def pass_on_why_not(link: Link) -> None:
    link.run(link.ask("refuse"))


def ask(link: Link) -> object:
    return link.run(link.ask("answer"))


def compute_in_turn(seconds: float, link: Link) -> str:
    async def work() -> str:
        link.tell("before")
        async with link.turn():
            link.tell("inside")
            time.sleep(seconds)
            link.tell("outside")
        link.counted(1)
        await link.ask("after")
        return "done"

    return link.run(work())


@pytest.fixture(scope="module")
def one() -> Iterator[Workers]:
    workers = Workers(processes=1, seconds=60)
    yield workers
    workers.stop()


@pytest.fixture
def hasty() -> Iterator[Workers]:
    workers = Workers(processes=1, seconds=1)
    yield workers
    workers.stop()


async def refuse() -> None:
    raise BUSY


async def nothing() -> None:
    pass


async def test_replies_reach_who_asked_whatever_their_size(one: Workers) -> None:
    async def double(value: bytes) -> bytes:
        return value * 2

    assert await one.converse(ask_twice_at_once, served={"double": double}) == [b"a" * 1_400_000, b"bb"]


async def test_a_failure_arrives_with_the_wait_it_asks_for(one: Workers) -> None:
    served = {"refuse": refuse}
    assert await one.converse(ask_and_say_why_not, served=served) == (BUSY.sentence, BUSY.retry_after)
    with pytest.raises(TryLater) as caught:
        await one.converse(pass_on_why_not, served=served)
    assert (caught.value.sentence, caught.value.retry_after) == (BUSY.sentence, BUSY.retry_after)


async def test_an_error_of_ours_ends_the_call_and_is_raised_as_it_is(one: Workers) -> None:
    class OfOurs(Exception):
        """Can't be pickled: it is local."""

    async def answer() -> None:
        raise OfOurs

    with pytest.raises(OfOurs):
        await one.converse(ask, served={"answer": answer})


async def test_few_calls_compute_at_once_while_any_number_waits(one: Workers) -> None:
    inside, most, asked = 0, 0, asyncio.Event()
    waiting = 0

    async def began() -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)

    async def left() -> None:
        nonlocal inside
        inside -= 1

    async def after() -> None:
        nonlocal waiting
        waiting += 1
        if waiting == 3:
            asked.set()
        await asked.wait()  # all three have a process now, and none of them a place

    served = {"before": nothing, "inside": began, "outside": left, "after": after}
    calls = [one.converse(compute_in_turn, 0.1, served=served) for _ in range(3)]
    assert await asyncio.gather(*calls) == ["done"] * 3
    assert most == 1
    assert await one.run(_answer) == 1, "every place was given back"


async def test_the_time_spent_waiting_for_us_does_not_count(hasty: Workers) -> None:
    async def answer() -> str:
        await asyncio.sleep(2)
        return "late"

    assert await hasty.converse(ask, served={"answer": answer}) == "late"


async def test_computing_for_too_long_ends_the_call_and_gives_its_place_back(hasty: Workers) -> None:
    served = {"before": nothing, "inside": nothing, "outside": nothing, "after": nothing}
    with pytest.raises(Unreadable) as caught:
        await hasty.converse(compute_in_turn, 30, served=served)
    assert caught.value.cause is Cause.TOO_LARGE
    assert await hasty.converse(compute_in_turn, 0, served=served) == "done"


async def test_a_call_that_is_cancelled_while_it_holds_a_place_gives_it_back(one: Workers) -> None:
    began = asyncio.Event()

    async def inside() -> None:
        began.set()

    served = {"before": nothing, "inside": inside, "outside": nothing, "after": nothing}
    call = asyncio.create_task(one.converse(compute_in_turn, 30, served=served))
    await began.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await one.converse(compute_in_turn, 0, served=served) == "done"


def _answer(counted: object) -> int:
    return 1
