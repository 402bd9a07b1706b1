"""The app's side of the comparison: `python -m bench.plans.subject NAME [SECONDS]`.

Solves a problem, counts the roster again, and prints `Found` as one line of JSON.
"""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from unittest.mock import patch

from bench.measure import function
from bench.plans.headline import Headline, breaches, headline
from bench.plans.problems import JUDGED, problem
from bench.plans.team import Roster, Team
from oncall_ui.domain.schedules.planning.judge import Judge
from oncall_ui.domain.schedules.planning.problem import Problem, Slot
from oncall_ui.domain.schedules.planning.result import Result, Stage, StageResult
from oncall_ui.solving import planning, solve
from oncall_ui.solving.facts import facts_of
from oncall_ui.solving.model import Model
from oncall_ui.solving.search import Search

QUICK = 1.0
"""What takes fewer CPU seconds is solved three times, and the cheapest counts."""


@dataclass(frozen=True, slots=True)
class Found:
    """`values` and `bounds` are in the order of `JUDGED`, CPU seconds in `stages` by name.

    `cpu` is from the problem in memory to the result. Two parts of it: `building` the model, measured apart, and
    `explaining`, which is everything after the last stage. `faults` are sentences: hard rules that the roster breaks,
    and stages whose value the judge doesn't confirm.
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
    cpu, explaining, result = _timed(given)
    times = 3 if cpu < quick else 1
    for _ in range(times - 1):
        cpu, explaining, result = min((cpu, explaining, result), _timed(given), key=lambda run: run[0])
    team = Team(given)
    roster = {Slot(slot.start, slot.role): slot.person for slot in result.slots if slot.person is not None}
    stages = {stage.name: stage for stage in result.stages}
    return Found(
        values=[float(stages[stage].value) for stage in JUDGED],
        bounds=[float(stages[stage].bound) for stage in JUDGED],
        proved=[stage.value for stage in JUDGED if stages[stage].proved],
        cpu=cpu,
        building=function(lambda: Model(facts_of(given)), times=times),
        explaining=explaining,
        stages={stage.name.value: stage.cpu_seconds for stage in result.stages},
        faults=[*breaches(team, roster), *_unconfirmed(given, roster, stages)],
        headline=headline(team, roster),
    )


def _timed(given: Problem) -> tuple[float, float, Result]:
    """CPU seconds of all, and of what follows the search."""
    searched: list[float] = []

    class Timed(Search):
        def run(self, order: Sequence[Stage] | None = None) -> list[StageResult]:
            stages = super().run(order)
            searched.append(time.process_time())
            return stages

    before = time.process_time()
    with patch.object(planning, "Search", Timed):
        result = solve(given)
    after = time.process_time()
    return after - before, after - searched[0], result


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
