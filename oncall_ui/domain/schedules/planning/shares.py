"""A planning problem without calendars: only which share of each shift somebody is blocked, prefers or is unknown."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from oncall_ui.domain.schedules.planning.problem import Problem, Shift, Span

_TICK = timedelta(microseconds=1)
_SECOND = timedelta(seconds=1)
Spans = Mapping[str, tuple[Span, ...]]


def reduced(problem: Problem) -> Problem:
    """The same problem to a solver: each span of a shift lies at its beginning, as long as its thousandths say.

    Plans keep this one. It says less about people than their calendars do, and gives the same roster.
    """
    return replace(
        problem,
        blocks=_reduced(problem.blocks, problem.shifts),
        preferences=_reduced(problem.preferences, problem.shifts),
        unknown=_reduced(problem.unknown, problem.shifts),
    )


def thousandths(spans: Sequence[Span], shift: Shift) -> int:
    """How much of the shift the spans cover: 0 only where they don't touch it."""
    none = timedelta()
    covered = sum((max(none, min(span.end, shift.end) - max(span.start, shift.start)) for span in spans), none)
    return max(1, round(1000 * Fraction(covered // _TICK, (shift.end - shift.start) // _TICK))) if covered else 0


def stored_thousandths(spans: Sequence[Span], shift: Shift) -> int:
    """As `thousandths`, of the spans as they are reduced; the same whether or not they are already."""
    share = thousandths(spans, shift)
    return thousandths((Span(shift.start, shift.start + length(share, shift)),), shift) if share else 0


def _reduced(by_person: Spans, shifts: Sequence[Shift]) -> dict[str, tuple[Span, ...]]:
    found = {
        person: tuple(
            Span(shift.start, shift.start + length(share, shift))
            for shift in shifts
            if (share := thousandths(spans, shift))
        )
        for person, spans in by_person.items()
    }
    return {person: spans for person, spans in sorted(found.items()) if spans}


def length(share: int, shift: Shift) -> timedelta:
    """Whole seconds, as the `plan` format writes instants, that round to so many thousandths of the shift."""
    seconds = (shift.end - shift.start) // _SECOND
    return timedelta(seconds=max(1, round(Fraction(seconds * share, 1000))))
