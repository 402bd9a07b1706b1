"""What one process stores is noticed by the jobs of the others, and what several of them do at once happens once."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import func, select, update

from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.hub import MemberChanged, SessionEnded
from oncall_ui.models import LoginSession, ShiftConflict, now
from oncall_ui.services.accounts.logging_in.sessions import end_expired
from oncall_ui.services.availability.manual import add_manual_days
from oncall_ui.services.schedules.conflicts.watching import ConflictWatch
from tests.between.conftest import Open, acquainted, until
from tests.conftest import person
from tests.services.helpers.schedules import keep_schedule, next_monday, participant_of, publish_by_hand

pytestmark = pytest.mark.slow  # a PostgreSQL server


async def test_leave_added_on_a_page_is_one_conflict_although_two_workers_watch(process: Open) -> None:
    web, *workers = process(), process("worker", 0.5), process("worker", 0.5)
    bob, mallory = person(web.app, "Bob"), person(web.app, "Mallory")
    schedule = keep_schedule(web.app, bob, [bob, mallory])
    publish_by_hand(web.app, bob, schedule, [participant_of(web.app, schedule, mallory)])
    watches = [ConflictWatch(each.app) for each in workers]
    await acquainted(web, *workers)
    for watch in watches:
        await watch.look()
    days = ManualDays(next_monday(), next_monday(), Action.BLOCK)
    await asyncio.to_thread(add_manual_days, web.app, mallory.id, days)
    async with asyncio.timeout(30):
        await asyncio.gather(*(watch.wait() for watch in watches))
    await asyncio.gather(*(watch.look() for watch in watches))
    with web.app.db.read() as session:
        assert session.exec(select(func.count()).select_from(ShiftConflict)).one() == 1
    for watch in watches:
        watch.stop()


async def test_a_session_that_expires_is_ended_once_and_its_pages_hear_of_it_everywhere(process: Open) -> None:
    web, *workers = process(), process("worker", 0.5), process("worker", 0.5)
    for number in range(3):
        of_three = person(web.app, f"Member{number}")
    assert of_three.id == 3
    with web.app.db.write() as session:
        session.exec(update(LoginSession).values(last_used_at=now() - timedelta(days=400)))
    await acquainted(web, *workers)
    ended = await asyncio.gather(*(asyncio.to_thread(end_expired, each.app) for each in workers))
    assert sum(ended) == 3
    await until(lambda: MemberChanged(3) in web.of_member)
    assert SessionEnded(3, of_three.me.session_id) in web.of_member
