"""Work in processes that can be killed: real processes, really killed."""

import asyncio
import os
import time
from collections.abc import Callable, Iterator

import pytest

from oncall_ui.domain.imports.failures import Cause, Unreadable
from oncall_ui.worker import Workers

pytestmark = pytest.mark.slow

Counted = Callable[[int], None]


def add(left: int, right: int, counted: Counted) -> int:
    counted(left + right)
    return left + right


def count_slowly(counted: Counted) -> str:
    for number in range(1, 6):
        counted(number * 100)
        time.sleep(0.25)
    return "done"


def never_end(counted: Counted) -> None:
    while True:
        counted(1)


def eat_memory(counted: Counted) -> int:
    eaten = []
    while True:
        eaten.append(bytearray(50_000_000))


def end_the_process(counted: Counted) -> None:
    os._exit(1)


def refuse(counted: Counted) -> None:
    raise Unreadable(Cause.WEB_PAGE, "This is a web page.", detail="text/html")


@pytest.fixture(scope="module")
def small() -> Iterator[Workers]:
    workers = Workers(processes=1, seconds=3, memory_mb=600)
    yield workers
    workers.stop()


async def test_work_is_done_in_another_process(small: Workers) -> None:
    assert await small.run(add, 2, 3) == 5


async def test_progress_arrives_while_it_works(small: Workers) -> None:
    seen: list[int] = []
    assert await small.run(count_slowly, counted=seen.append) == "done"
    assert seen == sorted(seen) and len(set(seen)) > 2 and seen[-1] == 500


async def test_work_that_never_ends_is_ended_and_the_loop_stays_free(small: Workers) -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.05)
            ticks += 1

    ticking = asyncio.create_task(tick())
    with pytest.raises(Unreadable) as caught:
        await small.run(never_end)
    ticking.cancel()
    assert "time" in caught.value.sentence
    assert ticks > 20
    assert await small.run(add, 1, 1) == 2, "the next call has a process of its own"


async def test_work_that_eats_memory_costs_only_itself(small: Workers) -> None:
    with pytest.raises(Unreadable) as caught:
        await small.run(eat_memory)
    assert "memory" in caught.value.sentence
    assert await small.run(add, 1, 1) == 2


async def test_a_process_that_dies_is_reported_and_replaced(small: Workers) -> None:
    with pytest.raises(Unreadable):
        await small.run(end_the_process)
    assert await small.run(add, 1, 1) == 2


async def test_a_failure_crosses_from_the_worker_whole(small: Workers) -> None:
    with pytest.raises(Unreadable) as caught:
        await small.run(refuse)
    failure = caught.value
    assert (failure.cause, failure.sentence, failure.detail) == (Cause.WEB_PAGE, "This is a web page.", "text/html")
