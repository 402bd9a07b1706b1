"""What solving a planning problem gives: a roster, what is proved about it, and what could not be kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.domain.schedules.planning.sentences import Sentence


class Stage(StrEnum):
    """The stages of a plan. A repair solves changes before limits."""

    GAPS = "gaps"
    BLOCKS = "blocks"
    LIMITS = "limits"
    CHANGES = "changes"
    FAIRNESS = "fairness"
    WISHES = "wishes"
    COMFORT = "comfort"


@dataclass(frozen=True, slots=True)
class SlotResult:
    """Who holds a slot; `person` None is a gap. `blocked` and `unknown` are thousandths of the shift.

    `reasons` are facts: why it isn’t one of the others, and what the holder said.
    """

    start: datetime
    role: str
    person: str | None
    blocked: int = 0
    unknown: int = 0
    wish: int = 0
    changed: bool = False
    reasons: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class StageResult:
    """`bound` ≤ `value`: no roster is better than `bound`. `bent` is what limits gave up for fairness."""

    name: Stage
    value: Fraction
    bound: Fraction
    proved: bool
    cpu_seconds: float = 0.0
    bent: Fraction | None = None


class Verdict(StrEnum):
    """What is known of a plan as a whole; the words are those on the draft page."""

    PROVED = "Proven best"
    GOOD = "Good, but not proven best"
    LIMITED = "No plan meets every limit"


def verdict_of(stages: Sequence[StageResult]) -> Verdict:
    """Comfort may stay open in a plan that is proved."""
    firm = {Stage.GAPS, Stage.BLOCKS, Stage.LIMITS}
    if any(stage.name in firm and stage.bound > 0 for stage in stages):
        return Verdict.LIMITED
    return Verdict.GOOD if first_open(stages) else Verdict.PROVED


def first_open(stages: Sequence[StageResult]) -> Stage | None:
    """The first stage before comfort that isn't proved."""
    return next((stage.name for stage in stages if not stage.proved and stage.name is not Stage.COMFORT), None)


@dataclass(frozen=True, slots=True)
class FairnessLine:
    """A person's account in one bucket, in points. The balances of a bucket sum to zero without what is carried."""

    person: str
    bucket: str
    due: Fraction
    done: Fraction
    carried: Fraction
    balance: Fraction


class FixKind(StrEnum):
    """What a fix asks for: a yes of a person, an exception to a limit, or that nobody is on call."""

    ASK = "ask"
    ACCEPT = "accept"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Pin:
    """A person who gets a slot."""

    slot: Slot
    person: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A way out of a conflict. `person` is the one it is about; None with EMPTY.

    `slots` are those the person gets, or those left empty. Planned again with `pins`, everything else can be kept.
    """

    kind: FixKind
    sentence: Sentence
    person: str | None
    slots: tuple[Slot, ...]
    pins: tuple[Pin, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """Slots that can't all be filled as wanted while every one of `facts` holds, and the ways out, cheapest first."""

    slots: tuple[Slot, ...]
    facts: tuple[Sentence, ...]
    fixes: tuple[Fix, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """One way to repair a published plan."""

    slots: tuple[SlotResult, ...]
    stages: tuple[StageResult, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """Slots are sorted by start, then by the order of roles; stages are in the order solved.

    `problems` are sentences about the roster; those about the input are in the problem. `solver` is what found it,
    with its version.
    """

    slots: tuple[SlotResult, ...]
    stages: tuple[StageResult, ...]
    fairness: tuple[FairnessLine, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    problems: tuple[Sentence, ...] = ()
    solver: str = ""
