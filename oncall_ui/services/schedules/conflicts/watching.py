"""Looks for conflicts as soon as something changes that may cause one, and at every schedule from time to time.

The hub says what changed right after it is stored, in whichever process. A change that nobody heard of, because its
process was killed, is found by the next look at everything. Several processes may look at the same: rows are written
behind the schedule's lock, so each conflict is opened, closed and told once.
"""

import asyncio
import contextlib
from collections.abc import Collection
from datetime import timedelta

from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.hub import CalendarChanged, Change, MemberChanged, Missed, ScheduleChanged
from oncall_ui.models import Participant, PublishedShift, Schedule, now
from oncall_ui.services.schedules.conflicts.looking import look_at

SWEEP = timedelta(minutes=5)
PAUSE_SECONDS = 0.3
"""From a change to the look: the pages that show it go first, and what follows is looked at with it."""


class ConflictWatch:
    """Create and use it on the event loop; blocking work runs in threads."""

    def __init__(self, app: App, *, sweep: timedelta = SWEEP) -> None:
        self._app, self._sweep = app, sweep
        self._members: set[int] = set()
        self._schedules: set[int] = set()
        self._has_missed = False
        self._heard = asyncio.Event()
        self._next_sweep = 0.0
        self._stop = [app.hub.subscribe_all(self._hear), app.hub.subscribe_schedules(self._hear)]

    def stop(self) -> None:
        for stop in self._stop:
            stop()

    async def look(self) -> None:
        """At what changed since the last look; from time to time at everything."""
        time = asyncio.get_running_loop().time
        members, schedules = self._members, self._schedules
        self._members, self._schedules = set(), set()
        has_missed, self._has_missed = self._has_missed, False
        next_sweep, self._next_sweep = self._next_sweep, 0.0  # should this look fail, the next one is at everything
        if has_missed or time() >= next_sweep:
            await asyncio.to_thread(sweep, self._app)
            next_sweep = time() + self._sweep.total_seconds()
        else:
            await asyncio.to_thread(look_for, self._app, members, schedules)
        self._next_sweep = next_sweep

    async def wait(self) -> None:
        """Until something changed, or it is time to look at everything."""
        left = self._next_sweep - asyncio.get_running_loop().time()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(left, 0)):
                await self._heard.wait()
        await asyncio.sleep(PAUSE_SECONDS)
        self._heard.clear()

    def _hear(self, changes: frozenset[Change]) -> None:
        for change in changes:
            if isinstance(change, ScheduleChanged) and not change.is_progress:
                self._schedules.add(change.schedule_id)
            elif isinstance(change, CalendarChanged | MemberChanged):
                self._members.add(change.member_id)
        self._has_missed |= Missed() in changes
        if self._members or self._schedules or self._has_missed:
            self._heard.set()


def sweep(app: App) -> int:
    """Looks at every schedule with shifts that aren't over, and returns at how many something changed."""
    with app.db.read() as session:
        ends = select(PublishedShift.schedule_id).where(col(PublishedShift.end) > now())
        rows = select(Schedule.id).where(col(Schedule.archived_at).is_(None), col(Schedule.id).in_(ends))
        ids = [row or 0 for row in session.exec(rows.order_by(col(Schedule.id)))]
    return sum(look_at(app, each) for each in ids)


def look_for(app: App, members: Collection[int], schedules: Collection[int]) -> int:
    """Looks at what concerns them. Returns at how many schedules something changed.

    The availability of a member breaks no limit, so of a member's schedules only their shifts are looked at.
    """
    with app.db.read() as session:
        rows = select(Participant.schedule_id).where(col(Participant.member_id).in_(members))
        theirs = set(session.exec(rows)) - set(schedules) if members else set()
    found = [look_at(app, each) for each in sorted(schedules)]
    return sum(found) + sum(look_at(app, each, with_limits=False) for each in sorted(theirs))
