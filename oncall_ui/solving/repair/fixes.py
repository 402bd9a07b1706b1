"""The cheapest ways out of a conflict: which facts to bend, with everything else kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from oncall_ui.domain.schedules.planning.mip import Mip
from oncall_ui.domain.schedules.planning.result import Fix, FixKind, Pin, Stage
from oncall_ui.solving.explaining.obstacles import Kind, Line, Obstacle, Obstacles, rank_of
from oncall_ui.solving.explaining.wording import Wording
from oncall_ui.solving.highs import solve_mip
from oncall_ui.solving.limits import Pick
from oncall_ui.solving.model import Roster

MOST = 3
AROUND = 7
"""How many shifts before and after the conflict may change hands for a fix."""
LIMIT_PRICE = 30
GAP_PRICE = 3000


@dataclass(frozen=True, slots=True)
class Way:
    """Facts to bend, each with the picks that bend it, and places to leave empty."""

    bent: tuple[tuple[Obstacle, tuple[Pick, ...]], ...]
    empty: tuple[int, ...]


def fixes_of(
    obstacles: Obstacles, wording: Wording, roster: Roster, stage: Stage, places: Sequence[int]
) -> tuple[Fix, ...]:
    """At most three, the cheapest first, none of which holds another."""
    return tuple(_fix(obstacles, wording, way) for way in _Priced(obstacles, roster, stage, places).ways())


def _fix(obstacles: Obstacles, wording: Wording, way: Way) -> Fix:
    slots = [place.slot for place in obstacles.facts.places]
    pins = tuple(Pin(slots[p], person) for p, person in sorted({pick for _, picks in way.bent for pick in picks}))
    asked = next((one.person for one, _ in way.bent if one.kind is Kind.BLOCKED), None)
    about = asked or next((pin.person for pin in pins), None)
    said = wording.way(way.bent, way.empty)
    if way.empty:
        return Fix(FixKind.EMPTY, said, None, tuple(slots[p] for p in way.empty), pins)
    kind = FixKind.ASK if asked else FixKind.ACCEPT
    return Fix(kind, said, about, tuple(pin.slot for pin in pins if pin.person == about), pins)


class _Priced:
    """Blocks and limits may be bent and places of the conflict left empty, each for its price.

    Outside the window the roster stays as it is, and what it breaks there costs nothing, so every way works.
    """

    def __init__(self, obstacles: Obstacles, roster: Roster, stage: Stage, places: Sequence[int]) -> None:
        self.obstacles = obstacles
        self.roster = roster
        self.stage = stage
        self.places = set(places)
        self.mip = Mip()
        self.prices: dict[int, float] = {}
        self.x: dict[Pick, int] = {}
        self.bent: dict[Obstacle, int] = {}
        self.empty: dict[int, int] = {}
        self.broken: list[tuple[Line, int]] = []
        self._window()
        for line in obstacles.lines:
            if obstacles.holds(line.obstacle, stage) and any(pick in self.x for pick in line.picks):
                self._line(line)
        if stage is Stage.LIMITS:
            self._no_worse()

    def ways(self) -> list[Way]:
        """Each solved again without the answers given."""
        found: list[Way] = []
        while len(found) < MOST:
            outcome = solve_mip(self.mip, self.prices, seconds=5)
            if outcome.values is None:
                break
            values = outcome.values
            used = [one for one, column in self.bent.items() if values[column] > 0.5]
            empty = [p for p, column in self.empty.items() if values[column] > 0.5]
            if not used and not empty:
                break
            bent = tuple((one, self._picks(values, one)) for one in sorted(used, key=rank_of))
            found.append(Way(bent, tuple(empty)))
            columns = [*(self.bent[one] for one in used), *(self.empty[p] for p in empty)]
            self.mip.row([(column, 1.0) for column in columns], upper=len(columns) - 1)
        return found

    def _window(self) -> None:
        facts = self.obstacles.facts
        shifts = [facts.places[p].shift for p in self.places]
        first, last = min(shifts) - AROUND, max(shifts) + AROUND
        for p, place in enumerate(facts.places):
            if first <= place.shift <= last:
                self._place(p)

    def _place(self, p: int) -> None:
        terms = []
        for person in (person.id for person in self.obstacles.problem.people):
            against = self.obstacles.against((p, person), self.stage)
            if any(one.kind is not Kind.BLOCKED for one in against):
                continue
            column = self.x[p, person] = self.mip.column()
            terms.append((column, 1.0))
            is_free = self.roster[p] == person and (p not in self.places or self.stage is Stage.LIMITS)
            for obstacle in () if is_free else against:
                self.mip.row([(column, 1.0), (self._bend(obstacle), -1.0)], upper=0)
        if self.roster[p] is None and p not in self.places:
            self.mip.row(terms, 0, 1)
            return
        if p in self.places and (self.roster[p] is None or self.stage is not Stage.GAPS):
            column = self.empty[p] = self.mip.column()
            self.prices[column] = float(GAP_PRICE * max(1, self.obstacles.facts.places[p].gap))
            terms.append((column, 1.0))
        self.mip.row(terms, 1, 1)

    def _bend(self, obstacle: Obstacle) -> int:
        if obstacle not in self.bent:
            column = self.bent[obstacle] = self.mip.column()
            self.prices[column] = float(self.obstacles.prices.get(obstacle, 1))
        return self.bent[obstacle]

    def _line(self, line: Line) -> None:
        outside = sum(factor for (p, m), factor in line.picks.items() if (p, m) not in self.x and self.roster[p] == m)
        terms = [(self.x[pick], float(factor)) for pick, factor in line.picks.items() if pick in self.x]
        now = sum(factor for (p, m), factor in line.picks.items() if self.roster[p] == m)
        most = max(line.most, now if self._is_elsewhere(line) else line.most) - outside
        worst = sum(max(0, factor) for pick, factor in line.picks.items() if pick in self.x) - most
        if worst <= 0:
            return
        if self._may_bend(line.obstacle):
            over = self.mip.column(0, worst, whole=False)
            self.prices[over] = float(LIMIT_PRICE)
            terms.append((over, -1.0))
            self.mip.row([(over, 1.0), (self._bend(line.obstacle), -float(worst))], upper=0)
            self.broken.append((line, over))
        self.mip.row(terms, upper=most)

    def _may_bend(self, obstacle: Obstacle) -> bool:
        """A limit that always holds gives way only to a gap."""
        if obstacle.limit < 0:
            return False
        return self.stage is Stage.GAPS or not self.obstacles.is_never(obstacle)

    def _is_elsewhere(self, line: Line) -> bool:
        """Whether what the roster breaks in it has to do with places outside the conflict."""
        return any(self.roster[p] == m and p not in self.places for p, m in line.picks)

    def _no_worse(self) -> None:
        """No more broken limits than now, and fewer if somebody has to be asked."""
        blocks = [column for one, column in self.bent.items() if one.kind is Kind.BLOCKED]
        now = sum(
            max(0, sum(factor for pick, factor in line.picks.items() if self.roster[pick[0]] == pick[1]) - line.most)
            for line, _ in self.broken
            if not self._is_elsewhere(line)
        )
        self.mip.row([(column, 1.0) for column in [*blocks, *(over for _, over in self.broken)]], upper=now)

    def _picks(self, values: Sequence[float], obstacle: Obstacle) -> tuple[Pick, ...]:
        """Which of the roster's picks bend a fact."""
        picks = {
            pick
            for pick, column in self.x.items()
            if values[column] > 0.5 and obstacle in self.obstacles.against(pick, self.stage)
        }
        for line, over in self.broken:
            if line.obstacle == obstacle and values[over] > 0.5:
                picks.update(pick for pick in line.picks if self._has(values, pick))
        return tuple(sorted(picks))

    def _has(self, values: Sequence[float], pick: Pick) -> bool:
        column = self.x.get(pick)
        return self.roster[pick[0]] == pick[1] if column is None else values[column] > 0.5
