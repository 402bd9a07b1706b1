"""Spans of fixed shifts, as GoAlert takes them: each replaces whatever was there."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from oncall_ui.domain.schedules.destinations.copies import Held, Span, merged

MOST_SHIFTS = 150
"""Of one span (GoAlert's FixedShiftsPerTemporaryScheduleLimit)."""
SOON = timedelta(minutes=6)
"""A span has to end later than that: GoAlert wants five minutes."""

RUNNING = timedelta(minutes=2)
"""What runs is cut by the other program's clock, to the second or the minute: so much of it isn't compared."""


@dataclass(frozen=True, slots=True)
class FixedSpan:
    """Who is on call between two moments, and nobody else is."""

    start: datetime
    end: datetime
    shifts: tuple[Held, ...]


def spans_of(shifts: Sequence[Held], holes: Sequence[Span], now: datetime) -> list[FixedSpan]:
    """From this minute to the last shift, without the `holes`: there the other program's own rules go on."""
    start = now.replace(second=0, microsecond=0)
    ends = [*(each.end for each in shifts), *(hole.end for hole in holes)]
    if not ends or max(ends) <= now + SOON:
        return []
    found: list[FixedSpan] = []
    for piece in _pieces(Span(start, max(ends)), holes):
        inside = [_cut(each, piece) for each in shifts if each.overlaps(piece)]
        found += _in_parts(piece, merged(inside))
    return [each for each in found if each.end > now + SOON]


def is_as_wanted(wanted: Sequence[FixedSpan], there: Sequence[FixedSpan], ours: Span, now: datetime) -> bool:
    """Whether, from now on and in the time that is ours, the other program has exactly these spans."""
    return _normal(wanted, ours, now) == _normal(there, ours, now)


def _normal(spans: Iterable[FixedSpan], ours: Span, now: datetime) -> tuple[list[Held], list[Held]]:
    piece = Span(max(ours.start, now.replace(second=0, microsecond=0) + RUNNING), ours.end)
    shifts = [_cut(each, piece) for span in spans for each in span.shifts if each.overlaps(piece)]
    covered = [Held(span.start, span.end, "") for span in spans]
    return merged(shifts), merged(_cut(each, piece) for each in covered if each.overlaps(piece))


def _pieces(whole: Span, holes: Sequence[Span]) -> Iterator[Span]:
    at = whole.start
    for hole in sorted(holes, key=lambda each: each.start):
        if hole.start > at:
            yield Span(at, min(hole.start, whole.end))
        at = max(at, hole.end)
    if at < whole.end:
        yield Span(at, whole.end)


def _in_parts(piece: Span, shifts: Sequence[Held]) -> Iterator[FixedSpan]:
    start = piece.start
    for number in range(0, max(len(shifts), 1), MOST_SHIFTS):
        part, rest = shifts[number : number + MOST_SHIFTS], shifts[number + MOST_SHIFTS :]
        end = rest[0].start if rest else piece.end
        yield FixedSpan(start, end, tuple(part))
        start = end


def _cut(held: Held, piece: Span) -> Held:
    return Held(max(held.start, piece.start), min(held.end, piece.end), held.user)
