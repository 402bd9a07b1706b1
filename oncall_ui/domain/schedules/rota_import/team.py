"""Who was on the team then, where nothing was agreed: it follows from who held shifts.

A file says who was on call, not who might have been. Somebody counts from half a turn before their first shift to half
a turn after their last; anyone who has one within a turn of the file's beginning or end was there from the beginning or
until the end. A hole of more than three turns, and of more than 8 weeks, is an absence. See decision 0814.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median_high

from oncall_ui.domain.schedules.planning.problem import Span
from oncall_ui.domain.schedules.rota_import.holding import Held

LEAST_ABSENCE = timedelta(weeks=8)
TURNS_OF_ABSENCE = 3
SAME_TURN = timedelta(hours=36)
"""Shifts that follow each other so closely are one turn: a week written as seven days."""


@dataclass(frozen=True, slots=True)
class Team:
    """Of one role. Person → when they were on the team, sorted."""

    stretches: Mapping[int, tuple[Span, ...]]

    def at(self, moment: datetime) -> list[int]:
        return [
            person
            for person, theirs in sorted(self.stretches.items())
            if any(span.start <= moment < span.end for span in theirs)
        ]


def team_of(held: Sequence[Held]) -> Team:
    """`held` is sorted by start and doesn't overlap."""
    if not held:
        return Team({})
    whole = Span(held[0].start, held[-1].end)
    turns = _turns(held)
    steps = {person: _steps(theirs) for person, theirs in turns.items()}
    everyone = [step for theirs in steps.values() for step in theirs]
    usual = median_high(everyone) if everyone else timedelta()
    return Team(
        {
            person: tuple(_stretches(theirs, median_high(steps[person]) if steps[person] else usual, whole))
            for person, theirs in sorted(turns.items())
        }
    )


def _turns(held: Sequence[Held]) -> dict[int, list[Span]]:
    found: dict[int, list[Span]] = {}
    for each in held:
        theirs = found.setdefault(each.person, [])
        if theirs and each.start - theirs[-1].end < SAME_TURN:
            theirs[-1] = Span(theirs[-1].start, each.end)
        else:
            theirs.append(Span(each.start, each.end))
    return found


def _steps(turns: Sequence[Span]) -> list[timedelta]:
    return [later.start - earlier.start for earlier, later in pairwise(turns)]


def _stretches(turns: Sequence[Span], step: timedelta, whole: Span) -> list[Span]:
    absence = max(LEAST_ABSENCE, TURNS_OF_ABSENCE * step)
    groups = [[turns[0]]]
    for earlier, later in pairwise(turns):
        if later.start - earlier.end > absence:
            groups.append([])
        groups[-1].append(later)
    return [_reach(group, step, whole) for group in groups]


def _reach(turns: Sequence[Span], step: timedelta, whole: Span) -> Span:
    widest = max([step, *_steps(turns)])
    first, last = turns[0].start, turns[-1].end
    start = whole.start if first - whole.start <= widest else first - step / 2
    end = whole.end if whole.end - last <= widest else last + step / 2
    return Span(max(start, whole.start), min(end, whole.end))
