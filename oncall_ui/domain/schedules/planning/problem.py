"""A planning problem as the solver reads it: values only, checked and in canonical order.

`plan_format.reading.read_problem` makes one from the `plan` format. A caller may rely on:

- Every person, role and shift start named anywhere in a problem exists in it.
- Shifts are sorted by start and no two start at the same moment. They may overlap and leave holes.
- People are sorted by id. Spans of one person and kind are united, sorted, disjoint and not empty.
- Numbers that the format writes as decimals are exact fractions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias
from zoneinfo import ZoneInfo


class Strength(StrEnum):
    """How firmly a limit or a block is kept: where possible, or always."""

    AVOID = "avoid"
    NEVER = "never"


class Task(StrEnum):
    """A new plan, or the smallest change to a published one."""

    PLAN = "plan"
    REPAIR = "repair"


class LaterStage(StrEnum):
    """The stages a schedule may reorder or leave out. Gaps, blocks and limits always come first."""

    CHANGES = "changes"
    FAIRNESS = "fairness"
    WISHES = "wishes"
    COMFORT = "comfort"


class FillKind(StrEnum):
    """Who fills a role of a shift."""

    BEST = "best"
    PERSON = "person"  # `Filler.name` is the person
    LAST = "last"  # `Filler.name` is the role: its holder in the shift before takes this slot
    NOBODY = "nobody"  # not wanted: no slot, no gap
    SCHEDULE = "schedule"  # `Filler.name` is ID:ROLE of another schedule. In rules only: a problem has NOBODY instead


@dataclass(frozen=True, slots=True)
class Filler:
    """`name` is a person with PERSON, a role with LAST, a role of a schedule with SCHEDULE, else empty."""

    kind: FillKind
    name: str = ""


BEST = Filler(FillKind.BEST)
NOBODY = Filler(FillKind.NOBODY)


@dataclass(frozen=True, slots=True)
class Span:
    """Aware UTC, end exclusive."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Shift:
    """`fills` has every role of the problem, and at least one of them is wanted.

    `label` is empty, or says that the shift's length on the wall clock differs from the real one.
    """

    start: datetime
    end: datetime
    type: str
    points: int
    label: str
    fills: Mapping[str, Filler]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may hold shifts. An empty `roles` means every role.

    `carried` maps a bucket's name (`all`, `type:weekend`, `role:primary`) to the balance brought along. It may name
    buckets that this problem doesn't have.
    """

    id: str
    share: Fraction = Fraction(1)
    joined: datetime | None = None
    left: datetime | None = None
    roles: frozenset[str] = frozenset()
    paused: tuple[Span, ...] = ()
    carried: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slot:
    """One role of the shift that starts at `start`."""

    start: datetime
    role: str


@dataclass(frozen=True, slots=True)
class Held:
    """A slot held before this plan: it counts for rest, rows and windows and can't change."""

    start: datetime
    end: datetime
    type: str
    role: str
    person: str


@dataclass(frozen=True, slots=True)
class Published:
    """Who holds a published slot. `weight` is what a change costs; `frozen` slots move only if they must."""

    person: str
    accepted: bool = False
    frozen: bool = False
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Wish:
    """Added to what `prefer` says, blocked or not. Negative: would rather not."""

    start: datetime
    role: str
    person: str
    value: int


@dataclass(frozen=True, slots=True)
class Rest:
    """Less than `gap` from the end of one shift of a person to the start of the next breaks it."""

    gap: timedelta
    strength: Strength = Strength.AVOID
    people: frozenset[str] = frozenset()  # empty: everybody. The same below


class Per(StrEnum):
    """Calendar weeks or months in the zone, or windows of so many days from midnight of the first day."""

    WEEK = "week"
    MONTH = "month"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Most:
    """At most `count` shifts that start in one window. `days` counts with DAYS only, and no `type` means every type."""

    count: int
    per: Per
    days: int = 0
    type: str = ""
    strength: Strength = Strength.AVOID
    people: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Row:
    """At most `count` shifts that follow each other in the list."""

    count: int
    strength: Strength = Strength.AVOID
    people: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Apart:
    """Two people who aren't on call at the same time."""

    people: frozenset[str]
    strength: Strength = Strength.AVOID


@dataclass(frozen=True, slots=True)
class Group:
    """Every shift has at least one holder out of `people`."""

    people: frozenset[str]
    strength: Strength = Strength.AVOID


@dataclass(frozen=True, slots=True)
class Spread:
    """Starts of one person's shifts are at least `gap` apart. Counts in comfort only."""

    gap: timedelta
    people: frozenset[str] = frozenset()


FirmLimit: TypeAlias = Rest | Most | Row | Apart | Group
Limit: TypeAlias = FirmLimit | Spread

DEFAULT_ORDER = (LaterStage.CHANGES, LaterStage.FAIRNESS, LaterStage.WISHES, LaterStage.COMFORT)


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything a plan depends on.

    - `start` and `end` are days of `zone`; shifts may lie outside them.
    - `blocks`, `preferences` and `unknown` hold the spans of each person who has any.
    - `fixed` names the person of a slot that is given. Fillers of kind PERSON are in it, too. No slot is both fixed and
      excluded for the same person, and no person is fixed twice at the same time.
    - `role_points` has every role; its values are 0, 1/2 or 1.
    - `problems` are sentences about the input that the output repeats.
    """

    zone: ZoneInfo
    start: date
    end: date
    roles: tuple[str, ...]
    shifts: tuple[Shift, ...]
    people: tuple[Person, ...]
    blocks: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    preferences: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    unknown: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    block_strength: Strength = Strength.AVOID
    limits: tuple[Limit, ...] = ()
    held: tuple[Held, ...] = ()
    fixed: Mapping[Slot, str] = field(default_factory=dict)
    excluded: Mapping[Slot, frozenset[str]] = field(default_factory=dict)
    published: Mapping[Slot, Published] = field(default_factory=dict)
    wishes: tuple[Wish, ...] = ()
    task: Task = Task.PLAN
    order: tuple[LaterStage, ...] = DEFAULT_ORDER
    carry_cap: Fraction | None = None
    role_points: Mapping[str, Fraction] = field(default_factory=dict)
    balance_roles: bool = True
    bend: bool = True
    seed: int = 0
    seconds: float = 10.0
    problems: tuple[str, ...] = ()
