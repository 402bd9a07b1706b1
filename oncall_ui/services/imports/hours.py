"""How many imports ended in each hour of the last day, and how long one had to wait: for Admin.

Counted in memory where they end, and added to the database once a minute: a row that all imports wrote would hold them
up. What a process that is killed has counted since then is lost.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, delete, select

from oncall_ui.app import App
from oncall_ui.models import ImportHour, now

HOURS = 24
KEPT = timedelta(hours=HOURS + 1)


@dataclass(frozen=True, slots=True)
class Hour:
    """`longest_wait` is in seconds, from when an import was due until it began."""

    begins: datetime
    ended: int = 0
    failed: int = 0
    longest_wait: int = 0


class Tally:
    """What one process counted since it was last taken. Safe to call from any thread."""

    def __init__(self, since: datetime | None = None) -> None:
        """`since`: when the process began; now."""
        self._lock = threading.Lock()
        self._since = since or now()
        self._hours: dict[datetime, Hour] = {}

    def began(self, due: datetime | None) -> None:
        """What was due before this process was there has waited since then: nobody could have been quicker."""
        moment = now()
        waited = int((moment - max(due, self._since)).total_seconds()) if due else 0
        self._add(Hour(_hour(moment), longest_wait=max(waited, 0)))

    def ended(self, *, failed: bool) -> None:
        self._add(Hour(_hour(now()), 1, int(failed)))

    def take(self) -> Sequence[Hour]:
        """Sorted, so that processes that write at once don't wait for one another in a circle."""
        with self._lock:
            taken, self._hours = self._hours, {}
        return [taken[begins] for begins in sorted(taken)]

    def put_back(self, hours: Sequence[Hour]) -> None:
        for hour in hours:
            self._add(hour)

    def _add(self, more: Hour) -> None:
        with self._lock:
            before = self._hours.get(more.begins, Hour(more.begins))
            self._hours[more.begins] = Hour(
                more.begins,
                before.ended + more.ended,
                before.failed + more.failed,
                max(before.longest_wait, more.longest_wait),
            )


TALLY = Tally()
"""Of this process."""


def store_hours(app: App, tally: Tally = TALLY) -> None:
    """Adds what was counted, and deletes what is older than a day."""
    taken = tally.take()
    try:
        with app.db.write() as session:
            insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
            for hour in taken:
                row = insert(ImportHour).values(
                    hour=hour.begins, ended=hour.ended, failed=hour.failed, longest_wait=hour.longest_wait
                )
                new, old = row.excluded, ImportHour
                longest = case(
                    (col(old.longest_wait) > new.longest_wait, col(old.longest_wait)), else_=new.longest_wait
                )
                added = {"ended": col(old.ended) + new.ended, "failed": col(old.failed) + new.failed}
                session.exec(row.on_conflict_do_update(index_elements=["hour"], set_=added | {"longest_wait": longest}))
            session.exec(delete(ImportHour).where(col(ImportHour.hour) < now() - KEPT))
    except BaseException:
        tally.put_back(taken)
        raise


def read_hours(app: App, at: datetime) -> Sequence[Hour]:
    """The last 24, the oldest first; the last one is under way."""
    first = _hour(at) - timedelta(hours=HOURS - 1)
    with app.db.read() as session:
        rows = session.exec(select(ImportHour).where(col(ImportHour.hour) >= first)).all()
        found = {row.hour: Hour(row.hour, row.ended, row.failed, row.longest_wait) for row in rows}
    hours = (first + timedelta(hours=number) for number in range(HOURS))
    return [found.get(each, Hour(each)) for each in hours]


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
