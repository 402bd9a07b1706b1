"""Tight days: days on which few members of a team are available, gathered into spans."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

TWO_SHIFTS = 4
"""Members for two shifts in a row, each with a primary and a secondary."""


@dataclass(frozen=True, slots=True)
class Available:
    """The members known to be available on a day, and those of them who prefer to be on call."""

    day: date
    members: tuple[int, ...]
    prefer: frozenset[int]


@dataclass(frozen=True, slots=True)
class TightSpan:
    """Consecutive tight days with the same members available."""

    days: tuple[Available, ...]
    """At least one."""

    @property
    def first(self) -> date:
        return self.days[0].day

    @property
    def last(self) -> date:
        return self.days[-1].day

    @property
    def members(self) -> tuple[int, ...]:
        return self.days[0].members

    def prefers(self, member: int) -> tuple[date, ...]:
        """The days of the span on which the member prefers to be on call."""
        return tuple(each.day for each in self.days if member in each.prefer)


def tight_below(team: int) -> int:
    """A day is tight if fewer than this many members of a team of `team` are available; 0: no day is.

    Two shifts in a row need four; a small team warns below half of itself, a large one below a quarter.
    """
    return max(min(TWO_SHIFTS, team // 2), team // 4)


def tight_spans(days: Iterable[Available], below: int) -> list[TightSpan]:
    """Of `days`, sorted by date: those with the fewest members first, then by date."""
    spans: list[TightSpan] = []
    for each in days:
        if len(each.members) >= below:
            continue
        if spans and _continues(spans[-1], each):
            spans[-1] = TightSpan((*spans[-1].days, each))
        else:
            spans.append(TightSpan((each,)))
    return sorted(spans, key=lambda span: len(span.members))


def _continues(span: TightSpan, each: Available) -> bool:
    return each.day.toordinal() == span.last.toordinal() + 1 and each.members == span.members
