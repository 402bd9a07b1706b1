"""When what counts is too old to rely on, and on which days that is said by e-mail."""

from bisect import bisect_right
from datetime import datetime, timedelta

STALE_AFTER = timedelta(days=1)
LETTER_DAYS = (1, 3, 7, 14)
"""Days a calendar has been broken for; a fortnight without an answer needs no fifth letter."""


def is_stale(read_at: datetime, now: datetime) -> bool:
    """Whether the last complete reading is more than a day old."""
    return now - read_at > STALE_AFTER


def letters_due(broken_since: datetime, now: datetime) -> int:
    """How many letters a breakage deserves by `now`: 0 to 4."""
    return bisect_right(LETTER_DAYS, (now - broken_since) / timedelta(days=1))
