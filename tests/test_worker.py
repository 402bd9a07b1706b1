"""Calls in processes of their own: results, failures, progress, limits, places. `test_worker_faults` kills them."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from oncall_ui.domain.imports.failures import Cause, Unreadable
from oncall_ui.worker import Workers
from oncall_ui.worker.calls import Call

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


def eat_memory(size: int, counted: Counted) -> int:
    eaten = []
    while True:
        eaten.append(bytearray(size))


def measure(data: bytes, counted: Counted) -> int:
    return len(data)


def wait_for(path: Path, counted: Counted) -> str:
    """Counts 1 when it runs, and waits until `path` exists."""
    counted(1)
    while not path.exists():
        time.sleep(0.01)
    return "waited"


def sleep(seconds: float, counted: Counted) -> None:
    time.sleep(seconds)


def answer_much(counted: Counted) -> bytes:
    return bytes(64 * 1024 * 1024)


def return_what_cannot_travel(counted: Counted) -> object:
    return lambda: None


def refuse(counted: Counted) -> None:
    raise Unreadable(Cause.WEB_PAGE, "This is a web page.", detail="text/html")


def time_out(counted: Counted) -> None:
    raise TimeoutError("of the work itself")


class Awkward(Exception):
    """Can be pickled, but not unpickled."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(one + two)


def fail_awkwardly(counted: Counted) -> None:
    raise Awkward("a", "b")


@pytest.fixture(scope="module")
def small() -> Iterator[Workers]:
    workers = Workers(processes=1, seconds=60, memory_mb=600)
    yield workers
    workers.stop()


@pytest.fixture
def hasty() -> Iterator[Workers]:
    workers = Workers(processes=1, seconds=4)
    yield workers
    workers.stop()


async def test_work_is_done_in_another_process(small: Workers) -> None:
    assert await small.run(add, 2, 3) == 5


async def test_a_large_calendar_arrives_whole(small: Workers) -> None:
    assert await small.run(measure, bytes(20_000_000)) == 20_000_000


async def test_progress_arrives_while_it_works(small: Workers) -> None:
    seen: list[int] = []
    assert await small.run(count_slowly, counted=seen.append) == "done"
    assert seen == sorted(seen) and len(set(seen)) > 2 and seen[-1] == 500


async def test_the_last_count_arrives_however_quick_the_call(small: Workers) -> None:
    seen: list[int] = []
    await small.run(add, 2, 3, counted=seen.append)
    assert seen[-1] == 5


async def test_work_that_never_ends_is_ended_and_the_loop_stays_free(hasty: Workers) -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.05)
            ticks += 1

    ticking = asyncio.create_task(tick())
    with pytest.raises(Unreadable) as caught:
        await hasty.run(never_end)
    ticking.cancel()
    assert caught.value.cause is Cause.TOO_LARGE and "more time to read" in caught.value.sentence
    assert ticks > 20
    assert await hasty.run(add, 1, 1) == 2, "the next call has a process of its own"


@pytest.mark.parametrize("size", [50_000_000, 1_000])
async def test_work_that_eats_memory_costs_only_itself(small: Workers, size: int) -> None:
    with pytest.raises(Unreadable) as caught:
        await small.run(eat_memory, size)
    assert caught.value.cause is Cause.TOO_LARGE and "more memory to read" in caught.value.sentence
    assert await small.run(add, 1, 1) == 2


async def test_a_calendar_larger_than_the_memory_is_too_large(small: Workers) -> None:
    with pytest.raises(Unreadable, match="memory"):
        await small.run(measure, bytes(700_000_000))


async def test_the_time_of_a_call_counts_from_when_it_runs(hasty: Workers) -> None:
    await asyncio.gather(*(hasty.run(sleep, 1.5) for _ in range(3)))


async def test_as_many_calls_run_at_once_as_there_are_places(tmp_path: Path) -> None:
    workers, running = Workers(processes=3), list[int]()
    try:
        calls = [asyncio.create_task(workers.run(wait_for, tmp_path / "go", counted=running.append)) for _ in range(4)]
        async with asyncio.timeout(60):
            while len(running) < 3:
                await asyncio.sleep(0.02)
        assert await workers.answers(60)
        assert len(running) == 3, "the fourth waits, although there was time to fork a process"
        (tmp_path / "go").touch()
        assert await asyncio.gather(*calls) == ["waited"] * 4
    finally:
        workers.stop()


async def test_a_failure_crosses_from_the_worker_whole(small: Workers) -> None:
    with pytest.raises(Unreadable) as caught:
        await small.run(refuse)
    failure = caught.value
    assert (failure.cause, failure.sentence, failure.detail) == (Cause.WEB_PAGE, "This is a web page.", "text/html")


async def test_an_unexpected_error_arrives_with_its_traceback(small: Workers) -> None:
    with pytest.raises(TimeoutError, match="of the work itself") as caught:
        await small.run(time_out)
    assert "in time_out" in caught.value.__notes__[0]


async def test_an_error_that_cannot_travel_is_named(small: Workers) -> None:
    with pytest.raises(RuntimeError, match="Awkward in a worker process"):
        await small.run(fail_awkwardly)
    with pytest.raises(Exception, match="pickle"):
        await small.run(return_what_cannot_travel)


async def test_a_large_answer_leaves_the_loop_its_turns(small: Workers) -> None:
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    turning = asyncio.create_task(turn())
    assert len(await small.run(answer_much)) == 64 * 1024 * 1024
    turning.cancel()
    assert turns >= 64


async def test_it_answers_while_every_place_is_taken(small: Workers, tmp_path: Path) -> None:
    busy = [asyncio.create_task(small.run(wait_for, tmp_path / "go")) for _ in range(3)]
    await asyncio.sleep(0)
    assert await small.answers(60)
    (tmp_path / "go").touch()
    await asyncio.gather(*busy)


async def test_one_probe_answers_everybody_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    workers = Workers(processes=1)
    fork, forked = workers._server.fork, list[str]()

    def counting(module: str) -> Call:
        forked.append(module)
        return fork(module)

    monkeypatch.setattr(workers._server, "fork", counting)
    try:
        assert await asyncio.gather(*(workers.answers(30) for _ in range(20))) == [True] * 20
        assert await workers.answers(30)
    finally:
        workers.stop()
    assert len(forked) == 1


def test_threads_with_loops_of_their_own_share_it(small: Workers) -> None:
    sums: list[int] = []

    async def several() -> list[int]:
        return await asyncio.gather(*(small.run(add, 1, number) for number in range(8)))

    threads = [threading.Thread(target=lambda: sums.extend(asyncio.run(several()))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sums) == sorted([*range(1, 9)] * 3)
