"""`run.py plan`: the best plan for the people, shifts and availability in a file. Stores nothing, needs no settings."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from oncall_ui.cli.failing import CommandFailed
from oncall_ui.domain.schedules.plan_format.reading import read_text
from oncall_ui.domain.schedules.plan_format.writing import as_json, number
from oncall_ui.domain.schedules.planning.problem import Problem, Shift, Slot
from oncall_ui.domain.schedules.planning.result import (
    Conflict,
    FairnessLine,
    Result,
    SlotResult,
    StageResult,
    Verdict,
    first_open,
    verdict_of,
)
from oncall_ui.domain.schedules.shifts.types import hours
from oncall_ui.solving import solve


@dataclass(frozen=True, slots=True)
class Plan:
    """A problem and what solving it gave."""

    problem: Problem
    result: Result

    def as_json(self) -> str:
        return json.dumps(as_json(self.problem, self.result), ensure_ascii=False)

    def as_table(self) -> str:
        """Times on the wall clock of the zone; what is worth a look comes last."""
        return "\n".join(
            [
                _verdict(self.result.stages),
                "",
                *_aligned(_roster(self.problem, self.result.slots)),
                "",
                *_aligned(_stages(self.result.stages)),
                *_section(_aligned(_fairness(self.result.fairness))),
                *_section(_conflicts(self.result.conflicts, self.problem)),
                *_section([*self.problem.problems, *map(str, self.result.problems)]),
            ]
        )


def plan(source: str) -> Plan:
    """Reads a file and solves it. Raises CommandFailed for a file that can't be read, ValueError for its content."""
    try:
        words = Path(source).read_text("utf-8-sig")
    except OSError as error:
        raise CommandFailed(f"{source}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise CommandFailed(f"{source}: not text in UTF-8 (byte {error.start})") from error
    problem = read_text(words)
    return Plan(problem, solve(problem))


def _verdict(stages: Sequence[StageResult]) -> str:
    verdict = verdict_of(stages)
    return f"{verdict}: {first_open(stages)}" if verdict is Verdict.GOOD else verdict.value


def _roster(problem: Problem, slots: Sequence[SlotResult]) -> Iterator[Sequence[str]]:
    yield ("shift", "length", "type", "points", *problem.roles)
    held = {Slot(slot.start, slot.role): slot for slot in slots}
    for shift in problem.shifts:
        start = f"{shift.start.astimezone(problem.zone):%a %d %b %Y %H:%M}"
        length = hours(shift.end - shift.start)
        cells = [_cell(held.get(Slot(shift.start, role))) for role in problem.roles]
        yield (start, length, shift.type, str(shift.points), *cells)


def _cell(slot: SlotResult | None) -> str:
    if slot is None:
        return "-"
    if slot.person is None:
        return "(empty)"
    marks = [
        *([f"{slot.blocked / 10:g}% blocked"] if slot.blocked else []),
        *([f"{slot.unknown / 10:g}% unknown"] if slot.unknown else []),
        *(["changed"] if slot.changed else []),
    ]
    return f"{slot.person} ({', '.join(marks)})" if marks else slot.person


def _stages(stages: Sequence[StageResult]) -> Iterator[Sequence[str]]:
    yield ("stage", "value", "at best", "")
    for stage in stages:
        yield (stage.name, str(number(stage.value)), str(number(stage.bound)), "proved" if stage.proved else "open")


def _fairness(lines: Sequence[FairnessLine]) -> Iterator[Sequence[str]]:
    if lines:
        yield ("person", "bucket", "due", "done", "balance")
    for line in lines:
        yield (line.person, line.bucket, *(str(number(value)) for value in (line.due, line.done, line.balance)))


def _conflicts(conflicts: Sequence[Conflict], problem: Problem) -> Iterator[str]:
    starts = {shift.start: shift for shift in problem.shifts}
    for conflict in conflicts:
        named = ", ".join(f"{_when(starts[slot.start], problem)} {slot.role}" for slot in conflict.slots)
        yield f"{named}:"
        yield from (f"  {fact}" for fact in conflict.facts)
        yield from (f"  fix: {fix.sentence}" for fix in conflict.fixes)


def _when(shift: Shift, problem: Problem) -> str:
    return f"{shift.start.astimezone(problem.zone):%a %d %b %H:%M}"


def _section(lines: Iterator[str] | Sequence[str]) -> list[str]:
    """The lines after an empty one; nothing if there are none."""
    found = list(lines)
    return ["", *found] if found else []


def _aligned(rows: Iterator[Sequence[str]]) -> list[str]:
    cells = list(rows)
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
