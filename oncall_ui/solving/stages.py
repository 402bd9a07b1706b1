"""The order of stages, and how far the search is."""

from collections.abc import Callable
from dataclasses import dataclass

from oncall_ui.domain.schedules.planning.problem import Task
from oncall_ui.domain.schedules.planning.result import Stage
from oncall_ui.solving.facts import Facts

REPAIR_ORDER = (Stage.GAPS, Stage.BLOCKS, Stage.CHANGES, Stage.LIMITS, Stage.FAIRNESS, Stage.WISHES)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the search is: the stage at work, its best value so far and what no roster can beat."""

    stage: Stage
    best: float
    bound: float


Report = Callable[[Progress], bool]
"""Hears of progress. True stops the search and keeps the best roster so far."""


def order_of(facts: Facts) -> tuple[Stage, ...]:
    """The stages of a problem in the order they are solved."""
    if facts.problem.task is Task.REPAIR:
        return REPAIR_ORDER
    later = [Stage(stage.value) for stage in facts.problem.order]
    return (Stage.GAPS, Stage.BLOCKS, Stage.LIMITS, *later)
