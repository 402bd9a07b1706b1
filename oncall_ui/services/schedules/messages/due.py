"""Messages whose time has come: a job. Nothing is noted in advance, so a shift that moves leaves nothing behind.

Each has a key of its own, so that a process that restarts, or a second one, notes nothing again.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.models import Message, Schedule, now
from oncall_ui.services.schedules.messages.gaps import gap_notes
from oncall_ui.services.schedules.messages.outbox import Note, put, reaches_members
from oncall_ui.services.schedules.messages.starting import starting_notes
from oncall_ui.services.schedules.messages.turns import live_schedules
from oncall_ui.services.schedules.messages.week_ahead import week_ahead_notes

AT_ONCE = 500
"""Keys in one query."""


def queue_due(app: App, *, at: datetime | None = None) -> int:
    """Queues reminders, handoffs, gaps and overviews that are due, and returns how many.

    0 where nobody can get them, see `reaches_members`.
    """
    moment = at or now()
    with app.db.read() as session:
        if not reaches_members(app, session):
            return 0
        schedules = [schedule.id or 0 for schedule in live_schedules(session) if _fresh(session, schedule, moment)]
        has_overviews = bool(_unknown(session, [*week_ahead_notes(session, moment)]))
    queued = sum(_queue(app, schedule_id, moment) for schedule_id in schedules)
    return queued + (_queue_overviews(app, moment) if has_overviews else 0)


def _queue(app: App, schedule_id: int, moment: datetime) -> int:
    """Read again behind a lock: another process may be doing the same."""
    with app.db.write() as session:
        schedule = session.get(Schedule, schedule_id, with_for_update={"key_share": True}, populate_existing=True)
        notes = _fresh(session, schedule, moment) if schedule else []
        return sum(put(session, note, moment) is not None for note in notes)


def _queue_overviews(app: App, moment: datetime) -> int:
    with app.db.write() as session:
        notes = _unknown(session, [*week_ahead_notes(session, moment)])
        return sum(put(session, note, moment) is not None for note in notes)


def _fresh(session: Session, schedule: Schedule, moment: datetime) -> list[Note]:
    return _unknown(session, [*_of_schedule(session, schedule, moment)])


def _of_schedule(session: Session, schedule: Schedule, moment: datetime) -> Iterator[Note]:
    yield from starting_notes(session, schedule, moment)
    yield from gap_notes(session, schedule, moment)


def _unknown(session: Session, notes: list[Note]) -> list[Note]:
    """Those that weren't queued before."""
    keys = [note.key for note in notes]
    known: set[str] = set()
    for first in range(0, len(keys), AT_ONCE):
        known |= set(session.exec(select(Message.key).where(col(Message.key).in_(keys[first : first + AT_ONCE]))))
    return [note for note in notes if note.key not in known]
