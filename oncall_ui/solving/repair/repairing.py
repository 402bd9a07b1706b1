"""Repairs a published plan: several ways, each as soon as it is found."""

import time
from collections.abc import Callable, Collection

from oncall_ui.domain.schedules.conflicts.fixes import FixCounter, RepairFix
from oncall_ui.domain.schedules.planning.hard_rules import HardRules
from oncall_ui.domain.schedules.planning.judge import Judge
from oncall_ui.domain.schedules.planning.judge import Roster as Holders
from oncall_ui.domain.schedules.planning.problem import Problem, Slot
from oncall_ui.solving.facts import facts_of
from oncall_ui.solving.model import Model, Roster
from oncall_ui.solving.repair.proposals import Repair, repairs_of
from oncall_ui.solving.search import Search, as_slots


def repairs(
    problem: Problem, before: Holders, needed: Collection[Slot], *, told: Callable[[RepairFix], None] | None = None
) -> tuple[RepairFix, ...]:
    """Up to four, the fewest changes first; those that change nothing are left out. The problem says for how long.

    `before` is who has which slot, `needed` those that need a change. `told` hears of each as soon as it is found, some
    of which another one may beat.
    """
    began = time.monotonic()
    facts = facts_of(problem)
    model, judge = Model(facts), Judge(problem)
    rules = HardRules(problem, judge)
    counter = FixCounter(problem, before, needed)

    def left() -> float:
        return problem.seconds - (time.monotonic() - began)

    def search_from(roster: Roster) -> Search:
        return Search(model, judge, rules, seconds=left(), start=roster)

    def fix(repair: Repair) -> RepairFix:
        return counter.fix(as_slots(facts, repair.roster), repair.stages)

    def heard(repair: Repair) -> None:
        found = fix(repair)
        if told is not None and found.moves:
            told(found)

    search = Search(model, judge, rules, seconds=left())
    search.run()
    return tuple(found for each in repairs_of(search, search_from, heard) if (found := fix(each)).moves)
