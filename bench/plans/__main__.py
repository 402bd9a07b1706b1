"""`python -m bench.plans [PART …] [--problems PATTERN] [--seconds N]`: section "Plans" of docs/performance.md.

Parts: `models` (20 on-call models, each against bare HiGHS), `teams` (15 teams, against round robin and longest since),
`year` (12 people, 52 weeks, two roles, with a limit of time), `again` (repair, and why not somebody else), `nurses`
(only with the folder of the instances in ONCALL_BENCH_NRP). All of them by default. CPU seconds are compared, in one
run. Exit status 1 if a stage up to fairness isn't proved, a value differs from the proved one, or a roster breaks a
rule.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.plans import nurses, tables
from bench.plans.again import TEAMS, Again
from bench.plans.headline import headline
from bench.plans.problems import YEAR, names, problem
from bench.plans.rotations import longest_since, longest_since_any, round_robin
from bench.plans.runs import Run, bare, ours, printed
from bench.plans.team import Team

FOLDER = "ONCALL_BENCH_NRP"
LONGEST = 3600.0
"""Seconds on the clock for programs that have no limit of their own."""
YEAR_SECONDS = 14.0
"""Wishes get half of it at most."""
PLANNERS = {
    "round robin": round_robin,
    "longest since, by role": longest_since,
    "longest since, any role": longest_since_any,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the problems to run, and the seconds on the clock for each; None is what the problem says."""

    pattern: str
    seconds: float | None


def models(asked: Asked) -> list[str]:
    """The on-call models, each beside bare HiGHS."""
    runs = _ran([name for name in names("model-*") if name in names(asked.pattern)], asked, beside=True)
    if slow := tables.above(runs, 1.2, 0.2):
        _say([f"Above 1.2 × bare + 0.2 s to fairness: {', '.join(slow)}", ""])
    if late := [run.name for run in runs if run.bare and not run.bare.proved]:
        _say([f"Bare HiGHS ran out of time: {', '.join(late)}", ""])
    return _wrong(runs)


def _ran(chosen: Sequence[str], asked: Asked, *, beside: bool = False) -> list[Run]:
    """Runs each and prints its line at once; `beside` bare HiGHS, on the same data."""
    runs: list[Run] = []
    _say(tables.PROBLEMS if chosen else [])
    for name in chosen:
        run = ours(name, asked.seconds)
        runs.append(replace(run, bare=bare(name, asked.seconds or LONGEST)) if beside else run)
        _say([tables.problem(runs[-1])])
    _say([tables.all_of(runs), ""] if runs else [])
    return runs


def teams(asked: Asked) -> list[str]:
    """The teams, and what simpler planners make of them."""
    chosen = [name for name in names("team-*") if name in names(asked.pattern)]
    return _beside_planners(chosen, asked)


def year(asked: Asked) -> list[str]:
    """Twelve people for 52 weeks, in the time somebody would wait."""
    return _beside_planners([YEAR], replace(asked, seconds=asked.seconds or YEAR_SECONDS))


def _beside_planners(chosen: Sequence[str], asked: Asked) -> list[str]:
    runs = _ran(chosen, asked)
    if runs:
        views = [Team(problem(name)) for name in chosen]
        made = {words: [headline(team, plan(team)) for team in views] for words, plan in PLANNERS.items()}
        _say([*tables.headlines({**made, "this app": [run.found.headline for run in runs]}), ""])
    return _wrong(runs)


def after(asked: Asked) -> list[str]:
    """Repairs, and why not somebody else."""
    runs: list[Again] = []
    _say(tables.AGAIN)
    for name in TEAMS:
        runs.append(Again(**printed("bench.plans.again", name, str(asked.seconds or LONGEST))))
        _say([tables.again(name, runs[-1])])
    _say([""])
    return [f"{name}: repair not proved" for name, run in zip(TEAMS, runs, strict=True) if not run.proved]


def nurse_rosters(asked: Asked) -> list[str]:
    """Nurse rostering instances, where their folder is named."""
    folder = os.environ.get(FOLDER)
    if not folder:
        _say([f"{FOLDER} doesn't name a folder: no nurse rosters", ""])
        return []
    _say(["| instance | value | bound | best known | CPU s |", "|---|---|---|---|---|"])
    wrong = []
    for name, best in nurses.BEST.items():
        found = printed("bench.plans.nurses", str(Path(folder) / f"{name}.txt"), str(asked.seconds or LONGEST))
        _say([f"| {name} | {found['value']:.0f} | {found['bound']:.1f} | {best} | {found['cpu']:.2f} |"])
        if not found["proved"] or round(found["value"]) != best:
            wrong.append(f"{name}: {found}")
    _say([""])
    return wrong


PARTS: dict[str, Callable[[Asked], list[str]]] = {
    "models": models,
    "teams": teams,
    "year": year,
    "again": after,
    "nurses": nurse_rosters,
}


def _wrong(runs: Iterable[Run]) -> list[str]:
    return [f"{run.name}: {words}" for run in runs for words in run.wrong()]


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench.plans", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one of {', '.join(PARTS)}; all by default")
    parser.add_argument("--problems", default="*", metavar="PATTERN", help="only those whose name matches")
    parser.add_argument("--seconds", type=float, help="at most so long on the clock for each problem")
    given = parser.parse_args(arguments)
    if unknown := [part for part in given.parts if part not in PARTS]:
        parser.error(f"no such part: {', '.join(unknown)}")
    asked = Asked(given.problems, given.seconds)
    wrong = [words for part in given.parts or PARTS for words in PARTS[part](asked)]
    _say(["Not as it must be:", *(f"- {words}" for words in wrong)] if wrong else ["Everything is as it must be."])
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
