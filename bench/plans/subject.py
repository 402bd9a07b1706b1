"""The app's side of the comparison: `python -m bench.plans.subject NAME [SECONDS]`.

Solves a problem, counts the roster again, and prints `Found` as one line of JSON.
"""

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from bench.measure import function
from bench.plans.headline import Headline, breaches, headline
from bench.plans.problems import JUDGED, problem
from bench.plans.team import Roster, Team
from oncall_ui.domain.schedules.judge import Judge
from oncall_ui.domain.schedules.problem import Problem, Slot
from oncall_ui.domain.schedules.result import Result, Stage, StageResult
from oncall_ui.solving import solve
from oncall_ui.solving.conflicts import conflicts_of
from oncall_ui.solving.facts import facts_of
from oncall_ui.solving.model import Model

QUICK = 1.0
"""What takes fewer CPU seconds is solved three times, and the cheapest counts."""


@dataclass(frozen=True, slots=True)
class Found:
    """`values` and `bounds` are in the order of `JUDGED`, CPU seconds in `stages` by name.

    `cpu` is from the problem in memory to the result; `building` the model and `explaining` what could not be kept are
    parts of it, measured apart. `faults` are sentences: hard rules that the roster breaks, and stages whose value the
    judge doesn't confirm.
    """

    values: list[float]
    bounds: list[float]
    proved: list[str]
    cpu: float
    building: float
    explaining: float
    stages: dict[str, float]
    faults: list[str]
    headline: Headline


def found(given: Problem, *, quick: float = QUICK) -> Found:
    """Solves the problem, measures it, and counts the roster by other means."""
    cpu, result = _timed(given)
    times = 3 if cpu < quick else 1
    for _ in range(times - 1):
        cpu, result = min((cpu, result), _timed(given), key=lambda run: run[0])
    team = Team(given)
    roster = {Slot(slot.start, slot.role): slot.person for slot in result.slots if slot.person is not None}
    stages = {stage.name: stage for stage in result.stages}
    return Found(
        values=[float(stages[stage].value) for stage in JUDGED],
        bounds=[float(stages[stage].bound) for stage in JUDGED],
        proved=[stage.value for stage in JUDGED if stages[stage].proved],
        cpu=cpu,
        building=function(lambda: Model(facts_of(given)), times=times),
        explaining=function(lambda: _explained(given, roster), times=times),
        stages={stage.name.value: stage.cpu_seconds for stage in result.stages},
        faults=[*breaches(team, roster), *_unconfirmed(given, roster, stages)],
        headline=headline(team, roster),
    )


def _timed(given: Problem) -> tuple[float, Result]:
    before = time.process_time()
    result = solve(given)
    return time.process_time() - before, result


def _explained(given: Problem, roster: Roster) -> object:
    facts = facts_of(given)
    return conflicts_of(facts, tuple(roster.get(place.slot) for place in facts.places), seconds=given.seconds)


def _unconfirmed(given: Problem, roster: Roster, stages: Mapping[Stage, StageResult]) -> list[str]:
    judged = Judge(given).count(roster)
    return [
        f"{name} is {float(judged[name])}, not {float(stage.value)}"
        for name, stage in stages.items()
        if judged[name] != stage.value
    ]


def main(name: str, seconds: str | None = None) -> None:
    outcome = asdict(found(problem(name, None if seconds is None else float(seconds))))
    sys.stdout.write(json.dumps(outcome, default=float) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
