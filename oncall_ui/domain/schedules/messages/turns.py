"""Turns: the shifts that somebody has one after another without a break. Reminders and handoffs come once a turn."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Part:
    """A published slot or a part of one. `participant` None: a gap."""

    role: str
    participant: int | None
    start: datetime
    end: datetime
    recorded_at: datetime
    """Since when it is theirs."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Parts in a row of one holder, or of nobody."""

    role: str
    participant: int | None
    start: datetime
    end: datetime
    recorded_at: datetime
    """Since when the first of them is theirs."""
    follows: "Turn | None" = None
    """The turn that ends when this one begins; None: there is time between that isn’t covered."""


def turns_of(parts: Iterable[Part]) -> list[Turn]:
    """Sorted by start and role. The parts of a role don't overlap."""
    by_role: defaultdict[str, list[Part]] = defaultdict(list)
    for part in sorted(parts, key=lambda each: each.start):
        by_role[part.role].append(part)
    found = [turn for theirs in by_role.values() for turn in _joined(theirs)]
    return sorted(found, key=lambda each: (each.start, each.role))


def _joined(parts: Iterable[Part]) -> Iterator[Turn]:
    turn: Turn | None = None
    for part in parts:
        is_next = turn is not None and turn.end == part.start
        if turn is not None and is_next and turn.participant == part.participant:
            turn = replace(turn, end=part.end)
            continue
        if turn is not None:
            yield turn
        before = replace(turn, follows=None) if turn is not None and is_next else None
        turn = Turn(part.role, part.participant, part.start, part.end, part.recorded_at, before)
    if turn is not None:
        yield turn
