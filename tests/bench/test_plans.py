"""The yardsticks of `python -m bench.plans`: what they count, and what they plan for teams small enough for paper."""

import zipfile
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

from bench.plans import nurses, tables
from bench.plans.again import Again, broken_by_leave
from bench.plans.bare import Weighted, least
from bench.plans.headline import Headline, breaches, headline
from bench.plans.problems import HERE, YEAR, best, names, problem
from bench.plans.rotations import longest_since, longest_since_any, round_robin
from bench.plans.runs import Bare, Run
from bench.plans.subject import Found
from bench.plans.team import Roster, Team
from oncall_ui.domain.schedules.plan_format.reading import read_problem
from oncall_ui.domain.schedules.planning.problem import Span, Task
from oncall_ui.solving.highs import solve_mip
from tests.solving.test_cases import block, plan

BOTH = ["primary", "secondary"]


def team(people: str, shifts: int, **more: Any) -> Team:
    return Team(read_problem(plan(list(people), shifts, **more)))


def held(of: Team, people: str) -> Roster:
    """One character a slot; a dot is empty."""
    return {slot: person for slot, person in zip(of.slots, people, strict=True) if person != "."}


def spelled(of: Team, roster: Roster) -> str:
    return "".join(roster.get(slot, ".") for slot in of.slots)


def test_round_robin_takes_the_next_of_each_role_blocked_or_not() -> None:
    of = team("abc", 4, roles=BOTH, availability=[block("a", 0, 1)])
    assert spelled(of, round_robin(of)) == "abbccaab"


def test_round_robin_has_an_order_for_each_type_and_skips_who_has_left() -> None:
    of = team("abc", 4)
    days = [{"start": s.start, "end": s.end, "type": s.type} for s in of.problem.shifts]
    days[1]["type"] = "weekend"
    shifts = [{key: _text(value) for key, value in day.items()} for day in days]
    left = {"id": "c", "left": _text(of.slots[2].start)}
    mixed = Team(read_problem({**plan(["a", "b", left], 4), "shifts": shifts}))
    assert spelled(mixed, round_robin(mixed)) == "aaba"


def test_longest_since_counts_each_role_by_itself_or_all_of_them() -> None:
    of = team("abc", 3, roles=BOTH)
    assert spelled(of, longest_since(of)) == "abbacb"
    assert spelled(of, longest_since_any(of)) == "abcabc"


def test_longest_since_leaves_a_slot_empty_rather_than_give_it_to_someone_blocked() -> None:
    of = team("ab", 2, availability=[block("a", 0, 1), block("b", 0.5, 2)])
    assert spelled(of, longest_since(of)) == ".a"


def test_a_headline_counts_what_a_reader_sees() -> None:
    likes = [block("a", 0, 1, "prefer"), block("b", 2, 3, "prefer"), block("a", 1.5, 3)]
    of = team("ab", 4, availability=likes)
    counted = headline(of, held(of, "aa.b"))
    assert (counted.slots, counted.blocked, counted.empty, counted.short_rests) == (4, 1, 1, 1)
    assert (counted.wishes, counted.wanted) == (1, 2)
    assert counted.apart == {"points": 1, "weekday": 1}


def test_a_roster_that_breaks_a_hard_rule_is_found_out() -> None:
    of = team("ab", 3, roles=BOTH, blocks="never", availability=[block("a", 0, 1)], limits=[NO_REST])
    assert breaches(of, held(of, "b..ab.")) == []
    assert breaches(of, held(of, "ab....")) == ["a may not hold 2026-12-07 00:00 primary"]
    assert breaches(of, held(of, "bb....")) == ["b has 1 pairs of shifts at once or too close"]
    assert breaches(of, held(of, "b.b...")) == ["b has 1 pairs of shifts at once or too close"]


NO_REST = {"kind": "rest", "hours": 24, "strength": "never"}


def test_bare_highs_minimises_one_weighted_sum() -> None:
    wishes = [{"start": _text(at), "role": "primary", "person": "a", "value": -3} for at in starts(5)]
    of = team("ab", 5, wishes=wishes, blocks="never", availability=[block("a", 4, 5), block("b", 4, 5)])
    # Two each and one empty; "weekends" are the first two of five shifts where no shift has that type.
    assert least(Weighted(of), 10) == pytest.approx(10_000 + 2 * 3)
    # One has two of three, and the only one of the first half.
    rested = team("ab", 3, blocks="never", limits=[NO_REST])
    assert least(Weighted(rested), 10) == pytest.approx(100 + 60)


def starts(count: int) -> list[Any]:
    return [slot.start for slot in team("a", count).slots]


def _text(value: Any) -> Any:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if hasattr(value, "strftime") else value


WARD = """SECTION_HORIZON
# a comment
7

SECTION_SHIFTS
E,480,
L,480,E

SECTION_STAFF
A,E=7|L=7,{most},{least},3,2,2,1
B,E=7|L=7,{most},{least},3,2,2,1

SECTION_DAYS_OFF
A,0

SECTION_SHIFT_ON_REQUESTS
A,1,E,2
A,0,E,5

SECTION_SHIFT_OFF_REQUESTS
B,1,E,3

SECTION_COVER
1,E,2,100,1
"""


def rostered(most: int, least: int) -> float:
    rosters = nurses.Rosters(nurses.ward(WARD.format(most=most, least=least)))
    return solve_mip(rosters.mip, rosters.costs, seconds=10, gap=0.999).value + rosters.constant


def test_nurse_rosters_cost_what_is_missing_and_what_was_asked_for() -> None:
    # A's day off costs 5; both work on day 1, which B would rather not: 3.
    assert rostered(5 * 480, 0) == pytest.approx(5 + 3)
    # Nobody may work at all: two missing, and nothing that A asked for.
    assert rostered(0, 0) == pytest.approx(200 + 5 + 2)


def test_every_problem_is_packed_and_has_its_values() -> None:
    with zipfile.ZipFile(HERE / "problems.zip") as file:
        assert sorted(file.namelist()) == [f"{name}.json" for name in names()]
    assert len(names("model-*")) == 20
    assert len(names("team-*")) == 15
    assert {len(values) for values in best().values()} == {5}


def test_a_year_has_no_hole() -> None:
    year = problem(YEAR, 5)
    assert len(year.shifts) == 312
    assert all(one.end == two.start for one, two in pairwise(year.shifts))
    assert year.shifts[-1].end - year.shifts[0].start > timedelta(weeks=52)
    assert all(one.end < two.start for spans in year.blocks.values() for one, two in pairwise(spans))
    assert year.seconds == 5


FINE = Found(
    values=[0.0, 0.0, 0.0, 10.0, 1.0],
    bounds=[0.0, 0.0, 0.0, 10.0, 1.0],
    proved=["gaps", "blocks", "limits", "fairness", "wishes"],
    cpu=1.0,
    building=0.1,
    explaining=0.1,
    stages={"gaps": 0.1, "blocks": 0.0, "limits": 0.0, "changes": 0.0, "fairness": 0.2, "wishes": 0.5},
    faults=[],
    headline=Headline(13, 1, 0, 2, 3, 4, {"points": Fraction(3, 2)}),
)
SMALL = "model-5p-13w-weekly-1r-s1"


def test_a_run_is_compared_with_what_is_proved() -> None:
    assert Run(SMALL, FINE, 50).wrong() == []
    late = Found(**{**_fields(FINE), "proved": ["gaps", "blocks", "limits"], "values": [0.0, 0.0, 0.0, 12.0, 2.0]})
    assert Run(SMALL, late, 50).wrong() == ["fairness not proved", "fairness 12, best is 10"]
    assert Run(SMALL, late, 50).wishes_within() == pytest.approx(0.5)


def _fields(found: Found) -> dict[str, Any]:
    return {name: getattr(found, name) for name in Found.__slots__}


def test_the_tables_show_ratios_and_sums() -> None:
    runs = [Run(SMALL, FINE, 50, Bare(0.8, proved=True))]
    assert tables.problem(runs[0]) == f"| {SMALL} | 0 0 0 10 1 | – | 0.40 | 1.00 | 0.80 | 0.50× | 1.25× | 10% | 50 |"
    assert tables.all_of(runs).startswith("| all 1 | 1 as in best.json | proved to fairness 1, with wishes 1 | 0.40 |")
    assert tables.above(runs, 0.2, 0.1) == [SMALL]
    assert tables.above(runs, 0.2, 0.3) == []


def test_leave_breaks_what_was_published_for_the_busiest() -> None:
    of = team("abc", 14, availability=[block("a", 0, 1)])
    broken = broken_by_leave(of.problem, held(of, "abcabab" + "caccabb"))
    assert broken.task is Task.REPAIR
    # c has most of the second week. The block that a had accepted stays accepted.
    assert broken.blocks["c"] == (Span(of.slots[7].start, of.slots[13].start + timedelta(days=1)),)
    assert "".join("!" if not broken.published[slot].accepted else "." for slot in of.slots) == ".......!.!!..."


def test_a_repair_and_its_questions_fill_a_line() -> None:
    run = Again(2, 3, 90, 2, 0.2, 0.5, proved=True, people=[0.1, 0.3], outcomes={"worse": 1, "equal": 1})
    assert tables.again("ours", run) == "| ours | 2 | 3 | 90 | 2 | 0.20, 0.50 | 0.10, 0.30, 0.30 | 1 equal, 1 worse |"


def test_the_headlines_add_up_teams_and_average_distances() -> None:
    lines = list(tables.headlines({"ours": [FINE.headline, FINE.headline]}))
    assert lines[0] == "|  | ours |"
    assert "| holder blocked | 2 (7.7%) |" in lines
    assert "| wishes met | 6 (75.0%) |" in lines
    assert "| apart: points | 1.5 |" in lines
