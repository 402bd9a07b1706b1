"""Who held which time of a role, once every minute of it belongs to one person."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from oncall_ui.domain.schedules.planning.problem import Span

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Held:
    """A participant was on call from `start` to `end`, aware UTC."""

    start: datetime
    end: datetime
    person: int


def without_overlaps(entries: Iterable[Held]) -> list[Held]:
    """Where two overlap, the one that starts later counts, as overrides do; of two at once the later in the list."""
    ordered = sorted(enumerate(entries), key=lambda each: (each[1].start, each[0]))
    moments = sorted({moment for _, each in ordered for moment in (each.start, each.end)})
    found: list[Held] = []
    active: list[tuple[int, Held]] = []
    coming = 0
    for start, end in pairwise(moments):
        while coming < len(ordered) and ordered[coming][1].start <= start:
            heapq.heappush(active, (-coming, ordered[coming][1]))
            coming += 1
        while active and active[0][1].end <= start:
            heapq.heappop(active)
        if active:
            _append(found, Held(start, end, active[0][1].person))
    return found


def outside(held: Iterable[Held], spans: Iterable[Span]) -> list[Held]:
    """What of it lies in none of the spans. Both are sorted by start, and what is held doesn't overlap."""
    taken = _merged(spans)
    found: list[Held] = []
    at = 0
    for each in held:
        start = each.start
        while at < len(taken) and taken[at].end <= start:
            at += 1
        for span in taken[at:]:
            if span.start >= each.end:
                break
            if span.start > start:
                found.append(Held(start, span.start, each.person))
            start = max(start, span.end)
        if start < each.end:
            found.append(Held(start, each.end, each.person))
    return found


def minutes_in(held: Sequence[Held], first: int, span: Span) -> tuple[dict[int, int], int]:
    """Person → how much of the span is theirs, in microseconds; and where to look from for the next span."""
    while first < len(held) and held[first].end <= span.start:
        first += 1
    found: dict[int, int] = {}
    for each in held[first:]:
        if each.start >= span.end:
            break
        length = (min(each.end, span.end) - max(each.start, span.start)) // _TICK
        found[each.person] = found.get(each.person, 0) + length
    return found, first


def carried(points: int, whole: timedelta, lengths: Mapping[int, int]) -> dict[int, int]:
    """Person → their part of the thousandths of a slot, by the microseconds they held; exact if all is held."""
    length = whole // _TICK
    found = {person: points * held // length for person, held in sorted(lengths.items())}
    if found and sum(lengths.values()) == length:
        found[min(found)] += points - sum(found.values())
    return found


def _append(found: list[Held], new: Held) -> None:
    if found and found[-1].person == new.person and found[-1].end == new.start:
        found[-1] = Held(found[-1].start, new.end, new.person)
    else:
        found.append(new)


def _merged(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for span in sorted(spans, key=lambda each: each.start):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found
