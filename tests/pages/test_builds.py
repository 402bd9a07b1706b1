"""Pages are built a few at a time, in the order they came; a slow one holds up nobody."""

import asyncio

import pytest

from pages import builds


async def test_the_first_is_ready_before_the_last_begins() -> None:
    said: list[str] = []

    async def build(number: int) -> None:
        async with builds.place():
            said.append(f"begins {number}")
            for _ in range(3):
                await asyncio.sleep(0)
            said.append(f"ready {number}")

    await asyncio.gather(*map(build, range(40)))

    assert [each for each in said if each.startswith("ready")] == [f"ready {number}" for number in range(40)]
    for number in range(40 - builds.AT_ONCE):
        assert said.index(f"ready {number}") < said.index(f"begins {number + builds.AT_ONCE}")


async def test_who_waits_for_something_slow_gives_the_place_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builds, "HOLD_SECONDS", 0.01)
    answer = asyncio.Event()
    began = 0

    async def build() -> None:
        nonlocal began
        async with builds.place():
            began += 1
            await answer.wait()

    slow = [asyncio.create_task(build()) for _ in range(3 * builds.AT_ONCE)]
    while began < len(slow):
        await asyncio.sleep(0)
    answer.set()
    await asyncio.gather(*slow)

    # Each place was given back once: no more than so many at a time, as before.
    monkeypatch.setattr(builds, "HOLD_SECONDS", 60)
    answer.clear()
    began, later = 0, [asyncio.create_task(build()) for _ in range(3 * builds.AT_ONCE)]
    for _ in range(10):
        await asyncio.sleep(0)
    assert began == builds.AT_ONCE
    answer.set()
    await asyncio.gather(*later)


async def test_a_page_that_fails_or_is_given_up_frees_its_place() -> None:
    async def fail() -> None:
        async with builds.place():
            raise LookupError

    async def wait() -> None:
        async with builds.place():
            await asyncio.Event().wait()

    given_up = [asyncio.create_task(wait()) for _ in range(3 * builds.AT_ONCE)]
    await asyncio.sleep(0)
    for each in given_up:
        each.cancel()
    await asyncio.gather(*given_up, return_exceptions=True)
    await asyncio.gather(*(fail() for _ in range(3 * builds.AT_ONCE)), return_exceptions=True)

    async with asyncio.timeout(0.5):
        await asyncio.gather(*(_at_once() for _ in range(builds.AT_ONCE)))


async def _at_once() -> None:
    async with builds.place():
        pass
