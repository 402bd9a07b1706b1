"""Writing a solved plan."""

from datetime import UTC, datetime
from fractions import Fraction

from oncall_ui.domain.schedules.plan_format.canonical import canonical_form, input_hash
from oncall_ui.domain.schedules.plan_format.reading import read_problem
from oncall_ui.domain.schedules.plan_format.writing import as_json
from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.domain.schedules.planning.result import (
    Conflict,
    FairnessLine,
    Fix,
    FixKind,
    Proposal,
    Result,
    SlotResult,
    Stage,
    StageResult,
    Verdict,
    first_open,
    verdict_of,
)
from oncall_ui.domain.schedules.planning.sentences import Who, sentence

PEOPLE = "gcaedbf"
PROBLEM = read_problem(
    {
        "people": [{"id": name} for name in PEOPLE],
        "shifts": [{"start": "2026-12-07T09:00:00Z", "end": "2026-12-08T09:00:00Z"}],
        "limits": [{"kind": "group", "people": list(PEOPLE)}],
        "wishes": [{"start": "2026-12-07T10:00:00Z", "role": "primary", "person": "a", "value": 1}],
    }
)
START = datetime(2026, 12, 7, 9, tzinfo=UTC)


def stage(name: Stage, value: int, bound: int, *, proved: bool = True) -> StageResult:
    return StageResult(name, Fraction(value), Fraction(bound), proved, 0.12345)


def test_every_field_of_the_format() -> None:
    slot = SlotResult(START, "primary", "a", 1000, 5, -2, changed=True, reasons=(sentence("Drawn."),))
    bent = StageResult(Stage.LIMITS, Fraction(3), Fraction(2), proved=True, bent=Fraction(1))
    fairness = FairnessLine("a", "all", Fraction(143, 1000), Fraction(1), Fraction(-1, 2), Fraction(357, 1000))
    ask = Fix(FixKind.ASK, sentence("ask ", Who("a")), "a", (Slot(START, "primary"),))
    conflict = Conflict((Slot(START, "primary"),), (sentence(Who("a"), " is blocked"),), (ask,))
    result = Result((slot,), (bent,), (fairness,), (conflict,), (Proposal((slot,), ()),), (sentence("Odd."),))
    written_slot = {
        "start": "2026-12-07T09:00:00Z",
        "role": "primary",
        "person": "a",
        "blocked": 1000,
        "unknown": 5,
        "wish": -2,
        "changed": True,
        "reasons": ["Drawn."],
    }
    assert as_json(PROBLEM, result) == {
        "shifts": [
            {
                "start": "2026-12-07T09:00:00Z",
                "end": "2026-12-08T09:00:00Z",
                "type": "weekday",
                "points": 1,
                "label": "",
            }
        ],
        "slots": [written_slot],
        "stages": [{"name": "limits", "value": 3, "bound": 2, "proved": True, "cpu_seconds": 0.0, "bent": 1}],
        "fairness": [{"person": "a", "bucket": "all", "due": 0.143, "done": 1, "carried": -0.5, "balance": 0.357}],
        "conflicts": [
            {
                "slots": [{"start": "2026-12-07T09:00:00Z", "role": "primary"}],
                "facts": ["a is blocked"],
                "fixes": ["ask a"],
            }
        ],
        "proposals": [{"slots": [written_slot], "stages": []}],
        "problems": ["wishes[0] is left out: no shift wants primary at 2026-12-07T10:00:00Z.", "Odd."],
        "input_hash": input_hash(PROBLEM),
    }


def test_the_verdict() -> None:
    proved, open_wishes = stage(Stage.FAIRNESS, 4, 4), stage(Stage.WISHES, -3, -5, proved=False)
    assert verdict_of([proved, stage(Stage.COMFORT, 3, 0, proved=False)]) is Verdict.PROVED
    assert verdict_of([proved, open_wishes]) is Verdict.GOOD
    assert first_open([proved, open_wishes]) is Stage.WISHES
    assert verdict_of([stage(Stage.LIMITS, 2, 1, proved=False), open_wishes]) is Verdict.LIMITED
    assert verdict_of([stage(Stage.GAPS, 2, 0, proved=False)]) is Verdict.GOOD


def test_the_canonical_form_has_one_place_for_everything() -> None:
    """Sets of words iterate in another order in another process; a hash must not."""
    form = canonical_form(PROBLEM)
    assert '"people":["a","b","c","d","e","f","g"]' in form
    assert form.index('"balance_roles"') < form.index('"bend"') < form.index('"zone"')
