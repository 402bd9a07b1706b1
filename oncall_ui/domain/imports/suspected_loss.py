"""Whether an import lost so much that it looks like a fault at the source: then the member decides.

Only what lies ahead is compared, so days that pass don't count as a loss. Why: docs/decisions/0501.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from oncall_ui.domain.availability.evaluate import AvailabilitySpan
from oncall_ui.domain.availability.window import DAYS_AHEAD

KEPT_SHARE = 5
"""Fewer than one in so many left is a suspected loss."""
SEVERAL = 3
"""With events left in the calendar, losing fewer spans than this is ordinary."""
WEEK = 7 * 24 * 3600
RESOLVE_WITHIN = timedelta(days=7)
"""After so long without a decision the same content is accepted."""


class Resolution(StrEnum):
    """What a member decides about a suspected loss."""

    TAKE = "take"
    """Accept the new import."""
    KEEP = "keep"
    """Keep the old data while the source stays like that."""


@dataclass(frozen=True, slots=True)
class SuspectedLoss:
    """An import that was held back: spans ahead before it and in it, and a hash of what it held (`content_of`)."""

    before: int
    after: int
    content: str


def is_suspicious(before: int, after: int, *, events_read: int) -> bool:
    """Whether going from `before` spans ahead to `after` looks like a loss at the source."""
    if after:
        return after * KEPT_SHARE < before
    # A calendar without a single event is what a broken export looks like, however little it held.
    return before >= SEVERAL or (before > 0 and not events_read)


def count_ahead(spans: Iterable[AvailabilitySpan], now: datetime) -> int:
    """How many of them end after `now`."""
    moment = now.timestamp()
    return sum(span.end > moment for span in spans)


def content_of(spans: Collection[AvailabilitySpan], now: datetime) -> str:
    """One short hash per whole week ahead in the window, for example `2968:1f0c93aa,,77e0b1d2`.

    The number is the first week, counted from 1970; a week without a span has an empty hash.
    """
    moment = int(now.timestamp())
    first = moment // WEEK + 1
    beyond = (moment + int(timedelta(days=DAYS_AHEAD - 2).total_seconds())) // WEEK
    weeks: defaultdict[int, list[AvailabilitySpan]] = defaultdict(list)
    for span in spans:
        weeks[span.start // WEEK].append(span)
    return f"{first}:{','.join(_hash(weeks.get(week, [])) for week in range(first, beyond))}"


def same_content(one: str, other: str) -> bool:
    """Whether two contents agree in every week that both cover, so that the moving window makes no difference."""
    first, second = _weeks(one), _weeks(other)
    common = first.keys() & second.keys()
    return bool(common) and all(first[week] == second[week] for week in common)


def _hash(spans: list[AvailabilitySpan]) -> str:
    if not spans:
        return ""
    lines = ";".join(f"{span.start} {span.end} {span.action} {span.key.hex()}" for span in sorted(spans))
    return hashlib.sha256(lines.encode()).hexdigest()[:8]


def _weeks(content: str) -> dict[int, str]:
    first, separator, hashes = content.partition(":")
    return dict(enumerate(hashes.split(","), start=int(first))) if separator else {}
