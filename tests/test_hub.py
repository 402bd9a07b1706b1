"""The hub: who hears what, how often, and for how long."""

import asyncio
import threading

from oncall_ui.hub import COALESCE_SECONDS, CalendarChanged, Change, Hub, MemberChanged, SessionEnded

PAUSE = COALESCE_SECONDS * 2


async def started() -> Hub:
    hub = Hub()
    hub.start()
    return hub


async def test_many_changes_at_once_are_heard_once() -> None:
    hub, heard = await started(), list[frozenset[Change]]()
    hub.subscribe(1, heard.append)
    for _ in range(50):
        hub.publish(CalendarChanged(1, 7))
    hub.publish(CalendarChanged(1, 8))
    await asyncio.sleep(PAUSE)
    assert heard == [frozenset({CalendarChanged(1, 7), CalendarChanged(1, 8)})]


async def test_a_member_hears_only_their_own() -> None:
    hub, heard = await started(), list[frozenset[Change]]()
    hub.subscribe(2, heard.append)
    hub.publish(CalendarChanged(1, 7))
    await asyncio.sleep(PAUSE)
    assert heard == []


async def test_who_watches_the_team_hears_of_every_calendar_once_and_of_no_login() -> None:
    hub, heard = await started(), list[frozenset[Change]]()
    leave = hub.subscribe_all(heard.append)
    hub.subscribe_all(heard.append)
    for _ in range(5):
        hub.publish(CalendarChanged(1, 7))
    hub.publish(MemberChanged(2))
    hub.publish(SessionEnded(1, "session"))
    await asyncio.sleep(PAUSE)
    assert heard == [frozenset({CalendarChanged(1, 7), MemberChanged(2)})] * 2
    leave()
    leave()
    hub.publish(SessionEnded(1, "session"))
    await asyncio.sleep(PAUSE)
    assert len(heard) == 2
    hub.publish(CalendarChanged(1, 7))
    await asyncio.sleep(PAUSE)
    assert len(heard) == 3


async def test_listeners_are_called_on_the_loop_whatever_thread_published() -> None:
    hub, threads = await started(), list[threading.Thread]()
    hub.subscribe(1, lambda _changes: threads.append(threading.current_thread()))
    await asyncio.gather(*(asyncio.to_thread(hub.publish, CalendarChanged(1, number)) for number in range(8)))
    await asyncio.sleep(PAUSE)
    assert set(threads) == {threading.current_thread()}


async def test_the_same_function_subscribed_twice_is_removed_once() -> None:
    hub, heard = await started(), list[frozenset[Change]]()
    leave = hub.subscribe(1, heard.append)
    hub.subscribe(1, heard.append)
    leave()
    leave()
    hub.publish(CalendarChanged(1, 7))
    await asyncio.sleep(PAUSE)
    assert len(heard) == 1


async def test_a_listener_that_fails_keeps_nothing_from_the_others() -> None:
    hub, heard = await started(), list[frozenset[Change]]()

    def fail(_changes: frozenset[Change]) -> None:
        raise RuntimeError("a page that is gone")

    hub.subscribe(1, fail)
    hub.subscribe(1, heard.append)
    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
    hub.publish(CalendarChanged(1, 7))
    await asyncio.sleep(PAUSE)
    assert len(heard) == 1
    hub.publish(CalendarChanged(1, 8))
    await asyncio.sleep(PAUSE)
    assert len(heard) == 2


def test_publishing_before_the_start_or_after_the_end_is_harmless() -> None:
    hub = Hub()
    hub.publish(CalendarChanged(1, 7))

    async def start() -> None:
        hub.start()

    asyncio.run(start())
    hub.publish(CalendarChanged(1, 7))


async def test_after_the_end_nobody_hears_what_was_published_before() -> None:
    hub, heard = await started(), list[frozenset[Change]]()
    hub.subscribe(1, heard.append)
    hub.publish(CalendarChanged(1, 7))
    await asyncio.sleep(0)
    hub.stop()
    hub.publish(CalendarChanged(1, 8))
    await asyncio.sleep(PAUSE)
    assert heard == []
