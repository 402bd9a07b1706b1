"""Tries counted in a PostgreSQL database, for all processes that share it: the `Counts` of `security.counts`.

One advisory lock for each name, so that what is read inside the block still holds when it is written. The clock is the
server's, the same for everybody.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, column, delete, func, select, table
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from oncall_ui.database.database import Database, UtcDateTime

TRIES = 5
"""The kind of these advisory locks; the other half of their key is from the name's hash."""
MOST_ROWS = 100_000
"""Those forgotten soonest go first. An attacker fills it with what was checked, which is slow."""
SWEEP_SECONDS = 60.0

Name = tuple[str, str]
Numbers = tuple[float, ...]

_COUNTS = table("try_count", column("key"), column("numbers", JSON), column("forgotten_at", UtcDateTime))
_KEY = _COUNTS.c.key


class DatabaseCounts:
    """Raises what the database raises; then nothing was counted, and nothing may be tried.

    `clock` counts seconds, and is the server's unless a test has another.
    """

    def __init__(self, db: Database, clock: Callable[[], float] | None = None) -> None:
        self._db, self._clock = db, clock
        self._swept = time.monotonic()

    @contextmanager
    def held(self, names: Sequence[Name]) -> Iterator["_Held"]:
        keys = sorted({_key(name) for name in names})
        with self._db.write() as session:
            # Each in a statement of its own, since only this is sure to keep the order, without which two would wait
            # for ever.
            for key in keys:
                session.execute(select(func.pg_advisory_xact_lock(TRIES, _number(key))))
            held = _Held(self._read(session, keys), self._moment(session))
            yield held
            held.write(session)
        if time.monotonic() - self._swept > SWEEP_SECONDS:
            self._swept = time.monotonic()
            self._sweep()

    @contextmanager
    def seen(self, names: Sequence[Name]) -> Iterator["_Held"]:
        with self._db.read() as session:
            yield _Held(self._read(session, [_key(name) for name in names]), self._moment(session))

    def _read(self, session: Session, keys: Sequence[str]) -> dict[str, Numbers]:
        rows = session.execute(select(_KEY, _COUNTS.c.numbers).where(_KEY.in_(keys)))
        return {key: tuple(numbers) for key, numbers in rows}

    def _moment(self, session: Session) -> float:
        if self._clock is not None:
            return self._clock()
        return float(session.execute(select(func.extract("epoch", func.clock_timestamp()))).scalar_one())

    def _sweep(self) -> None:
        """Forgets what is over. What somebody is counting at this moment isn't waited for."""
        over = select(_KEY).where(_COUNTS.c.forgotten_at <= func.clock_timestamp())
        beyond = select(_KEY).order_by(_COUNTS.c.forgotten_at.desc()).offset(MOST_ROWS)
        for rows in (over, beyond):
            with self._db.write() as session:
                session.execute(delete(_COUNTS).where(_KEY.in_(rows.with_for_update(skip_locked=True))))


class _Held:
    def __init__(self, known: Mapping[str, Numbers], moment: float) -> None:
        self._known, self.moment = known, moment
        self._changed: dict[str, tuple[Numbers, float]] = {}

    def get(self, name: Name) -> Numbers:
        key = _key(name)
        return self._changed[key][0] if key in self._changed else self._known.get(key, ())

    def put(self, name: Name, numbers: Numbers, seconds: float = 0) -> None:
        self._changed[_key(name)] = numbers, seconds

    def write(self, session: Session) -> None:
        if gone := [key for key, (numbers, _) in self._changed.items() if not numbers and key in self._known]:
            session.execute(delete(_COUNTS).where(_KEY.in_(gone)))
        if rows := [self._row(key, *each) for key, each in self._changed.items() if each[0]]:
            row = insert(_COUNTS).values(rows)
            changed = {"numbers": row.excluded.numbers, "forgotten_at": row.excluded.forgotten_at}
            session.execute(row.on_conflict_do_update(index_elements=["key"], set_=changed))

    def _row(self, key: str, numbers: Numbers, seconds: float) -> dict[str, Any]:
        forgotten_at = datetime.fromtimestamp(self.moment + seconds, UTC)
        return {"key": key, "numbers": list(numbers), "forgotten_at": forgotten_at}


def _key(name: Name) -> str:
    """What people type may be long, and isn’t kept."""
    return hashlib.blake2b("\0".join(name).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _number(key: str) -> int:
    return int.from_bytes(bytes.fromhex(key[:8]), signed=True)
