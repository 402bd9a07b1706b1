"""Ready-made sets of rules to start a schedule from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.planning.problem import NOBODY
from oncall_ui.domain.schedules.shifts.rules import DAY_SETS, Rule


@dataclass(frozen=True, slots=True)
class Begin:
    """Days, by their names in the `plan` format, and the time at which a shift or time off begins on them."""

    days: tuple[str, ...]
    at: time
    is_off: bool = False
    every: int = 1
    week: int = 1


@dataclass(frozen=True, slots=True)
class ReadyMade:
    """One set: `key` is stable, `name` is what people read."""

    key: str
    name: str
    begins: tuple[Begin, ...]

    def rules(self, roles: Sequence[str]) -> tuple[Rule, ...]:
        """The set as rules of a schedule with these roles."""
        return tuple(
            Rule(
                days=frozenset[int]().union(*(DAY_SETS[name] for name in begin.days)),
                at=begin.at,
                every=begin.every,
                week=begin.week,
                fills=dict.fromkeys(roles, NOBODY) if begin.is_off else {},
            )
            for begin in self.begins
        )


MORNING, EVENING = time(9), time(17)

READY_MADE = (
    ReadyMade("weekly", "Weekly", (Begin(("Mon",), MORNING),)),
    ReadyMade("daily", "Daily", (Begin(("Daily",), MORNING),)),
    ReadyMade("weekdays_and_weekend", "Weekdays and one weekend shift", (Begin(("Weekdays", "Sat"), MORNING),)),
    ReadyMade("day_and_night", "12-hour days and nights", (Begin(("Daily",), time(8)), Begin(("Daily",), time(20)))),
    ReadyMade(
        "business_hours",
        "Business hours only",
        (Begin(("Weekdays",), MORNING), Begin(("Weekdays",), EVENING, is_off=True)),
    ),
    ReadyMade(
        "after_hours",
        "After hours only",
        (Begin(("Weekdays",), EVENING), Begin(("Weekdays",), MORNING, is_off=True)),
    ),
    ReadyMade(
        "follow_the_sun",
        "Follow the sun",
        (Begin(("Daily",), time(0)), Begin(("Daily",), time(8)), Begin(("Daily",), time(16))),
    ),
    ReadyMade(
        "two_days",
        "Two days each",
        (
            Begin(("Mon", "Wed", "Fri", "Sun"), MORNING, every=2, week=1),
            Begin(("Tue", "Thu", "Sat"), MORNING, every=2, week=2),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Office:
    """A place that takes over at `at` on its own wall clock."""

    zone: ZoneInfo
    at: time


@dataclass(frozen=True, slots=True)
class Drift:
    """From `day` on, a handoff at a fixed time of the schedule comes at another time of the office."""

    day: date
    before: time
    after: time


def follow_the_sun(zone: ZoneInfo, offices: Sequence[Office], on: date) -> tuple[Rule, ...]:
    """A daily rule per office, at the time of `zone` at which that office begins on the day `on`."""
    found = []
    for office in offices:
        begins = datetime.combine(on, office.at, office.zone).astimezone(zone)
        found.append(Rule(DAY_SETS["Daily"], begins.time().replace(tzinfo=None, fold=0)))
    return tuple(found)


def next_drifts(zone: ZoneInfo, at: time, office: ZoneInfo, after: date, count: int = 4) -> list[Drift]:
    """The next clock changes that move the handoff at `at` for the office. Empty where the zones keep step."""
    return list(islice(_drifts(zone, at, office, after), count))


def _drifts(zone: ZoneInfo, at: time, office: ZoneInfo, after: date) -> Iterator[Drift]:
    before = _seen(zone, at, office, after)
    for days in range(1, 3 * 366):
        day = after + timedelta(days=days)
        seen = _seen(zone, at, office, day)
        if seen != before:
            yield Drift(day, before, seen)
        before = seen


def _seen(zone: ZoneInfo, at: time, office: ZoneInfo, day: date) -> time:
    return datetime.combine(day, at, zone).astimezone(office).time().replace(fold=0)
