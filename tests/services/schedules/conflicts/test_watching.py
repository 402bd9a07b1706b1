"""What may cause a conflict is looked at as soon as it is stored; what nobody heard of, by the next sweep."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import func, select

from oncall_ui.app import App
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.hub import Missed, ScheduleChanged
from oncall_ui.models import ShiftConflict
from oncall_ui.services.availability.manual import add_manual_days
from oncall_ui.services.schedules.conflicts import watching
from oncall_ui.services.schedules.conflicts.watching import ConflictWatch
from oncall_ui.services.schedules.people import end_membership
from tests.conftest import Person
from tests.services.helpers.schedules import keep_schedule, next_monday, participant_of, publish_by_hand


def number(app: App) -> int:
    with app.db.read() as session:
        return session.exec(select(func.count()).select_from(ShiftConflict)).one()


async def test_own_days_and_people_are_heard_at_once_and_the_rest_is_swept(
    app: App, bob: Person, mallory: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "PAUSE_SECONDS", 0.01)
    schedule = keep_schedule(app, bob, [bob, mallory])
    m = participant_of(app, schedule, mallory)
    publish_by_hand(app, bob, schedule, [m, m, m])
    app.hub.start()
    heard = list[int]()
    app.hub.subscribe_schedules(lambda changes: heard.extend(isinstance(one, ScheduleChanged) for one in changes))
    watch = ConflictWatch(app)

    async def turn() -> None:
        await app.hub.flush()
        async with asyncio.timeout(30):
            await watch.wait()
        await watch.look()

    day = next_monday()
    # Stored while nobody listened: a process that was killed in between.
    add_manual_days(app, mallory.id, ManualDays(day - timedelta(days=1), day - timedelta(days=1), Action.BLOCK))
    await watch.look()
    assert number(app) == 0, "the shifts begin a day later"
    await asyncio.to_thread(add_manual_days, app, mallory.id, ManualDays(day, day, Action.BLOCK))
    await turn()
    assert number(app) == 1
    await app.hub.flush()
    assert heard, "open pages read again"
    await asyncio.to_thread(end_membership, app, bob.id, schedule, m, day + timedelta(days=2))
    await turn()
    await turn()
    assert number(app) == 2
    watch.stop()
    app.hub.stop()


async def test_the_first_look_is_at_everything(app: App, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory])
    publish_by_hand(app, bob, schedule, [participant_of(app, schedule, mallory)])
    add_manual_days(app, mallory.id, ManualDays(next_monday(), next_monday(), Action.BLOCK))
    app.hub.start()
    watch = ConflictWatch(app)
    await watch.look()
    assert number(app) == 1
    watch.stop()
    app.hub.stop()


async def test_after_changes_that_nobody_heard_of_the_next_look_is_at_everything(
    app: App, bob: Person, mallory: Person
) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory])
    publish_by_hand(app, bob, schedule, [participant_of(app, schedule, mallory)])
    app.hub.start()
    watch = ConflictWatch(app)
    await watch.look()
    app.hub.stop()  # as when another process stores something and is killed
    add_manual_days(app, mallory.id, ManualDays(next_monday(), next_monday(), Action.BLOCK))
    app.hub.start()
    await watch.look()
    assert number(app) == 0
    app.hub.hear({Missed()})
    await app.hub.flush()
    async with asyncio.timeout(5):
        await watch.wait()
    await watch.look()
    assert number(app) == 1
    watch.stop()
    app.hub.stop()
