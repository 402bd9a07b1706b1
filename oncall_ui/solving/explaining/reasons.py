"""Facts about each slot of a finished roster: what the holder said, and why it isn’t anybody else."""

from collections.abc import Iterator

from oncall_ui.domain.schedules.planning.fact_words import PREFERS, RATHER_NOT, UNKNOWN, at_once, short_rest
from oncall_ui.domain.schedules.planning.problem import Rest, Slot
from oncall_ui.domain.schedules.planning.sentences import Sentence, Who, sentence
from oncall_ui.solving.explaining.obstacles import Kind, Line, Obstacle, Obstacles, rank_of
from oncall_ui.solving.explaining.wording import Wording
from oncall_ui.solving.limits import Pick
from oncall_ui.solving.model import Roster


def reasons_of(obstacles: Obstacles, wording: Wording, roster: Roster) -> list[tuple[Sentence, ...]]:
    """For each place, the holder first, then one fact for each other person who has any, by id."""
    facts = _Facts(obstacles, wording, roster)
    return [tuple(facts.of(p)) for p in range(len(roster))]


class _Facts:
    def __init__(self, obstacles: Obstacles, wording: Wording, roster: Roster) -> None:
        self.obstacles = obstacles
        self.wording = wording
        self.roster = roster
        self.facts = obstacles.facts
        self.people = [person.id for person in obstacles.problem.people]
        self.used = [
            sum(factor for (p, person), factor in line.picks.items() if roster[p] == person) for line in obstacles.lines
        ]
        self.lines: dict[Pick, list[int]] = {}
        for place, line in enumerate(obstacles.lines):
            for pick, factor in line.picks.items():
                if factor > 0:
                    self.lines.setdefault(pick, []).append(place)

    def of(self, p: int) -> Iterator[Sentence]:
        """Everything worth knowing about one place."""
        holder = self.roster[p]
        if holder is not None:
            yield from self._holder(p, holder)
        for person in self.people:
            if person != holder:
                yield from self._against(p, person)

    def _holder(self, p: int, holder: str) -> Iterator[Sentence]:
        choice = self.facts.choices[p][holder]
        if choice.given:
            yield sentence("This slot is fixed for ", Who(holder))
        for obstacle in self.obstacles.own((p, holder)):
            if obstacle.kind is Kind.BLOCKED:
                yield self.wording.fact(obstacle)
        if choice.wish > 0:
            yield sentence(Who(holder), f" {PREFERS}")
        elif choice.wish < 0:
            yield sentence(Who(holder), f" {RATHER_NOT}")
        if choice.unknown:
            yield sentence(Who(holder), f": {UNKNOWN}")

    def _against(self, p: int, person: str) -> Iterator[Sentence]:
        """The gravest fact: what rules the person out, else what they have at the same time, else a limit."""
        own = sorted((one for one in self.obstacles.own((p, person)) if one.kind is not Kind.FIXED), key=rank_of)
        if own:
            yield self.wording.fact(own[0])
            return
        broken = [
            self.obstacles.lines[place] for place in self.lines.get((p, person), ()) if self._breaks(place, p, person)
        ]
        if broken:
            yield self._limit(min(broken, key=lambda line: rank_of(line.obstacle)), p, person)

    def _breaks(self, place: int, p: int, person: str) -> bool:
        """Whether a line that holds, or is as good as it can be, would be broken with the person on the place."""
        line, holder = self.obstacles.lines[place], self.roster[p]
        without = line.picks.get((p, holder), 0) if holder is not None else 0
        after = self.used[place] - without + line.picks[p, person]
        return after > line.most and after > self.used[place]

    def _limit(self, line: Line, p: int, person: str) -> Sentence:
        others = [q for q, who in line.picks if who == person and self.roster[q] == person and q != p]
        nearest = min(others, key=lambda q: (abs(q - p), q), default=None)
        if nearest is None or line.obstacle.kind not in {Kind.AT_ONCE, Kind.REST}:
            return self.wording.fact(line.obstacle)
        slot = self.facts.places[nearest].slot
        if line.obstacle.kind is Kind.REST:
            return sentence(Who(person), f" {self._rest(line.obstacle, p, slot)}")
        is_same = slot.start == self.facts.places[p].slot.start
        return sentence(Who(person), f" {at_once(slot.role if is_same else self.wording.names.within(slot))}")

    def _rest(self, obstacle: Obstacle, p: int, other: Slot) -> str:
        limit = self.obstacles.problem.limits[obstacle.limit]
        assert isinstance(limit, Rest)
        here, there = (self.wording.shifts[slot.start] for slot in (self.facts.places[p].slot, other))
        is_after = there.start < here.start
        between = here.start - there.end if is_after else there.start - here.end
        return short_rest(between, limit.gap, self.wording.names.slot(other), is_after=is_after)
