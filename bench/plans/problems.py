"""The 35 planning problems: `problems.zip` holds them in the `plan` format, `best.json` what is proved of each."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from fnmatch import fnmatchcase
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TypeAlias

from oncall_ui.domain.schedules.plan_format.reading import read_text
from oncall_ui.domain.schedules.planning.problem import Problem, Span
from oncall_ui.domain.schedules.planning.result import Stage

HERE = Path(__file__).parent
JUDGED = (Stage.GAPS, Stage.BLOCKS, Stage.LIMITS, Stage.FAIRNESS, Stage.WISHES)
"""What `best.json` has a value of, in its order."""
FIRM = JUDGED[:-1]
Spans: TypeAlias = Mapping[str, tuple[Span, ...]]
YEAR = "team-12p-52w-2r"
HALVES = ("team-12p-26w-2r-s1", "team-12p-26w-2r-s2")


def names(pattern: str = "*") -> list[str]:
    """The problems whose name matches, models before teams."""
    return sorted(name for name in best() if fnmatchcase(name, pattern))


@cache
def best() -> dict[str, tuple[Fraction, ...]]:
    """The proved values of each problem, in the order of `JUDGED`."""
    found = json.loads((HERE / "best.json").read_text(encoding="utf-8"))
    return {name: tuple(Fraction(value) for value in values) for name, values in found.items()}


def problem(name: str, seconds: float | None = None) -> Problem:
    """One of the problems, or YEAR. `seconds` replaces the time it gives itself."""
    found = _year() if name == YEAR else _read(name)
    return found if seconds is None else replace(found, seconds=seconds)


def _read(name: str) -> Problem:
    with zipfile.ZipFile(HERE / "problems.zip") as file:
        return read_text(file.read(f"{name}.json").decode())


def _year() -> Problem:
    """Two half-years of teams of twelve, the second moved behind the first: 52 weeks without a hole."""
    first, second = (_read(name) for name in HALVES)
    later = first.shifts[-1].end - second.shifts[0].start
    return replace(
        first,
        end=second.end + timedelta(days=later.days),
        shifts=(
            *first.shifts,
            *(replace(shift, start=shift.start + later, end=shift.end + later) for shift in second.shifts),
        ),
        blocks=_joined(first.blocks, second.blocks, later),
        preferences=_joined(first.preferences, second.preferences, later),
    )


def _joined(first: Spans, second: Spans, later: timedelta) -> dict[str, tuple[Span, ...]]:
    people = sorted({*first, *second})
    return {
        person: united(
            [
                *first.get(person, ()),
                *(Span(span.start + later, span.end + later) for span in second.get(person, ())),
            ]
        )
        for person in people
    }


def united(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The same time in spans that are sorted and disjoint."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return tuple(found)
