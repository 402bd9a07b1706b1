"""Many open pages of a schedule read it once, and each asks for itself whether its member may see it.

Those that open at once ask together who they belong to.
"""

import asyncio
from collections.abc import Mapping
from threading import Event
from time import perf_counter

import pytest

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.errors import NotAllowed
from oncall_ui.services.schedules.access import set_access
from pages import shared_reading
from pages.refresh import Wanted
from pages.schedules.board.reading import Reading
from pages.shared_reading import PATIENCE_SECONDS, AskedTogether, SharedReading
from tests.conftest import Person
from tests.services.helpers.schedules import keep_schedule, participant_of, publish_by_hand


async def test_one_reading_serves_all_who_asked_before_it_began() -> None:
    shared, readings = SharedReading[int](), list[int]()

    def read() -> int:
        readings.append(0)
        return len(readings)

    asked_at = perf_counter()
    assert await asyncio.gather(*(shared.get(asked_at, read) for _ in range(5))) == [1] * 5
    assert await shared.get(asked_at, read) == 1
    assert await shared.get(perf_counter(), read) == 2


async def test_what_could_not_be_read_is_read_again() -> None:
    shared = SharedReading[int]()

    def fail() -> int:
        raise OSError

    asked_at = perf_counter()
    with pytest.raises(OSError):
        await shared.get(asked_at, fail)
    assert await shared.get(asked_at, lambda: 7) == 7


class Answers:
    """How the questions come, one list each; those about `slow` take until `may_end`."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.may_end = Event()

    def __call__(self, asked: Mapping[str, int]) -> Mapping[str, int]:
        self.asked.append(sorted(asked))
        if "slow" in asked:
            assert self.may_end.wait(30)
        return {key: value + 1 for key, value in asked.items() if key != "unknown"}


async def test_those_who_ask_in_the_same_turn_share_a_question() -> None:
    answers = Answers()
    together = AskedTogether[str, int, int](answers)
    found = await asyncio.gather(*(together.ask(key, number) for number, key in enumerate(("b", "a", "unknown"))))
    assert found == [1, 2, None]
    assert answers.asked == [["a", "b", "unknown"]]


async def test_who_comes_while_a_question_is_out_is_asked_about_next_with_all_who_came(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shared_reading, "PATIENCE_SECONDS", 60)
    answers = Answers()
    together = AskedTogether[str, int, int](answers)
    first = asyncio.create_task(together.ask("slow", 1))
    while not answers.asked:
        await asyncio.sleep(0)
    others = [asyncio.create_task(together.ask(key, 1)) for key in ("a", "b")]
    await asyncio.sleep(0.05)
    others.append(asyncio.create_task(together.ask("c", 1)))
    answers.may_end.set()
    assert await asyncio.gather(first, *others) == [2] * 4
    assert answers.asked == [["slow"], ["a", "b", "c"]]


async def test_a_question_that_takes_long_holds_up_no_other() -> None:
    answers = Answers()
    together = AskedTogether[str, int, int](answers)
    first = asyncio.create_task(together.ask("slow", 1))
    while not answers.asked:
        await asyncio.sleep(0)
    began = perf_counter()
    assert await together.ask("a", 1) == 2
    assert perf_counter() - began >= PATIENCE_SECONDS
    assert not first.done()
    answers.may_end.set()
    assert await first == 2


async def test_a_question_that_fails_is_asked_again() -> None:
    fails = [OSError("gone")]

    def answer(asked: Mapping[str, int]) -> Mapping[str, int]:
        if fails:
            raise fails.pop()
        return dict(asked)

    together = AskedTogether[str, int, int](answer)
    with pytest.raises(OSError, match="gone"):
        await together.ask("a", 1)
    assert await together.ask("a", 1) == 1


async def test_a_page_that_closes_takes_the_reading_from_none_of_the_others() -> None:
    shared, may_end = SharedReading[int](), Event()

    def read() -> int:
        return 7 if may_end.wait(30) else 0

    asked_at = perf_counter()
    first = asyncio.create_task(shared.get(asked_at, read))
    await asyncio.sleep(0)
    other = asyncio.create_task(shared.get(asked_at, read))
    await asyncio.sleep(0)
    first.cancel()
    may_end.set()
    assert await other == 7
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_what_builds_on_a_reading_is_as_old_as_that() -> None:
    """Who asked after the other one began reads it again, although this one began later."""
    below, above = SharedReading[int](), SharedReading[int]()
    began_at, found = await below.begun(perf_counter(), lambda: 1)
    asked_at = perf_counter()
    assert await above.get(began_at - 1, lambda: found, builds_on=began_at) == 1
    assert await above.get(asked_at, lambda: 2, builds_on=perf_counter()) == 2


async def test_pages_share_what_is_published_and_nothing_of_whose_they_are(
    app: App, bob: Person, mallory: Person
) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory])
    publish_by_hand(app, bob, schedule, [participant_of(app, schedule, mallory), None])
    bobs, mallorys = Reading(app, bob.me, schedule, None), Reading(app, mallory.me, schedule, None)
    wanted = Wanted(perf_counter(), frozenset())
    his, hers = await bobs.read(wanted), await mallorys.read(wanted)
    assert his.published is hers.published
    assert his.view.my_participant_id != hers.view.my_participant_id
    assert (his.view.access, hers.view.access) == (Access.MANAGER, Access.MEMBER)


async def test_who_may_no_longer_see_it_gets_nothing_of_what_others_read(
    app: App, bob: Person, alice: Person, mallory: Person
) -> None:
    schedule = keep_schedule(app, bob, [bob])
    set_access(app, bob.id, schedule, mallory.id, Access.VIEWER)
    bobs, mallorys = Reading(app, bob.me, schedule, None), Reading(app, mallory.me, schedule, None)
    assert (await mallorys.read(Wanted(perf_counter(), frozenset()))).view.access is Access.VIEWER
    set_access(app, bob.id, schedule, mallory.id, None)
    wanted = Wanted(perf_counter(), frozenset())
    await bobs.read(wanted)
    with pytest.raises(NotAllowed):
        await mallorys.read(wanted)
