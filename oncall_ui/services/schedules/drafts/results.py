"""A plan's result and input, as its rows keep them."""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from sqlmodel import Session, col, delete, select

from oncall_ui.domain.schedules.plan_format.fields import utc
from oncall_ui.domain.schedules.plan_format.problem_writing import problem_as_json
from oncall_ui.domain.schedules.plan_format.reading import read_problem
from oncall_ui.domain.schedules.plan_states import SlotHow
from oncall_ui.domain.schedules.planning.problem import Problem, Slot
from oncall_ui.domain.schedules.planning.result import (
    Conflict,
    Fix,
    FixKind,
    Pin,
    Result,
    SlotResult,
    Stage,
    StageResult,
)
from oncall_ui.domain.schedules.planning.sentences import Sentence
from oncall_ui.models import PlanInput, PlanSlot, SchedulePlan
from oncall_ui.services.schedules.drafts.editing.choices import from_row


def store_input(session: Session, plan_id: int, problem: Problem, read_at: Mapping[str, str]) -> None:
    """In place of the former one."""
    session.exec(delete(PlanInput).where(col(PlanInput.plan_id) == plan_id))
    content = zlib.compress(json.dumps(problem_as_json(problem), separators=(",", ":")).encode())
    session.add(PlanInput(plan_id=plan_id, content=content, read_at=dict(read_at)))


def stored_problem(session: Session, plan_id: int) -> Problem | None:
    """What the plan was computed from."""
    row = session.get(PlanInput, plan_id)
    return read_problem(json.loads(zlib.decompress(row.content))) if row else None


def store_slots(session: Session, plan: SchedulePlan, problem: Problem, slots: Iterable[SlotResult]) -> None:
    """In place of the former ones. An empty shadow isn't a slot: nobody is missed there."""
    session.exec(delete(PlanSlot).where(col(PlanSlot.plan_id) == plan.id))
    shifts, pinned = {shift.start: shift for shift in problem.shifts}, from_row(plan.choices).pinned
    for slot in slots:
        if slot.person is None and slot.role in problem.shadows:
            continue
        shift, place = shifts[slot.start], Slot(slot.start, slot.role)
        session.add(
            PlanSlot(
                plan_id=plan.id or 0,
                shift_start=shift.start,
                shift_end=shift.end,
                role=slot.role,
                type=shift.type,
                points=shift.points,
                label=shift.label,
                participant_id=int(slot.person) if slot.person else None,
                how=_how(problem, pinned, place, slot.person),
                blocked=slot.blocked,
                unknown=slot.unknown,
                wish=slot.wish,
                changed=slot.changed,
                reasons=[reason.as_json() for reason in slot.reasons],
            )
        )


def slots_of(session: Session, plan: SchedulePlan) -> list[PlanSlot]:
    """By start, then in the order they were planned: that of the roles."""
    rows = select(PlanSlot).where(PlanSlot.plan_id == plan.id)
    return list(session.exec(rows.order_by(col(PlanSlot.shift_start), col(PlanSlot.id))))


def roster_of(rows: Iterable[PlanSlot]) -> dict[Slot, str]:
    """Who holds which slot, for the judge."""
    return {Slot(row.shift_start, row.role): str(row.participant_id) for row in rows if row.participant_id is not None}


def result_as_row(problem: Problem, result: Result) -> dict[str, Any]:
    return {
        "stages": [_stage(stage) for stage in result.stages],
        "conflicts": [conflict_as_row(conflict) for conflict in result.conflicts],
        "problems": list(problem.problems),
        "broken": [said.as_json() for said in result.problems],
        "seed": problem.seed,
        "seconds": problem.seconds,
        "solver": result.solver,
    }


def stages_of(plan: SchedulePlan) -> tuple[StageResult, ...]:
    return tuple(
        StageResult(
            Stage(each["name"]),
            Fraction(each["value"]),
            Fraction(each["bound"]),
            each["proved"],
            each["cpu_seconds"],
            None if each["bent"] is None else Fraction(each["bent"]),
        )
        for each in plan.result.get("stages", ())
    )


def conflicts_of(plan: SchedulePlan) -> tuple[Conflict, ...]:
    return tuple(
        Conflict(
            tuple(_slot_of(slot) for slot in each["slots"]),
            tuple(Sentence.from_json(fact) for fact in each["facts"]),
            tuple(_fix_of(fix) for fix in each["fixes"]),
        )
        for each in plan.result.get("conflicts", ())
    )


def _fix_of(value: Mapping[str, Any]) -> Fix:
    return Fix(
        FixKind(value["kind"]),
        Sentence.from_json(value["sentence"]),
        value["person"],
        tuple(_slot_of(slot) for slot in value["slots"]),
        tuple(Pin(_slot_of(slot), person) for slot, person in value["pins"]),
    )


def _slot_of(value: Sequence[str]) -> Slot:
    start, role = value
    return Slot(datetime.fromisoformat(start).astimezone(UTC), role)


def problems_of(plan: SchedulePlan, names: Mapping[str, str]) -> tuple[str, ...]:
    """About the input, then about fixed slots."""
    broken = (Sentence.from_json(each).read(names) for each in plan.result.get("broken", ()))
    return (*plan.result.get("problems", ()), *broken)


def recount(plan: SchedulePlan, values: Mapping[Stage, Fraction]) -> None:
    """After a manual change: what the stages are worth now. A stage stays proved only while its value stays."""
    stages = [
        replace(
            stage,
            value=values[stage.name],
            bound=min(stage.bound, values[stage.name]),
            proved=stage.proved and stage.value == values[stage.name],
        )
        for stage in stages_of(plan)
    ]
    plan.result = plan.result | {"stages": [_stage(stage) for stage in stages], "is_by_hand": True}


def _stage(stage: StageResult) -> dict[str, Any]:
    return {
        "name": stage.name.value,
        "value": str(stage.value),
        "bound": str(stage.bound),
        "proved": stage.proved,
        "cpu_seconds": round(stage.cpu_seconds, 3),
        "bent": None if stage.bent is None else str(stage.bent),
    }


def conflict_as_row(conflict: Conflict) -> dict[str, Any]:
    """What `conflicts_of` reads."""
    return {
        "slots": [_slot(slot) for slot in conflict.slots],
        "facts": [fact.as_json() for fact in conflict.facts],
        "fixes": [_fix(fix) for fix in conflict.fixes],
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "kind": fix.kind.value,
        "sentence": fix.sentence.as_json(),
        "person": fix.person,
        "slots": [_slot(slot) for slot in fix.slots],
        "pins": [[_slot(pin.slot), pin.person] for pin in fix.pins],
    }


def _slot(slot: Slot) -> list[str]:
    return [utc(slot.start), slot.role]


def _how(problem: Problem, pinned: Mapping[Slot, int], slot: Slot, person: str | None) -> SlotHow:
    if person and str(pinned.get(slot)) == person:
        return SlotHow.HAND
    if slot in problem.fixed:
        return SlotHow.FIXED
    was = problem.published.get(slot)
    return SlotHow.KEPT if was and was.person == person else SlotHow.SOLVER
