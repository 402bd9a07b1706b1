"""Why something could not be kept: the fewest shifts and facts that can't all hold."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from oncall_ui.domain.schedules.planning.result import Conflict, Stage
from oncall_ui.solving.explaining.obstacles import Kind, Obstacle, Obstacles, rank_of
from oncall_ui.solving.explaining.wording import Wording
from oncall_ui.solving.filling import can_fill
from oncall_ui.solving.limits import Pick
from oncall_ui.solving.model import Roster
from oncall_ui.solving.repair.fixes import fixes_of

STAGES = (Stage.GAPS, Stage.BLOCKS, Stage.LIMITS)
FARTHEST = 32
"""How many shifts before and after a slot are looked at for what is in its way."""
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Clash:
    """Places that can't all be filled in the sense of `stage`, and the facts that together prevent it."""

    stage: Stage
    places: tuple[int, ...]
    obstacles: tuple[Obstacle, ...]


def conflicts_of(obstacles: Obstacles, wording: Wording, roster: Roster, *, seconds: float) -> tuple[Conflict, ...]:
    """One for each slot that is empty, blocked or short of a limit, as far as it can be said why within `seconds`."""
    places = obstacles.facts.places
    return tuple(
        Conflict(
            tuple(places[p].slot for p in clash.places),
            wording.facts(clash.obstacles),
            fixes_of(obstacles, wording, roster, clash.stage, clash.places),
        )
        for clash in clashes_of(obstacles, roster, time.monotonic() + seconds)
    )


def clashes_of(obstacles: Obstacles, roster: Roster, until: float) -> Iterator[Clash]:
    """Stage by stage, what can't all hold. A place is explained once in each."""
    search = _Search(obstacles, roster, until)
    for stage in STAGES:
        explained: set[int] = set()
        for places in sorted(search.wrong(stage)):
            if explained.intersection(places) or time.monotonic() > until:
                continue
            clash = search.clash(stage, places)
            if clash is not None:
                explained.update(clash.places)
                yield clash


class _Search:
    def __init__(self, obstacles: Obstacles, roster: Roster, until: float) -> None:
        self.obstacles = obstacles
        self.facts = obstacles.facts
        self.roster = roster
        self.until = until

    def wrong(self, stage: Stage) -> set[tuple[int, ...]]:
        """The places of each thing that isn't as wanted."""
        if stage is Stage.GAPS:
            return {(p,) for p, person in enumerate(self.roster) if person is None and self.facts.places[p].gap}
        if stage is Stage.BLOCKS:
            return {(p,) for p, m in enumerate(self.roster) if m is not None and self.facts.choices[p][m].block_cost}
        wrong = set()
        for line in self.obstacles.lines:
            if line.obstacle.limit >= 0 and not self.obstacles.is_never(line.obstacle):
                held = [pick for pick in line.picks if self.roster[pick[0]] == pick[1]]
                if sum(line.picks[pick] for pick in held) > line.most:
                    wrong.add(tuple(sorted({p for p, _ in held or line.picks})))
        return wrong

    def clash(self, stage: Stage, wrong: tuple[int, ...]) -> Clash | None:
        shifts = [self.facts.places[p].shift for p in wrong]
        around = 0
        while around <= FARTHEST:
            first, last = min(shifts) - around, max(shifts) + around
            places = [p for p, place in enumerate(self.facts.places) if first <= place.shift <= last]
            wanted = [p for p in places if self.roster[p] is not None or p in wrong]
            question = Question(self.obstacles, stage, places, self._kept(stage, wrong))
            if not question.can(wanted, question.every):
                return self._least(question, wrong, wanted)
            if time.monotonic() > self.until or len(places) == len(self.facts.places):
                return None
            around = 2 * around or 1
        return None

    def _kept(self, stage: Stage, wrong: Sequence[int]) -> set[Pick]:
        """Blocked picks that are none of the stage's business: an earlier stage had to take them."""
        if stage is Stage.GAPS:
            return set()
        return {
            (p, m)
            for p, m in enumerate(self.roster)
            if m is not None and self.facts.choices[p][m].block_cost and (stage is Stage.LIMITS or p not in wrong)
        }

    def _least(self, question: "Question", wrong: Sequence[int], wanted: Sequence[int]) -> Clash:
        shifts = [self.facts.places[p].shift for p in wrong]
        middle = (min(shifts) + max(shifts)) / 2

        def distance(p: int) -> tuple[bool, float, int]:
            return p not in wrong, abs(self.facts.places[p].shift - middle), p

        far_first = sorted(wanted, key=distance, reverse=True)
        places = tuple(sorted(least(far_first, lambda some: not question.can(some, question.every))))
        unknown_first = sorted(question.every, key=rank_of, reverse=True)
        obstacles = least(unknown_first, lambda some: not question.can(places, some))
        return Clash(question.stage, places, tuple(sorted(obstacles, key=rank_of)))


class Question:
    """Whether some of the places can all be filled while some of the facts hold."""

    def __init__(self, obstacles: Obstacles, stage: Stage, places: Sequence[int], kept: set[Pick]) -> None:
        self.stage = stage
        self.people = [person.id for person in obstacles.problem.people]
        self.against = {
            pick: [one for one in obstacles.against(pick, stage) if one.kind is not Kind.BLOCKED or pick not in kept]
            for pick in ((p, person) for p in places for person in self.people)
        }
        self.lines = [
            (line, {p for (p, _), factor in line.picks.items() if factor < 0})
            for line in obstacles.lines
            if obstacles.holds(line.obstacle, stage) and any(pick in self.against for pick in line.picks)
        ]
        every = {one for some in self.against.values() for one in some} | {line.obstacle for line, _ in self.lines}
        self.every = sorted(every, key=rank_of)

    def can(self, wanted: Sequence[int], obstacles: Iterable[Obstacle]) -> bool:
        """Whether there is a roster. True where it could not be found out."""
        held = set(obstacles)
        free = {p: [person for person in self.people if not held.intersection(self.against[p, person])] for p in wanted}
        lines = [
            (line.picks, line.most) for line, needs in self.lines if line.obstacle in held and needs <= free.keys()
        ]
        return can_fill(free, lines)


def least(items: Sequence[Item], still: Callable[[Sequence[Item]], bool]) -> list[Item]:
    """A part of `items` for which `still` holds, and for which it doesn't with any one of them left out.

    `still` must hold for all of them, and keep holding when more are added. The first are left out if possible.
    """
    kept = list(items)

    def narrow(part: list[Item]) -> None:
        rest = [item for item in kept if item not in part]
        if still(rest):
            kept[:] = rest
        elif len(part) > 1:
            half = len(part) // 2
            narrow(part[:half])
            narrow(part[half:])

    narrow(list(items))
    return kept
