"""The hub: who hears what, how often, and for how long."""

import asyncio
import threading

from oncall_ui.hub import CalendarChanged, Change, Hub, MemberChanged, MembersChanged, Missed, SessionEnded

NEVER = 3600.0
"""Longer than any test: what is gathered is heard when a test says so."""


async def started(*, coalesce_seconds: float = NEVER, progress_seconds: float = NEVER) -> Hub:
    hub = Hub(coalesce_seconds=coalesce_seconds, progress_seconds=progress_seconds)
    hub.start()
    return hub


async def until_heard(heard: list[frozenset[Change]], times: int) -> None:
    async with asyncio.timeout(10):
        while len(heard) < times:
            await asyncio.sleep(0.005)


async def test_the_first_change_is_heard_at_once_and_what_follows_together() -> None:
    hub, heard = await started(), list[frozenset[Change]]()
    hub.subscribe(1, heard.append)
    hub.publish(CalendarChanged(1, 7))
    await until_heard(heard, 1)
    for number in (8, 9):
        hub.publish(CalendarChanged(1, number))
        await asyncio.sleep(0.01)
    assert heard == [frozenset({CalendarChanged(1, 7)})], "the rest is gathered"
    await hub.flush()
    assert heard[1:] == [frozenset({CalendarChanged(1, 8), CalendarChanged(1, 9)})]


async def test_what_was_gathered_is_heard_by_itself_and_after_a_pause_the_next_change_too() -> None:
    hub, heard = await started(coalesce_seconds=0.01), list[frozenset[Change]]()
    hub.subscribe(1, heard.append)
    for number in (7, 8):
        hub.publish(CalendarChanged(1, number))
        await until_heard(heard, number - 6)
    await asyncio.sleep(0.03)  # nothing comes, so nothing is gathered any more
    hub.publish(CalendarChanged(1, 9))
    await until_heard(heard, 3)
    assert heard == [frozenset({CalendarChanged(1, number)}) for number in (7, 8, 9)]


async def test_an_import_that_ends_soon_is_heard_once_and_at_once() -> None:
    hub, heard = await started(), list[frozenset[Change]]()
    hub.subscribe(1, heard.append)
    begun, ended = CalendarChanged(1, 7, is_progress=True), CalendarChanged(1, 7)
    hub.publish(begun)
    await asyncio.sleep(0.01)
    assert heard == []
    hub.publish(ended)
    await until_heard(heard, 1)
    assert heard == [frozenset({begun, ended})]


async def test_progress_is_heard_by_itself_once_it_lasts_also_after_another_change() -> None:
    hub, heard = await started(coalesce_seconds=0.01, progress_seconds=0.02), list[frozenset[Change]]()
    hub.subscribe(1, heard.append)
    hub.publish(CalendarChanged(1, 7))
    hub.publish(CalendarChanged(1, 8))
    await until_heard(heard, 1)
    for number in (2, 3):
        hub.publish(CalendarChanged(1, 7, is_progress=True))
        await until_heard(heard, number)
    hub.publish(CalendarChanged(1, 7))
    await until_heard(heard, 4)


async def test_progress_that_follows_a_change_still_waits_to_be_heard_with_the_end() -> None:
    hub, heard = await started(coalesce_seconds=0.01), list[frozenset[Change]]()
    hub.subscribe(1, heard.append)
    hub.publish(CalendarChanged(1, 7))
    await until_heard(heard, 1)
    hub.publish(CalendarChanged(1, 8, is_progress=True))
    await asyncio.sleep(0.05)  # more than the pause after the first
    assert len(heard) == 1
    hub.publish(CalendarChanged(1, 8))
    await until_heard(heard, 2)


async def test_who_watches_the_team_hears_of_no_progress() -> None:
    hub, team, own = await started(), list[frozenset[Change]](), list[frozenset[Change]]()
    hub.subscribe_all(team.append)
    hub.subscribe_accounts(team.append)
    hub.subscribe(1, own.append)
    hub.publish(CalendarChanged(1, 7, is_progress=True))
    await hub.flush()
    assert own == [frozenset({CalendarChanged(1, 7, is_progress=True)})] and team == []


async def test_once_nothing_is_gathered_any_more_the_next_change_is_a_first_one() -> None:
    hub, heard = await started(), list[frozenset[Change]]()
    hub.subscribe(1, heard.append)
    hub.publish(CalendarChanged(1, 7))
    await hub.flush()
    await hub.flush()
    hub.publish(CalendarChanged(1, 8))
    await until_heard(heard, 2)


async def test_a_change_that_comes_while_others_are_heard_is_not_forgotten() -> None:
    hub, heard = await started(), list[frozenset[Change]]()

    def answer(changes: frozenset[Change]) -> None:
        heard.append(changes)
        if len(heard) == 1:
            hub.publish(CalendarChanged(1, 8))

    hub.subscribe(1, answer)
    hub.publish(CalendarChanged(1, 7))
    await hub.flush()
    await hub.flush()
    assert heard == [frozenset({CalendarChanged(1, 7)}), frozenset({CalendarChanged(1, 8)})]


async def test_many_changes_at_once_are_heard_once() -> None:
    hub, heard = await started(), list[frozenset[Change]]()
    hub.subscribe(1, heard.append)
    for _ in range(50):
        hub.publish(CalendarChanged(1, 7))
    hub.publish(CalendarChanged(1, 8))
    await until_heard(heard, 1)
    await hub.flush()
    assert heard == [frozenset({CalendarChanged(1, 7), CalendarChanged(1, 8)})]


async def test_a_member_hears_only_their_own() -> None:
    hub, heard = await started(), list[frozenset[Change]]()
    hub.subscribe(2, heard.append)
    hub.publish(CalendarChanged(1, 7))
    await hub.flush()
    assert heard == []


async def test_who_watches_the_team_hears_of_every_calendar_once_and_of_no_login() -> None:
    hub, heard = await started(), list[frozenset[Change]]()
    leave = hub.subscribe_all(heard.append)
    hub.subscribe_all(heard.append)
    for _ in range(5):
        hub.publish(CalendarChanged(1, 7))
    hub.publish(MemberChanged(2))
    hub.publish(SessionEnded(1, "session"))
    await hub.flush()
    assert heard == [frozenset({CalendarChanged(1, 7), MemberChanged(2)})] * 2
    leave()
    leave()
    hub.publish(SessionEnded(1, "session"))
    await hub.flush()
    assert len(heard) == 2
    hub.publish(CalendarChanged(1, 7))
    await hub.flush()
    assert len(heard) == 3


async def test_listeners_are_called_on_the_loop_whatever_thread_published() -> None:
    hub, threads = await started(), list[threading.Thread]()
    hub.subscribe(1, lambda _changes: threads.append(threading.current_thread()))
    await asyncio.gather(*(asyncio.to_thread(hub.publish, CalendarChanged(1, number)) for number in range(8)))
    await hub.flush()
    assert set(threads) == {threading.current_thread()}


async def test_the_same_function_subscribed_twice_is_removed_once() -> None:
    hub, heard = await started(), list[frozenset[Change]]()
    leave = hub.subscribe(1, heard.append)
    hub.subscribe(1, heard.append)
    leave()
    leave()
    hub.publish(CalendarChanged(1, 7))
    await hub.flush()
    assert len(heard) == 1


async def test_a_listener_that_fails_keeps_nothing_from_the_others() -> None:
    hub, heard = await started(), list[frozenset[Change]]()

    def fail(_changes: frozenset[Change]) -> None:
        raise RuntimeError("a page that is gone")

    hub.subscribe(1, fail)
    hub.subscribe(1, heard.append)
    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
    hub.publish(CalendarChanged(1, 7))
    await hub.flush()
    assert len(heard) == 1
    hub.publish(CalendarChanged(1, 8))
    await hub.flush()
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
    hub.publish(CalendarChanged(1, 8))
    await asyncio.sleep(0)
    hub.stop()
    hub.publish(CalendarChanged(1, 9))
    await hub.flush()
    assert heard == []


async def test_what_changes_for_administrators_is_heard_by_their_pages_alone() -> None:
    hub, team, accounts = await started(), list[frozenset[Change]](), list[frozenset[Change]]()
    hub.subscribe(1, team.append)
    hub.subscribe_all(team.append)
    stop = hub.subscribe_accounts(accounts.append)
    hub.publish(MembersChanged())
    hub.publish(SessionEnded(1, "s"))
    await hub.flush()
    assert team == [frozenset({SessionEnded(1, "s")})]
    assert accounts == [frozenset({MembersChanged()})]
    hub.publish(MemberChanged(2))
    await hub.flush()
    assert accounts[1:] == [frozenset({MemberChanged(2)})] == team[1:]
    stop()
    hub.publish(MembersChanged())
    await hub.flush()
    assert len(accounts) == 2


async def test_every_listener_hears_that_something_was_missed_beside_what_concerns_it() -> None:
    hub, own, all_of_them, accounts, schedules = (
        await started(),
        set[Change](),
        set[Change](),
        set[Change](),
        set[Change](),
    )
    hub.subscribe(1, own.update)
    hub.subscribe_all(all_of_them.update)
    hub.subscribe_accounts(accounts.update)
    hub.subscribe_schedules(schedules.update)
    hub.hear({Missed(), SessionEnded(1, "here")})
    await hub.flush()
    await hub.flush()
    assert own == {Missed(), SessionEnded(1, "here")}
    assert all_of_them == accounts == schedules == {Missed()}


async def test_what_is_published_is_passed_on_and_what_is_heard_is_not() -> None:
    hub, heard, passed = Hub(), list[frozenset[Change]](), list[Change]()
    hub.pass_on(passed.append)
    hub.publish(MemberChanged(1))  # before anybody here listens
    hub.start()
    hub.subscribe(1, heard.append)
    hub.hear({CalendarChanged(1, 2)})
    await until_heard(heard, 1)
    hub.pass_on(None)
    hub.publish(MemberChanged(1))
    assert passed == [MemberChanged(1)] and heard == [frozenset({CalendarChanged(1, 2)})]
