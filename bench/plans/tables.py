"""The tables of docs/performance.md, section "Plans", as lines of Markdown."""

from collections.abc import Iterator, Mapping, Sequence

from bench.plans.again import Again
from bench.plans.headline import Headline
from bench.plans.problems import JUDGED
from bench.plans.runs import Run

Totals = Mapping[str, Sequence[Headline]]
"""For each planner, what it made of each team."""


PROBLEMS = (
    "| problem | values | open | CPU s to fairness | all | bare | ratio | all | building | MB |",
    "|---|---|---|---|---|---|---|---|---|---|",
)
"""The head of the lines of problems."""


def problem(run: Run) -> str:
    """One problem: what came out, and what it took."""
    values = " ".join(f"{value:g}" for value in run.found.values)
    different = "; ".join(run.worse())
    still = ", ".join(stage for stage in JUDGED if stage not in run.found.proved) or "–"
    if "wishes" in still:
        still += f" (within {run.wishes_within():.1%})"
    return _row(
        run.name,
        f"{values} ({different})" if different else values,
        still,
        *_seconds(run.firm_cpu, run.found.cpu, run.bare.cpu if run.bare else None),
        f"{run.found.building / run.found.cpu:.0%}",
        f"{run.memory:.0f}",
    )


def all_of(runs: Sequence[Run]) -> str:
    """The line below the problems."""
    firm, whole = sum(run.firm_cpu for run in runs), sum(run.found.cpu for run in runs)
    bare = [run.bare.cpu for run in runs if run.bare]
    proved = sum(run.is_firm for run in runs), sum(len(run.found.proved) == len(JUDGED) for run in runs)
    return _row(
        f"all {len(runs)}",
        f"{sum(not run.worse() for run in runs)} as in best.json",
        f"proved to fairness {proved[0]}, with wishes {proved[1]}",
        *_seconds(firm, whole, sum(bare) if len(bare) == len(runs) else None),
        f"{sum(run.found.building for run in runs) / whole:.1%}",
        f"≤ {max(run.memory for run in runs):.0f}",
    )


def _seconds(firm: float, whole: float, bare: float | None) -> list[str]:
    seconds = [f"{firm:.2f}", f"{whole:.2f}"]
    if bare is None:
        return [*seconds, "–", "–", "–"]
    return [*seconds, f"{bare:.2f}", f"{firm / bare:.2f}×", f"{whole / bare:.2f}×"]


def above(runs: Sequence[Run], factor: float, seconds: float) -> list[str]:
    """The problems whose firm stages take more than `factor` times the bare solver's time and `seconds`."""
    return [run.name for run in runs if run.bare and run.firm_cpu > factor * run.bare.cpu + seconds]


AGAIN = (
    "| team | slots lost | moved | afresh | ways | first fix, all, CPU s"
    " | why, CPU s a person: median, 95 %, most | what came of it |",
    "|---|---|---|---|---|---|---|---|",
)
"""The head of the lines of repairs."""


def again(name: str, run: Again) -> str:
    """One repair, and what asking why took."""
    came = ", ".join(f"{count} {outcome}" for outcome, count in sorted(run.outcomes.items()))
    people = sorted(run.people)
    why = ", ".join(f"{people[round(share * (len(people) - 1))]:.2f}" for share in (0.5, 0.95, 1))
    repair = f"{run.first:.2f}, {run.repair:.2f}"
    return _row(name, *map(str, (run.away, run.moved, run.afresh, run.proposals)), repair, why, came)


def headlines(totals: Totals) -> Iterator[str]:
    """What each planner makes of the teams: sums, and means of how far people are apart."""
    yield _row("", *totals)
    yield "|---|" + "---|" * len(totals)
    first = next(iter(totals.values()))
    slots, wanted = sum(each.slots for each in first), sum(each.wanted for each in first)
    for words, of, whole in (
        ("holder blocked", "blocked", slots),
        ("left empty", "empty", slots),
        ("less than a day's rest", "short_rests", 0),
        ("wishes met", "wishes", wanted),
    ):
        yield _row(words, *(_part(sum(getattr(each, of) for each in made), whole) for made in totals.values()))
    for kind in first[0].apart:
        means = [sum(float(each.apart[kind]) for each in made) / len(made) for made in totals.values()]
        yield _row(f"apart: {kind}", *(f"{mean:.1f}" for mean in means))


def _part(count: int, whole: int) -> str:
    return f"{count:,} ({count / whole:.1%})" if whole and count else f"{count:,}"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
