"""Who was on call in the demo so far: found without the solver, so that the demo starts quickly and shows balances."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.planning.problem import Slot, Span

REST = timedelta(hours=24)
LONG, WEEKEND = timedelta(hours=60), 3
"""A shift longer than that is a weekend, which counts as many."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A participant with their share in percent and the time that is blocked for them."""

    id: int
    share: int
    blocks: Sequence[Span]

    def is_blocked(self, start: datetime, end: datetime) -> bool:
        return any(block.start < end and start < block.end for block in self.blocks)


def handoffs(first: date, weeks: int, days: Sequence[int], at: time, zone: ZoneInfo) -> list[datetime]:
    """Every start of a shift from Monday `first` on, and the one that ends the last; UTC."""
    starts = [
        datetime.combine(first + timedelta(weeks=week, days=day), at, zone).astimezone(UTC)
        for week in range(weeks)
        for day in days
    ]
    return [*starts, datetime.combine(first + timedelta(weeks=weeks), at, zone).astimezone(UTC)]


def roster(handoffs: Sequence[datetime], roles: Sequence[str], people: Sequence[Candidate]) -> Mapping[Slot, int]:
    """Each slot goes to the one who had the least so far of those who can best.

    That is, if possible, somebody who hasn't had more than their share, isn't blocked, and is rested.
    """
    points, free_from = Counter[int](), dict[int, datetime]()
    found: dict[Slot, int] = {}
    for start, end in pairwise(handoffs):
        worth = WEEKEND if end - start > LONG else 1
        taken = set[int]()
        for role in roles:
            fair = sum(points.values()) / sum(each.share for each in people)
            ranked = [
                (
                    points[each.id] > fair * each.share + 1,
                    each.is_blocked(start, end),
                    free_from.get(each.id, start) > start,
                    (points[each.id] + worth) / each.share,
                    each.id,
                )
                for each in people
                if each.id not in taken
            ]
            chosen = min(ranked)[-1]
            taken.add(chosen)
            found[Slot(start, role)] = chosen
            points[chosen] += worth
        free_from |= dict.fromkeys(taken, end + REST)
    return found
