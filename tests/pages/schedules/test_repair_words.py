"""What is said of a fix: what it moves and costs, in words, never in what the plan counts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from oncall_ui.domain.schedules.conflicts.fixes import Move, RepairFix
from oncall_ui.domain.schedules.planning.problem import Rest, Slot
from oncall_ui.domain.schedules.planning.result import Stage, StageResult
from oncall_ui.services.schedules.conflicts.repairing import Someone
from pages.schedules.repair.words import facts_of, found_words, lead_of_fix, title_of

START = datetime(2026, 12, 7, 9, tzinfo=UTC)
PEOPLE = {"1": Someone(1, "Ana Lee", 1), "2": Someone(2, "Bob Ray", 2), "3": Someone(3, "Cleo Kim", 3)}
ORDER = (Stage.GAPS, Stage.BLOCKS, Stage.CHANGES, Stage.LIMITS, Stage.FAIRNESS, Stage.WISHES)


def fix(
    moves: int, limits: int = 0, off: int = 1, *, left: int = 0, blocked: int = 0, wishes: int = 4, proved: bool = True
) -> RepairFix:
    values = {Stage.CHANGES: moves, Stage.LIMITS: limits}
    return RepairFix(
        moves=tuple(Move(Slot(START + timedelta(days=day), "primary"), "1", "2", blocked) for day in range(moves)),
        stages=tuple(
            StageResult(each, Fraction(values.get(each, 0)), Fraction(values.get(each, 0)), proved) for each in ORDER
        ),
        left=tuple(Slot(START + timedelta(days=day), "secondary") for day in range(left)),
        broken={Rest(timedelta(hours=24)): limits} if limits else {},
        off=(Fraction(13, 10), Fraction(off)),
        wishes=(4, wishes),
    )


def test_titles_say_how_it_differs_from_the_fewest_changes() -> None:
    first = fix(3, limits=1, off=2)
    assert title_of(first, first) == "Fewest changes"
    assert title_of(fix(4, limits=1, off=1), first).replace("\u00a0", " ") == "1 more change, fairer"
    assert title_of(fix(8, off=3), first).replace("\u00a0", " ") == "5 more changes, no limit broken"
    assert title_of(fix(5, limits=1, off=2, wishes=5), first).endswith("more preferences met")


def test_the_lead_says_what_it_leaves_who_agrees_or_why_nothing_is_smaller() -> None:
    first = fix(2)
    assert lead_of_fix(first, first, PEOPLE, 1) == "Nothing repairs it with fewer."
    assert lead_of_fix(first, first, PEOPLE, 2) == "Nothing else has to move."
    assert lead_of_fix(fix(3), first, PEOPLE, 2) == ""
    assert "nobody else can have it" in lead_of_fix(fix(2, left=1), first, PEOPLE, 2)
    assert lead_of_fix(fix(2, blocked=500), first, PEOPLE, 2).startswith("Bob would be blocked")


def test_the_price_is_in_words() -> None:
    facts = {each["n"]: each["t"].replace("\u00a0", " ") for each in facts_of(fix(2, 1, 2), PEOPLE, 2, 64)}
    assert facts == {
        "Changes": "2 of 64 coming shifts",
        "Notifies": "you and Ana",
        "Limits": "1 short rest",
        "Off a fair share": "2 at most, was 1.3",
        "Preferences met": "4, as now",
    }


def test_what_was_found_is_said_with_how_sure_it_is() -> None:
    assert found_words(()).word == "No fix found"
    assert found_words((fix(1), fix(2))).facts == " · proven best"
    assert "not proven best" in found_words((fix(1, proved=False),)).facts
    (changes,) = (each for each in fix(3).stages if each.name is Stage.CHANGES)
    for bound, facts in ((1, " · proven best"), (2, " · good, but not proven best: the time was up")):
        fewer = replace(changes, bound=Fraction(bound), proved=False)  # than it has: one more change, and fairer
        stages = tuple(fewer if each.name is Stage.CHANGES else each for each in fix(3).stages)
        fairer = replace(fix(3), stages=stages)
        assert found_words((fix(1), fairer)).facts == facts
    assert "not proven" in found_words((fix(1, proved=False), fix(2))).facts
