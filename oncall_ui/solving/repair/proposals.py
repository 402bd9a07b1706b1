"""Several ways to repair a published plan, from the fewest changes on."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from oncall_ui.domain.schedules.planning.result import Stage, StageResult
from oncall_ui.solving.model import Roster
from oncall_ui.solving.search import Search
from oncall_ui.solving.stages import REPAIR_ORDER

MORE = (1, 2)
"""How many more changes are worth another proposal."""
KEPT = (Stage.GAPS, Stage.BLOCKS)
NewSearch = Callable[[Roster], Search]


@dataclass(frozen=True, slots=True)
class Repair:
    """A roster and its stages, in the order of a repair."""

    roster: Roster
    stages: tuple[StageResult, ...]

    def limits(self) -> Fraction:
        return self.stages[REPAIR_ORDER.index(Stage.LIMITS)].value

    def vector(self) -> tuple[Fraction, ...]:
        return tuple(stage.value for stage in self.stages)


def repairs_of(
    first: Search, search_from: NewSearch, told: Callable[[Repair], None] | None = None
) -> tuple[Repair, ...]:
    """The fewest changes, one and two more, and the first that breaks no limit; without those another one beats.

    With one more or two more, the first that breaks no limit is that one: with fewer changes, some limit is broken.
    `told` hears each as soon as it is found, before it is known whether another one beats it.
    """
    found: list[Repair] = []

    def add(repair: Repair | None) -> None:
        if repair is not None:
            found.append(repair)
            if told is not None:
                told(repair)

    add(Repair(first.roster, tuple(first.results[stage] for stage in REPAIR_ORDER)))
    freely = _with_any_changes(first, search_from)
    for more in MORE:
        add(_with_more(first, search_from, more, freely, found[-1].roster))
    if all(repair.limits() > 0 for repair in found):
        add(_without_broken_limits(freely))
    return tuple(_worth(found))


def _with_any_changes(first: Search, search_from: NewSearch) -> Search | None:
    """A search with the fewest broken limits, however many slots move. None: no limit is broken, or the time is up.

    What it proves holds for fewer changes, too, and is far easier to prove.
    """
    search = _begun(first, search_from) if first.values[Stage.LIMITS] > 0 else None
    if search is not None:
        search.stage(Stage.LIMITS)
    return search


def _with_more(first: Search, search_from: NewSearch, more: int, freely: Search | None, start: Roster) -> Repair | None:
    """`start` is the best with fewer changes."""
    least = first.results[Stage.CHANGES]
    search = _begun(first, search_from, start)
    if search is None:
        return None
    if freely is not None:
        search.known[Stage.LIMITS] = freely.results[Stage.LIMITS].bound
    search.limit_changes(least.value + more)
    search.nearby(Stage.LIMITS)
    search.run([Stage.LIMITS, Stage.FAIRNESS, Stage.WISHES])
    changes = replace(least, value=search.values[Stage.CHANGES], cpu_seconds=0.0)
    return _repair(search, replace(changes, proved=changes.value - changes.bound < 1))


def _without_broken_limits(freely: Search | None) -> Repair | None:
    if freely is None or freely.values[Stage.LIMITS] > 0 or freely.left() <= 0:
        return None
    freely.run([Stage.CHANGES, Stage.FAIRNESS, Stage.WISHES])
    return _repair(freely, freely.results[Stage.CHANGES])


def _begun(first: Search, search_from: NewSearch, start: Roster | None = None) -> Search | None:
    """A search that keeps the gaps and blocks of the first repair, and starts from it. None: there is no time left."""
    search = search_from(first.roster if start is None else start)
    if search.left() <= 0:
        return None
    for stage in KEPT:
        search.given(replace(first.results[stage], cpu_seconds=0.0))
    return search


def _repair(search: Search, changes: StageResult) -> Repair:
    results = search.results | {Stage.CHANGES: changes}
    return Repair(search.roster, tuple(results[stage] for stage in REPAIR_ORDER))


def _worth(repairs: Sequence[Repair]) -> Iterable[Repair]:
    """Those that no other one beats; of equal ones the first."""
    for place, one in enumerate(repairs):
        mine = one.vector()
        others = [(other.vector(), at) for at, other in enumerate(repairs) if at != place]
        if not any(_beats(theirs, mine) and (theirs != mine or at < place) for theirs, at in others):
            yield one


def _beats(one: Sequence[Fraction], other: Sequence[Fraction]) -> bool:
    return all(mine <= theirs for mine, theirs in zip(one, other, strict=True))
