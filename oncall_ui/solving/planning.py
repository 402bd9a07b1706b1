"""Solves a planning problem and writes down what came out."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from oncall_ui.domain.schedules.planning.hard_rules import HardRules
from oncall_ui.domain.schedules.planning.judge import Judge
from oncall_ui.domain.schedules.planning.problem import Problem, Task
from oncall_ui.domain.schedules.planning.result import FairnessLine, Proposal, Result, SlotResult
from oncall_ui.domain.schedules.planning.sentences import Sentence
from oncall_ui.domain.schedules.shadows.shadow import without_shadows
from oncall_ui.solving.explaining.conflicts import conflicts_of
from oncall_ui.solving.explaining.obstacles import Obstacles
from oncall_ui.solving.explaining.reasons import reasons_of
from oncall_ui.solving.explaining.wording import Wording
from oncall_ui.solving.facts import Facts, facts_of
from oncall_ui.solving.highs import solver_name
from oncall_ui.solving.model import Model, Roster
from oncall_ui.solving.repair.proposals import repairs_of
from oncall_ui.solving.search import Search
from oncall_ui.solving.shadows import with_shadows
from oncall_ui.solving.stages import Report

EXPLAIN_SECONDS = 1.0
"""For saying why, where planning took all its time."""


def solve(problem: Problem, *, progress: Report | None = None) -> Result:
    """The best roster, stage by stage. `progress` hears how far it is and may stop it; the best so far is kept.

    Shadows are added to it in the end.
    """
    if not problem.shadows:
        return _solved(problem, progress)
    result = with_shadows(problem, _solved(without_shadows(problem), progress))
    return replace(result, problems=HardRules(problem, Judge(problem)).problems())


def _solved(problem: Problem, progress: Report | None) -> Result:
    began = time.monotonic()
    facts = facts_of(problem)
    model, judge = Model(facts), Judge(problem)
    rules = HardRules(problem, judge)

    def left() -> float:
        return problem.seconds - (time.monotonic() - began)

    search = Search(model, judge, rules, seconds=left(), progress=progress)
    stages = search.run()

    def search_from(roster: Roster) -> Search:
        return Search(model, judge, rules, seconds=0 if search.stopped else left(), progress=progress, start=roster)

    repairs = repairs_of(search, search_from) if problem.task is Task.REPAIR else ()
    obstacles = Obstacles(facts)
    wording = Wording(obstacles)

    def slots(roster: Roster) -> tuple[SlotResult, ...]:
        return slots_of(facts, roster, reasons_of(obstacles, wording, roster))

    return Result(
        slots(search.roster),
        tuple(stages),
        fairness_of(facts, search.roster),
        conflicts_of(obstacles, wording, search.roster, seconds=max(left(), EXPLAIN_SECONDS)),
        tuple(Proposal(slots(repair.roster), repair.stages) for repair in repairs),
        rules.problems(),
        solver_name(),
    )


def slots_of(facts: Facts, roster: Roster, reasons: Sequence[tuple[Sentence, ...]]) -> tuple[SlotResult, ...]:
    """One line for each wanted slot."""
    lines = []
    for place, person, choices, said in zip(facts.places, roster, facts.choices, reasons, strict=True):
        was = facts.problem.published.get(place.slot)
        choice = choices[person] if person is not None else None
        lines.append(
            SlotResult(
                place.slot.start,
                place.role,
                person,
                choice.blocked if choice else 0,
                choice.unknown if choice else 0,
                choice.wish if choice else 0,
                was is not None and was.person != person,
                said,
            )
        )
    return tuple(lines)


def fairness_of(facts: Facts, roster: Roster) -> tuple[FairnessLine, ...]:
    """Everybody's account, dues of filled slots only, in thousandths of a point that sum to what was done."""
    lines = []
    for bucket, members in facts.buckets.items():
        due, done = _filled(facts, roster, members)
        rounded = _thousandths(due, sum(done.values(), Fraction(0)))
        for person in facts.problem.people:
            carried = facts.carried[person.id, bucket]
            mine, owed = done[person.id], rounded[person.id]
            lines.append(FairnessLine(person.id, bucket, owed, mine, carried, mine - owed))
    return tuple(lines)


def _filled(facts: Facts, roster: Roster, members: frozenset[int]) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
    """What is due for the filled places of a bucket, and what was done. A place nobody owes is its holder's due."""
    due = {person.id: Fraction(0) for person in facts.problem.people}
    done = dict(due)
    alike: Counter[tuple[Fraction, tuple[tuple[str, Fraction], ...]]] = Counter()
    for p in sorted(members):
        place, holder = facts.places[p], roster[p]
        if holder is None:
            continue
        done[holder] += place.points
        owing = facts.shares[p] or {holder: Fraction(1)}
        alike[place.points, tuple(owing.items())] += 1
    for (points, shares), count in alike.items():
        total = sum((share for _, share in shares), Fraction(0))
        for person, share in shares:
            due[person] += count * points * share / total
    return due, done


def _thousandths(due: dict[str, Fraction], total: Fraction) -> dict[str, Fraction]:
    """Rounded down to thousandths; what is left goes to the largest remainders, ties by id."""
    down = {person: int(value * 1000) for person, value in due.items()}
    left = int(total * 1000) - sum(down.values())
    by_rest = sorted(due, key=lambda person: (down[person] - due[person] * 1000, person))
    for person in by_rest[:left]:
        down[person] += 1
    return {person: Fraction(value, 1000) for person, value in down.items()}
