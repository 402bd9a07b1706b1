"""Nurse rostering instances through the same back end: `python -m bench.plans.nurses FILE SECONDS`.

Reads the text format of schedulingbenchmarks.org (Curtois and Qu, 2014), whose files aren't part of this project. The
instances show that `Mip` and the solver are no good for on-call plans only. Days past an edge of the horizon count as
whatever keeps a rule.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from oncall_ui.domain.schedules.planning.mip import Mip
from oncall_ui.solving.highs import solve_mip

BEST = {"Instance1": 607, "Instance2": 828, "Instance3": 1001}
SECTION = "SECTION_"


@dataclass(frozen=True, slots=True)
class Nurse:
    """A line of SECTION_STAFF. `most` has the most shifts of each kind; minutes are those of the whole horizon."""

    most: Mapping[str, int]
    most_minutes: int
    least_minutes: int
    most_in_row: int
    least_in_row: int
    least_off: int
    weekends: int


@dataclass(frozen=True, slots=True)
class Ward:
    """An instance. `not_after` has the pairs of shifts that may not follow each other from one day to the next."""

    days: int
    minutes: Mapping[str, int]
    not_after: Sequence[tuple[str, str]]
    nurses: Mapping[str, Nurse]
    off: Sequence[tuple[str, int]]
    requests: Sequence[tuple[str, int, str, int]]
    """Who, when, which shift and what it costs not to have it; negative: what it costs to have it."""
    cover: Sequence[tuple[int, str, int, int, int]]


def ward(words: str) -> Ward:
    """Reads an instance."""
    rows = dict(_sections(words))
    shifts = rows["SHIFTS"]
    wanted = [(nurse, int(day), shift, int(cost)) for nurse, day, shift, cost in rows.get("SHIFT_ON_REQUESTS", [])]
    unwanted = [(nurse, int(day), shift, -int(cost)) for nurse, day, shift, cost in rows.get("SHIFT_OFF_REQUESTS", [])]
    return Ward(
        days=int(rows["HORIZON"][0][0]),
        minutes={shift[0]: int(shift[1]) for shift in shifts},
        not_after=[(shift[0], later) for shift in shifts for later in shift[2].split("|") if later],
        nurses={row[0]: _nurse(row) for row in rows["STAFF"]},
        off=[(row[0], int(day)) for row in rows["DAYS_OFF"] for day in row[1:]],
        requests=[*wanted, *unwanted],
        cover=[(int(row[0]), row[1], int(row[2]), int(row[3]), int(row[4])) for row in rows["COVER"]],
    )


def _sections(words: str) -> Iterator[tuple[str, list[list[str]]]]:
    for section in words.split(SECTION)[1:]:
        name, *lines = section.splitlines()
        yield name.strip(), [line.strip().split(",") for line in lines if line.strip() and not line.startswith("#")]


def _nurse(row: Sequence[str]) -> Nurse:
    most = {kind: int(count) for kind, count in (each.split("=") for each in row[1].split("|"))}
    return Nurse(most, *(int(each) for each in row[2:8]))


class Rosters:
    """Every roster of a ward as a program: `x` has a column for nurse, day and shift, `costs` is what to minimise."""

    def __init__(self, of: Ward) -> None:
        self.ward = of
        self.mip = Mip()
        self.costs: dict[int, float] = {}
        self.constant = 0.0
        off = set(of.off)
        self.x = {
            (nurse, day, shift): self.mip.column(0, 0 if (nurse, day) in off else 1)
            for nurse in of.nurses
            for day in range(of.days)
            for shift in of.minutes
        }
        for name, nurse in of.nurses.items():
            self._amounts(name, nurse)
            self._order(name, nurse)
            self._weekends(name, nurse)
        self._cover()
        self._requests()

    def _day(self, nurse: str, day: int, factor: float = 1.0) -> list[tuple[int, float]]:
        return [(self.x[nurse, day, shift], factor) for shift in self.ward.minutes]

    def _amounts(self, name: str, nurse: Nurse) -> None:
        days = range(self.ward.days)
        for day in days:
            self.mip.row(self._day(name, day), upper=1)
        for shift, most in nurse.most.items():
            self.mip.row([(self.x[name, day, shift], 1.0) for day in days], upper=most)
        minutes = [
            (self.x[name, day, shift], float(length)) for day in days for shift, length in self.ward.minutes.items()
        ]
        self.mip.row(minutes, nurse.least_minutes, nurse.most_minutes)

    def _order(self, name: str, nurse: Nurse) -> None:
        """What may follow what, and how long work and time off last: a run too short has an end on either side."""
        for day in range(self.ward.days - 1):
            for shift, later in self.ward.not_after:
                self.mip.row([(self.x[name, day, shift], 1.0), (self.x[name, day + 1, later], 1.0)], upper=1)
        for first in range(self.ward.days - nurse.most_in_row):
            run = range(first, first + nurse.most_in_row + 1)
            self.mip.row([term for day in run for term in self._day(name, day)], upper=nurse.most_in_row)
        self._no_short_run(name, nurse.least_in_row, lambda length: -1.0 * length + 1.0, edge=1.0)
        self._no_short_run(name, nurse.least_off, lambda _: -1.0, edge=-1.0)

    def _no_short_run(self, name: str, least: int, lower: Callable[[int], float], edge: float) -> None:
        """Forbids runs below `least`. Work: ends − middle ≥ 1 − length. Time off: middle − ends ≥ −1."""
        for length in range(1, least):
            for first in range(self.ward.days - length - 1):
                ends = self._day(name, first, edge) + self._day(name, first + length + 1, edge)
                middle = [term for day in range(first + 1, first + length + 1) for term in self._day(name, day, -edge)]
                self.mip.row([*ends, *middle], lower=lower(length))

    def _weekends(self, name: str, nurse: Nurse) -> None:
        worked = []
        for saturday in range(5, self.ward.days, 7):
            weekend = self.mip.column()
            worked.append((weekend, 1.0))
            for day in (saturday, saturday + 1):
                self.mip.row([*self._day(name, day), (weekend, -1.0)], upper=0)
        self.mip.row(worked, upper=nurse.weekends)

    def _cover(self) -> None:
        for day, shift, wanted, under, over in self.ward.cover:
            here = [(self.x[nurse, day, shift], 1.0) for nurse in self.ward.nurses]
            missing, surplus = self.mip.column(0, wanted), self.mip.column(0, len(here))
            self.costs |= {missing: float(under), surplus: float(over)}
            self.mip.row([*here, (missing, 1.0), (surplus, -1.0)], wanted, wanted)

    def _requests(self) -> None:
        for nurse, day, shift, cost in self.ward.requests:
            column = self.x[nurse, day, shift]
            self.costs[column] = self.costs.get(column, 0.0) - cost
            self.constant += max(0, cost)


def main(path: str, seconds: str) -> None:
    before = time.process_time()
    rosters = Rosters(ward(Path(path).read_text(encoding="utf-8")))
    outcome = solve_mip(rosters.mip, rosters.costs, seconds=float(seconds), gap=0.999)
    value, bound = (each + rosters.constant for each in (outcome.value, outcome.bound))
    cpu = time.process_time() - before
    sys.stdout.write(json.dumps({"value": value, "bound": bound, "proved": value - bound < 1, "cpu": cpu}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
