"""Whether a reading is believed: one that lost nearly everything looks like a fault of the other side.

Compared is what still lies ahead, so that days that pass are no loss.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from oncall_ui.domain.availability.evaluate import Piece
from oncall_ui.domain.availability.window import DAYS_AHEAD

LEFT = 5
"""One in so many must be left."""
SEVERAL = 3
"""Losing fewer than that, and there are other events left, is an ordinary day."""
WEEK = 7 * 24 * 3600
ANSWER_WITHIN = timedelta(days=7)
"""After so long without an answer the same content is believed."""
ASKED, KEPT = "doubt", "kept"
"""The cause of a calendar in doubt: before the answer, and after the member chose to keep."""


class Answer(StrEnum):
    """What a member says to a doubt."""

    TAKE = "take"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reading that was not taken: entries ahead before and in it, and what it held (`content_of`)."""

    had: int
    has: int
    content: str


def is_suspicious(had: int, has: int, *, events_read: int) -> bool:
    """Whether `has` entries ahead, where there were `had`, have to be asked about."""
    if has:
        return has * LEFT < had
    # A calendar without a single event is what a broken export looks like, however little it held.
    return had >= SEVERAL or (had > 0 and not events_read)


def ahead(pieces: Iterable[Piece], now: datetime) -> int:
    """How many of them end after `now`."""
    moment = now.timestamp()
    return sum(piece.end > moment for piece in pieces)


def content_of(pieces: Collection[Piece], now: datetime) -> str:
    """A short hash for each week ahead that the window holds whole: `2968:1f0c93aa,,77e0b1d2`.

    The number is the first week's, counted from 1970; a week without a piece has no hash.
    """
    moment = int(now.timestamp())
    first = moment // WEEK + 1
    beyond = (moment + int(timedelta(days=DAYS_AHEAD - 2).total_seconds())) // WEEK
    weeks: defaultdict[int, list[Piece]] = defaultdict(list)
    for piece in pieces:
        weeks[piece.start // WEEK].append(piece)
    return f"{first}:{','.join(_hash(weeks.get(week, [])) for week in range(first, beyond))}"


def is_same(one: str, other: str) -> bool:
    """Whether two contents agree in every week both of them know: time that passes makes no difference."""
    before, after = _weeks(one), _weeks(other)
    common = before.keys() & after.keys()
    return bool(common) and all(before[week] == after[week] for week in common)


def _hash(pieces: list[Piece]) -> str:
    if not pieces:
        return ""
    said = ";".join(f"{piece.start} {piece.end} {piece.action} {piece.key.hex()}" for piece in sorted(pieces))
    return hashlib.sha256(said.encode()).hexdigest()[:8]


def _weeks(content: str) -> dict[int, str]:
    first, separator, hashes = content.partition(":")
    return dict(enumerate(hashes.split(","), start=int(first))) if separator else {}
