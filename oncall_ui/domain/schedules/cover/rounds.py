"""Whose turn it is: one at a time while the shift is far off, three, then everyone as it comes near."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from oncall_ui.domain.schedules.cover.states import Answer, Pace

FAR, NEAR = timedelta(days=7), timedelta(hours=48)
"""Further ahead than FAR one at a time is asked, sooner than NEAR everyone."""
TURN = timedelta(hours=24)
"""How long each has before the next is asked."""
AGAIN, AGAIN_SOON = timedelta(hours=6), timedelta(hours=1)
"""How long “Ask me later” rests at least; the second where the shift is near."""
AT_ONCE = {Pace.ONE: 1, Pace.THREE: 3}


@dataclass(frozen=True, slots=True)
class Turn:
    """Of somebody who may be asked, in the order of a request. `asked_at` None: not yet."""

    asked_at: datetime | None = None
    until: datetime | None = None
    answer: Answer | None = None
    answered_at: datetime | None = None

    def is_running(self, at: datetime) -> bool:
        """Whether the others wait for this one."""
        return self.asked_at is not None and self.answer is None and self.until is not None and self.until > at


@dataclass(frozen=True, slots=True)
class Round:
    """`ask`: the places of those whose turn begins; `look_at`: when to look again. None: only the start ends it."""

    ask: tuple[int, ...]
    look_at: datetime


def pace_of(start: datetime, at: datetime, chosen: Pace | None = None) -> Pace:
    """`chosen` by the person who asks, or by how near the start is."""
    if chosen is not None:
        return chosen
    if start - at > FAR:
        return Pace.ONE
    return Pace.THREE if start - at >= NEAR else Pace.ALL


def next_round(turns: Sequence[Turn], start: datetime, at: datetime, chosen: Pace | None = None) -> Round:
    """`start` is when the shift, or the part of it, begins; nobody is asked from then on."""
    if at >= start:
        return Round((), start)
    pace = pace_of(start, at, chosen)
    free = len(turns) if pace is Pace.ALL else AT_ONCE[pace] - sum(turn.is_running(at) for turn in turns)
    ask = tuple(list(_waiting(turns, start, at))[: max(free, 0)])
    return Round(ask, min(_moments(turns, ask, start, at, chosen), default=start))


def _waiting(turns: Sequence[Turn], start: datetime, at: datetime) -> Iterator[int]:
    """Those who weren’t asked yet, then those who wanted to be asked later and have rested."""
    yield from (place for place, turn in enumerate(turns) if turn.asked_at is None and turn.answer is None)
    for place, turn in enumerate(turns):
        if turn.answer is Answer.LATER and _again(turn, start, at) <= at:
            yield place


def _again(turn: Turn, start: datetime, at: datetime) -> datetime:
    rest = AGAIN if start - at >= NEAR else AGAIN_SOON
    return (turn.answered_at or at) + rest


def _moments(
    turns: Sequence[Turn], asked: Sequence[int], start: datetime, at: datetime, chosen: Pace | None
) -> Iterator[datetime]:
    """When something may change by itself, all after `at`."""
    yield start
    if chosen is None:
        yield from (moment for moment in (start - FAR, start - NEAR) if moment > at)
    if asked:
        yield at + TURN
    for turn in turns:
        if turn.is_running(at) and turn.until is not None:
            yield turn.until
        if turn.answer is Answer.LATER and (again := _again(turn, start, at)) > at:
            yield again
