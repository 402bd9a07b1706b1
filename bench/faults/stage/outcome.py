"""What a play of a fault is given and what it returns."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is played. `short`: as little as still shows the fault, for the suite."""

    short: bool = False
    kills: int = 200
    previews: int = 400
    minutes: float = 60
    """For the kills, which on a slow machine take longest: those that were made by then are the row."""

    def of(self, usual: int, short: int) -> int:
        return short if self.short else usual

    def each(self, kills: int) -> Iterator[int]:
        """0, 1, … up to that many, or as many as the minutes allow."""
        deadline = time.monotonic() + 60 * self.minutes
        return takewhile(lambda _: time.monotonic() < deadline, range(kills))


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row of the table. Counts are of calendars, unless `tries` says otherwise."""

    fault: str
    tries: int
    lost: int = 0
    """Stored availability that is missing entries of the version it was read from."""
    doubled: int = 0
    """Stored availability with an entry twice, or with entries of two versions."""
    stuck: int = 0
    """Not read in the time the play gives it."""
    recovered: float | None = None
    """Seconds from the end of the fault (or from the fault, where it doesn't last) until everything was read again."""
    member: str = ""
    operator: str = ""
    broken: tuple[str, ...] = field(default=())
    """Promises of docs/reliability.md that didn't hold, each with what was seen instead."""

    @property
    def is_red(self) -> bool:
        return bool(self.lost or self.doubled or self.stuck or self.broken)

    def cells(self) -> Iterator[str]:
        yield from (self.fault, str(self.tries), str(self.lost), str(self.doubled), str(self.stuck))
        yield "–" if self.recovered is None else f"{self.recovered:.1f}"
        yield from (self.member or "nothing", self.operator or "nothing")


Play = Callable[[Path, Scale], Outcome]
"""Plays a fault in an empty folder."""

COLUMNS = ("fault", "tries", "lost", "doubled or mixed", "stuck", "recovered in (s)", "the member saw")
HEAD = (*COLUMNS, "the operator saw")


def broken(**promises: str) -> tuple[str, ...]:
    """`promise=what was seen instead`; an empty string is a promise that held."""
    return tuple(f"{promise.replace('_', ' ')}: {seen}" for promise, seen in promises.items() if seen)
