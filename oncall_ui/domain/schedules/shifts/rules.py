"""The rules of a schedule: when shifts start, and who fills them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from oncall_ui.domain.schedules.planning.problem import NOBODY, Filler, FillKind

DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY_SETS: Mapping[str, frozenset[int]] = {
    "Daily": frozenset(range(7)),
    "Weekdays": frozenset(range(5)),
    "Weekends": frozenset({5, 6}),
    **{name: frozenset({number}) for number, name in enumerate(DAY_NAMES)},
}
# What a schedule starts with in the product. `run.py plan` counts 1 for a type its input doesn't name.
USUAL_POINTS: Mapping[str, int] = {"weekday": 1, "night": 2, "weekend": 3, "holiday": 4, "week": 10}


@dataclass(frozen=True, slots=True)
class Rule:
    """Starts a shift at `at` on the wall clock of the schedule's zone, on every one of `days` (0 is Monday).

    With `every` n, only in week `week` (1 to n) of the cycle. The shift lasts until the next start of any rule. An
    empty `type` is derived, `points` None are those of the type, and a role missing in `fills` is filled by the best.
    """

    days: frozenset[int]
    at: time
    every: int = 1
    week: int = 1
    type: str = ""
    points: int | None = None
    fills: Mapping[str, Filler] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.days:
            raise ValueError("a rule needs at least one day")
        if not 1 <= self.week <= self.every:
            raise ValueError("week is 1 to every")

    def starts_on(self, day: date, cycle_from: date) -> bool:
        """Whether the rule applies on `day`, in the cycle that begins in the week of `cycle_from`."""
        if day.weekday() not in self.days:
            return False
        weeks = (monday_of(day) - monday_of(cycle_from)).days // 7
        return weeks % self.every == self.week - 1


@dataclass(frozen=True, slots=True)
class OneOff:
    """A shift beside the rules. It cuts what it covers; a later one in a list cuts earlier ones."""

    start: datetime
    end: datetime
    type: str = ""
    points: int | None = None
    fills: Mapping[str, Filler] = field(default_factory=dict)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def planned(fills: Mapping[str, Filler]) -> dict[str, Filler]:
    """With nobody where another schedule fills a role: nothing is planned for it here."""
    return {role: NOBODY if filler.kind is FillKind.SCHEDULE else filler for role, filler in fills.items()}


def inner_of(name: str) -> tuple[int, str]:
    """Schedule id and role of a filler's name; 0 and empty for what isn't one."""
    schedule, _, role = name.partition(":")
    return (int(schedule), role) if schedule.isdecimal() and role else (0, "")
