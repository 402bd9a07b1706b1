"""What comes after a plan: `python -m bench.plans.again NAME SECONDS [SLOTS]` repairs it, and asks why not others.

A repair: the one with most shifts in the middle week is away for that week. Everything else was published and accepted.
Why: on three slots of the plan, everybody else in turn is given the slot and all the rest is planned again. SLOTS is
another number of them; with 0 nothing is asked.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from itertools import pairwise

from bench.plans.problems import problem, united
from bench.plans.team import Roster, Team
from oncall_ui.domain.schedules.conflicts.fixes import RepairFix
from oncall_ui.domain.schedules.planning.alternatives import Alternative
from oncall_ui.domain.schedules.planning.problem import LaterStage, Problem, Published, Slot, Span, Task
from oncall_ui.domain.schedules.planning.result import Result, Stage
from oncall_ui.solving import solve
from oncall_ui.solving.explaining.why import alternatives
from oncall_ui.solving.repair.repairing import repairs

TEAMS = ("team-8p-13w-2r-s1", "team-8p-13w-2r-s2", "team-8p-13w-2r-s3")
"""Eight people for 13 weeks in two roles, as in most teams."""
ASKED = 3
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Again:
    """CPU seconds; `people` has those of each alternative, `outcomes` counts what came of them.

    `away` slots lost their holder, `moved` ones have another one now; planning from the start would move `afresh`.
    `first` is until the fix with the fewest changes is found, `repair` until all `proposals` are. `proved`: all of
    each, but for how much more the others change, which is on purpose.
    """

    away: int
    moved: int
    afresh: int
    proposals: int
    first: float
    repair: float
    proved: bool
    people: list[float]
    outcomes: dict[str, int]


def again(given: Problem, asked: int = ASKED) -> Again:
    """Plans, repairs and asks."""
    plan = solve(given)
    roster = roster_of(plan)
    broken = broken_by_leave(given, roster)
    fixes, first, repair = _repaired(broken, roster)
    afresh = solve(replace(broken, task=Task.PLAN, published={}, order=(LaterStage.FAIRNESS,)))
    people, outcomes = _asked(given, plan, asked)
    return Again(
        away=len(_lost(broken)),
        moved=len(fixes[0].moves),
        afresh=_moved(roster, roster_of(afresh)),
        proposals=len(fixes),
        first=first,
        repair=repair,
        proved=all(_is_proved(fix, fixes[0]) for fix in fixes),
        people=people,
        outcomes=outcomes,
    )


def _repaired(broken: Problem, roster: Roster) -> tuple[Sequence[RepairFix], float, float]:
    """As a page asks for it: the fixes, and after how long the first and all of them were there."""
    marks = [time.process_time()]

    def told(_: RepairFix) -> None:
        marks.append(time.process_time())

    fixes = repairs(broken, roster, _lost(broken), told=told)
    return fixes, marks[1] - marks[0], time.process_time() - marks[0]


def _is_proved(fix: RepairFix, first: RepairFix) -> bool:
    return all(stage.proved for stage in fix.stages if fix is first or stage.name is not Stage.CHANGES)


def _lost(broken: Problem) -> list[Slot]:
    return [slot for slot, was in broken.published.items() if not was.accepted]


def roster_of(plan: Result) -> Roster:
    return {Slot(slot.start, slot.role): slot.person for slot in plan.slots if slot.person is not None}


def broken_by_leave(given: Problem, roster: Roster) -> Problem:
    """The repair of `roster` after the one with most shifts in the middle week has taken that week off."""
    start = given.shifts[len(given.shifts) // 2].start
    leave = Span(start, start + WEEK)
    busy = Counter(person for slot, person in sorted(roster.items(), key=_order) if start <= slot.start < leave.end)
    away = busy.most_common(1)[0][0]
    blocks = {**given.blocks, away: united([*given.blocks.get(away, ()), leave])}
    broken = replace(given, task=Task.REPAIR, blocks=blocks)
    before, after = Team(given), Team(broken)
    published = {
        slot: Published(person, accepted=after.blocked(slot, person) == before.blocked(slot, person))
        for slot, person in roster.items()
    }
    return replace(broken, published=published)


def _order(item: tuple[Slot, str]) -> tuple[object, ...]:
    slot, person = item
    return slot.start, slot.role, person


def _moved(before: Roster, after: Mapping[Slot, str]) -> int:
    return sum(after.get(slot) != person for slot, person in before.items())


def _asked(given: Problem, plan: Result, asked: int) -> tuple[list[float], dict[str, int]]:
    roster, seconds = roster_of(plan), []
    outcomes: Counter[str] = Counter()
    slots = Team(given).slots
    for number in range(asked):
        marks = [time.process_time()]

        def told(alternative: Alternative, marks: list[float] = marks) -> bool:
            outcomes[alternative.outcome.value] += 1
            marks.append(time.process_time())
            return False

        slot = slots[(2 * number + 1) * len(slots) // (2 * asked)]
        alternatives(given, roster, plan.stages, slot, seconds=given.seconds, told=told)
        seconds += [after - before for before, after in pairwise(marks)]
    return seconds, dict(outcomes)


def main(name: str, seconds: str, asked: str = str(ASKED)) -> None:
    sys.stdout.write(json.dumps(asdict(again(problem(name, float(seconds)), int(asked)))) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
