"""Processes on one PostgreSQL: each hears what the others publish, and reads again what it may have missed."""

import asyncio

import psycopg
import pytest

from oncall_ui.app import App
from oncall_ui.between.processes import CHANNEL, Processes
from oncall_ui.hub import CalendarChanged, MembersChanged, Missed, ScheduleChanged, SessionEnded
from tests.between.conftest import Open, acquainted, until
from tests.postgres import Cluster

pytestmark = pytest.mark.slow  # a PostgreSQL server


async def test_what_one_publishes_the_other_hears_and_itself_once(process: Open) -> None:
    one, two = process("worker", 0.5), process()
    await acquainted(one, two)
    changes = (CalendarChanged(3, 7), SessionEnded(3, "hash"), MembersChanged(), ScheduleChanged(5, is_progress=True))
    for change in changes:
        one.app.hub.publish(change)
    await until(lambda: ScheduleChanged(5, is_progress=True) in two.of_schedules)
    await asyncio.sleep(0.1)  # whatever would come twice
    for each in (one, two):
        await each.app.hub.flush()
        assert sorted(map(str, each.of_member)) == sorted(map(str, changes[:2]))
        assert sorted(map(str, each.of_all)) == sorted(map(str, (changes[0], changes[2])))
        assert each.of_schedules == [changes[3]]


async def test_a_web_process_knows_when_a_worker_last_looked(process: Open) -> None:
    web = process()
    await asyncio.sleep(0.1)
    assert web.processes.seconds_since_look() is None
    process("worker", 4.0)
    await until(lambda: web.processes.seconds_since_look() is not None)
    assert 4.0 <= (web.processes.seconds_since_look() or 0) < 8
    assert [each.role for each in web.processes.others()] == ["worker"]


async def test_a_lost_connection_comes_back_by_itself_and_everything_is_read_again(
    process: Open, postgres_cluster: Cluster
) -> None:
    one, two = process("worker", 0.5), process()
    await acquainted(one, two)
    with postgres_cluster.connect() as connection:
        ours = "FROM pg_stat_activity WHERE application_name = 'oncall-optimizer'"
        connection.execute(f"SELECT pg_terminate_backend(pid) {ours}".encode())
    await until(lambda: Missed() in two.of_member and Missed() in one.of_member)
    one.app.hub.publish(CalendarChanged(3, 7))
    await until(lambda: CalendarChanged(3, 7) in two.of_member)
    assert {each.source for each in two.app.outages.current()} == {"other processes"}


async def test_a_process_that_is_killed_makes_the_others_read_everything_again(process: Open) -> None:
    gone, left = process("worker", 0.5, gone=0.5, beat=0.1), process(gone=0.5, beat=0.1)
    await acquainted(gone, left)
    # As after kill -9: nobody hears of it any more, nor that it ends.
    line = gone.processes._line
    assert line is not None
    line.close()
    gone.processes._is_over.set()
    await until(lambda: Missed() in left.of_member)
    assert left.processes.others() == ()
    assert left.of_all == [Missed()] and left.of_schedules == [Missed()]


async def test_one_that_stops_says_so_and_nothing_is_read_again(process: Open) -> None:
    one, two = process("worker", 0.5), process(gone=0.3)
    await acquainted(one, two)
    one.app.hub.publish(CalendarChanged(3, 9))
    await one.processes.stop()
    await until(lambda: not two.processes.others())
    await asyncio.sleep(1.2)
    await two.app.hub.flush()
    assert two.of_member == [CalendarChanged(3, 9)], "also what it published last"


async def test_what_others_say_on_the_channel_does_no_harm(process: Open, postgres_cluster: Cluster) -> None:
    one = process()
    await until(lambda: one.of_member)
    with psycopg.connect(one.app.settings.database.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, "nonsense"))
    two = process()
    two.app.hub.publish(CalendarChanged(3, 1))
    await until(lambda: CalendarChanged(3, 1) in one.of_member)


async def test_on_sqlite_there_is_nobody_else(app: App) -> None:
    alone = Processes(app, None)
    alone.start()
    app.hub.publish(MembersChanged())
    await alone.stop()
    assert alone.others() == () and alone.seconds_since_look() is None
