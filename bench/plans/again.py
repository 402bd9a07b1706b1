"""What comes after a plan: `python -m bench.plans.again NAME SECONDS` repairs it, and asks why not somebody else.

A repair: the one with most shifts in the middle week is away for that week. Everything else was published and accepted.
Why: on three slots of the plan, everybody else in turn is given the slot and all the rest is planned again.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from itertools import pairwise

from bench.plans.problems import problem, united
from bench.plans.team import Roster, Team
from oncall_ui.domain.schedules.planning.alternatives import Alternative
from oncall_ui.domain.schedules.planning.problem import LaterStage, Problem, Published, Slot, Span, Task
from oncall_ui.domain.schedules.planning.result import Result, Stage
from oncall_ui.solving import solve
from oncall_ui.solving.explaining.why import alternatives

TEAMS = ("team-8p-13w-2r-s1", "team-8p-13w-2r-s2", "team-8p-13w-2r-s3")
"""Eight people for 13 weeks in two roles, as in most teams."""
ASKED = 3
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Again:
    """CPU seconds; `people` has those of each alternative, `outcomes` counts what came of them.

    `away` slots lost their holder, `moved` ones have another one now; planning from the start would move `afresh`.
    """

    away: int
    moved: int
    afresh: int
    proposals: int
    repair: float
    proved: bool
    people: list[float]
    outcomes: dict[str, int]


def again(given: Problem) -> Again:
    """Plans, repairs and asks."""
    plan = solve(given)
    roster = roster_of(plan)
    broken = broken_by_leave(given, roster)
    before = time.process_time()
    repaired = solve(broken)
    repair = time.process_time() - before
    afresh = solve(replace(broken, task=Task.PLAN, published={}, order=(LaterStage.FAIRNESS,)))
    people, outcomes = _asked(given, plan)
    return Again(
        away=sum(not was.accepted for was in broken.published.values()),
        moved=_moved(roster, roster_of(repaired)),
        afresh=_moved(roster, roster_of(afresh)),
        proposals=len(repaired.proposals),
        repair=repair,
        proved=all(stage.proved for stage in repaired.stages if stage.name is not Stage.COMFORT),
        people=people,
        outcomes=outcomes,
    )


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


def _asked(given: Problem, plan: Result) -> tuple[list[float], dict[str, int]]:
    roster, seconds = roster_of(plan), []
    outcomes: Counter[str] = Counter()
    slots = Team(given).slots
    for number in range(ASKED):
        marks = [time.process_time()]

        def told(alternative: Alternative, marks: list[float] = marks) -> bool:
            outcomes[alternative.outcome.value] += 1
            marks.append(time.process_time())
            return False

        slot = slots[(2 * number + 1) * len(slots) // (2 * ASKED)]
        alternatives(given, roster, plan.stages, slot, seconds=given.seconds, told=told)
        seconds += [after - before for before, after in pairwise(marks)]
    return seconds, dict(outcomes)


def main(name: str, seconds: str) -> None:
    sys.stdout.write(json.dumps(asdict(again(problem(name, float(seconds))))) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
