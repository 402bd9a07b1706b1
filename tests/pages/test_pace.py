"""Pages that show changes draw at once while it is little, and then take turns that leave time to everything else."""

import asyncio
from time import perf_counter, sleep

import pytest

from oncall_ui.app import App
from oncall_ui.hub import MemberChanged
from pages import pace
from pages.builds import place
from pages.pace import Pace, pace_of
from pages.refresh import LiveView, Wanted
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import until
from tests.pages.simulation import settled

TOOK = 0.02


async def drawn(turns: Pace, number: int) -> float:
    """Seconds that drawing so often takes."""

    async def draw() -> None:
        async with turns.turn():
            sleep(TOOK)

    began_at = perf_counter()
    await asyncio.gather(*(draw() for _ in range(number)))
    return perf_counter() - began_at


async def test_once_the_store_is_used_up_drawing_leaves_most_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "AT_ONCE_SECONDS", 3 * TOOK)
    # After the third the store is empty: the ten that follow take four times as long.
    assert await drawn(Pace(), 13) > 4 * 9 * TOOK


async def test_between_two_pages_others_have_their_turn() -> None:
    turns, log = Pace(), list[str]()

    async def draw() -> None:
        async with turns.turn():
            log.append("drawn")
            asyncio.get_running_loop().call_soon(log.append, "sent")

    await asyncio.gather(*(draw() for _ in range(3)))
    assert log[:5] == ["drawn", "sent"] * 2 + ["drawn"]


async def test_one_that_fails_or_is_given_up_keeps_nobody_waiting() -> None:
    turns = Pace()
    with pytest.raises(ValueError, match="no"):
        async with turns.turn():
            raise ValueError("no")
    async with turns.turn():
        waiting = asyncio.create_task(drawn(turns, 1))
        await asyncio.sleep(0)
        waiting.cancel()
    assert await asyncio.wait_for(drawn(turns, 1), 30) > 0


async def test_a_page_that_opens_waits_for_no_turn(browser: Browser, app: App, alice: Person) -> None:
    """Those that show a change do."""
    turns, read, shown = pace_of(app), list[int](), list[int]()
    user = await browser(alice)
    await user.open("/help")

    def count(_: Wanted) -> int:
        read.append(0)
        return len(read)

    with user:
        view = LiveView(app, alice.me, count, shown.append)
    async with turns.turn():
        await view.first()
        assert shown == [1]
        app.hub.publish(MemberChanged(alice.id))
        await until(lambda: len(read) == 2)
        await asyncio.sleep(0)
        assert shown == [1]
    await settled(app.hub)
    assert shown == [1, 2]


async def test_once_half_the_store_is_gone_pages_that_open_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "AT_ONCE_SECONDS", 100 * TOOK)
    monkeypatch.setattr(pace, "GIVE_WAY_SECONDS", 60)
    turns, opened = Pace(), asyncio.Event()

    async def open_one() -> None:
        async with place():
            await opened.wait()

    opening = asyncio.create_task(open_one())
    await asyncio.sleep(0)
    assert await asyncio.wait_for(drawn(turns, 1), 30) > 0, "little has been drawn"
    turns._left = 49 * TOOK
    waiting = asyncio.create_task(drawn(turns, 1))
    await asyncio.sleep(5 * TOOK)
    assert not waiting.done()
    opened.set()
    assert await asyncio.wait_for(waiting, 30) > 0
    await opening


async def test_pages_that_go_on_opening_hold_up_each_change_a_moment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "AT_ONCE_SECONDS", 0)
    monkeypatch.setattr(pace, "GIVE_WAY_SECONDS", TOOK)
    async with place():
        assert await asyncio.wait_for(drawn(Pace(), 2), 30) > 3 * TOOK
