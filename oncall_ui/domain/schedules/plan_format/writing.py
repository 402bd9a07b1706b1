"""Writes a solved plan in the `plan` format."""

from collections.abc import Iterable
from fractions import Fraction

from oncall_ui.domain.schedules.plan_format.canonical import input_hash
from oncall_ui.domain.schedules.plan_format.fields import utc
from oncall_ui.domain.schedules.planning.problem import Problem
from oncall_ui.domain.schedules.planning.result import Conflict, FairnessLine, Proposal, Result, SlotResult, StageResult


def as_json(problem: Problem, result: Result) -> dict[str, object]:
    """Values that JSON can hold, in the order of docs/plan.md."""
    return {
        "shifts": [
            {
                "start": utc(shift.start),
                "end": utc(shift.end),
                "type": shift.type,
                "points": shift.points,
                "label": shift.label,
            }
            for shift in problem.shifts
        ],
        "slots": _slots(result.slots),
        "stages": _stages(result.stages),
        "fairness": [_fairness(line) for line in result.fairness],
        "conflicts": [_conflict(conflict) for conflict in result.conflicts],
        "proposals": [_proposal(proposal) for proposal in result.proposals],
        "problems": [*problem.problems, *map(str, result.problems)],
        "input_hash": input_hash(problem),
    }


def number(value: Fraction) -> int | float:
    """With at most three decimals, and without any where the value is whole."""
    return int(value) if value.denominator == 1 else float(round(value, 3))


def _slots(slots: Iterable[SlotResult]) -> list[dict[str, object]]:
    return [
        {
            "start": utc(slot.start),
            "role": slot.role,
            "person": slot.person,
            "blocked": slot.blocked,
            "unknown": slot.unknown,
            "wish": slot.wish,
            "changed": slot.changed,
            "reasons": [str(reason) for reason in slot.reasons],
        }
        for slot in slots
    ]


def _stages(stages: Iterable[StageResult]) -> list[dict[str, object]]:
    return [_stage(stage) for stage in stages]


def _stage(stage: StageResult) -> dict[str, object]:
    written: dict[str, object] = {
        "name": stage.name.value,
        "value": number(stage.value),
        "bound": number(stage.bound),
        "proved": stage.proved,
        "cpu_seconds": round(stage.cpu_seconds, 3),
    }
    return written if stage.bent is None else {**written, "bent": number(stage.bent)}


def _fairness(line: FairnessLine) -> dict[str, object]:
    return {
        "person": line.person,
        "bucket": line.bucket,
        "due": number(line.due),
        "done": number(line.done),
        "carried": number(line.carried),
        "balance": number(line.balance),
    }


def _conflict(conflict: Conflict) -> dict[str, object]:
    return {
        "slots": [{"start": utc(slot.start), "role": slot.role} for slot in conflict.slots],
        "facts": [str(fact) for fact in conflict.facts],
        "fixes": [str(fix.sentence) for fix in conflict.fixes],
    }


def _proposal(proposal: Proposal) -> dict[str, object]:
    return {"slots": _slots(proposal.slots), "stages": _stages(proposal.stages)}
