"""Each problem in a program of its own, so that seconds and memory are its own."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from bench.measure import program
from bench.plans.headline import Headline
from bench.plans.problems import FIRM, JUDGED, best
from bench.plans.subject import Found
from oncall_ui.domain.schedules.planning.result import Stage


@dataclass(frozen=True, slots=True)
class Bare:
    """What the bare solver took. It is not `proved` where the time was over before."""

    cpu: float
    proved: bool


@dataclass(frozen=True, slots=True)
class Run:
    """One problem, solved by the app, and by the bare solver where that makes sense. `memory` is in MB."""

    name: str
    found: Found
    memory: float
    bare: Bare | None = None

    @property
    def firm_cpu(self) -> float:
        """CPU seconds until fairness is settled, with building the model."""
        later = sum(self.found.stages.get(stage, 0.0) for stage in (Stage.WISHES, Stage.COMFORT))
        return self.found.cpu - later - self.found.explaining

    @property
    def is_firm(self) -> bool:
        """Whether everything up to fairness is proved."""
        return all(stage in self.found.proved for stage in FIRM)

    def worse(self) -> list[str]:
        """Where the values aren't those of `best.json`, in words. Empty where there are none to compare with."""
        known = best().get(self.name, ())
        pairs = zip(JUDGED, self.found.values, known, strict=False)
        return [f"{stage} {_plain(value)}, best is {_plain(known)}" for stage, value, known in pairs if value != known]

    def wishes_within(self) -> float:
        """How far wishes may be from the best, as a share."""
        value, bound = (abs(each[JUDGED.index(Stage.WISHES)]) for each in (self.found.values, self.found.bounds))
        return abs(value - bound) / max(value, bound, 1)

    def wrong(self) -> list[str]:
        """Everything that must not be: faults, and firm stages that are open or not as they should be."""
        opened = [f"{stage} not proved" for stage in FIRM if stage not in self.found.proved]
        different = [words for words in self.worse() if not words.startswith(Stage.WISHES)]
        return [*self.found.faults, *opened, *different]


def ours(name: str, seconds: float | None) -> Run:
    """The app's run of a problem."""
    limit = [] if seconds is None else [str(seconds)]
    cost = program([sys.executable, "-m", "bench.plans.subject", name, *limit])
    return Run(name, read_found(json.loads(cost.printed)), cost.memory)


def bare(name: str, seconds: float) -> Bare:
    """The bare solver's run of the same problem."""
    return Bare(**printed("bench.plans.bare", name, str(seconds)))


def printed(module: str, *arguments: str) -> Any:
    """What a module of the bench prints on its last line."""
    return json.loads(program([sys.executable, "-m", module, *arguments]).printed.splitlines()[-1])


def read_found(value: Mapping[str, Any]) -> Found:
    """The `Found` that a subject has printed."""
    return Found(**{**value, "headline": Headline(**value["headline"])})


def _plain(value: float | Fraction) -> str:
    return f"{float(value):g}"
