"""What is said of a person and a shift, in words: each fact has one string, for plans, pages, emails and the API.

The person isn’t in it: `Dana` and `is paused then` are a sentence, and a row of a table.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from oncall_ui.domain.imports.wording import MONTHS, WEEKDAYS
from oncall_ui.domain.schedules.planning.problem import Apart, FirmLimit, Group, Most, Per, Problem, Rest, Row, Slot
from oncall_ui.domain.schedules.shifts.types import hours

NOT_THERE = "isn’t on the schedule then"
NO_SHARE = "has no share of this schedule"
PAUSED = "is paused then"
PREFERS = "would like to"
RATHER_NOT = "would rather not"
UNKNOWN = "availability not known"
BLOCKED_THEN = "is blocked then"
TWO_AT_ONCE = "can’t have two shifts at once"
EXCLUDED = "is excluded from"
"""Then the slot."""
TENTH = timedelta(hours=0.1)


def day_words(moment: datetime, zone: ZoneInfo) -> str:
    """`Wed 2 Dec`."""
    local = moment.astimezone(zone)
    return f"{WEEKDAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}"


class SlotNames:
    """How the slots of one problem are named, on days of its zone."""

    def __init__(self, problem: Problem) -> None:
        self._zone, self._roles = problem.zone, problem.roles
        self._on_day = Counter(self._day(shift.start) for shift in problem.shifts)

    def when(self, start: datetime) -> str:
        """The day a shift starts on, with the time where others start on it."""
        day = day_words(start, self._zone)
        return f"{day} {start.astimezone(self._zone):%H:%M}" if self._on_day[self._day(start)] > 1 else day

    def slot(self, slot: Slot) -> str:
        """The day and, where there are several, the role: `Wed 2 Dec, primary`."""
        return f"{self.when(slot.start)}, {slot.role}" if len(self._roles) > 1 else self.when(slot.start)

    def within(self, slot: Slot) -> str:
        """As `slot`, with the comma that closes it inside a sentence."""
        return f"{self.slot(slot)}," if len(self._roles) > 1 else self.slot(slot)

    def _day(self, start: datetime) -> date:
        return start.astimezone(self._zone).date()


def other_role(role: str) -> str:
    """Who may only hold other roles."""
    return f"doesn’t take {role}"


def excluded(slot: str) -> str:
    """Who was excluded by a manager. `slot`: `Wed 2 Dec, primary`."""
    return f"{EXCLUDED} {slot}"


def elsewhere(day: str) -> str:
    """Who has a shift of another schedule then."""
    return f"is on call in another schedule on {day}"


def at_once(slot: str) -> str:
    """Who has another shift then. `slot`: its role, or day and role where it starts at another time."""
    return f"has {slot} then"


def blocked_for(part: int, length: timedelta, day: str) -> str:
    """A block of which only the part is known, in thousandths: `is blocked for 14 of 24 h on Wed 2 Dec`."""
    return f"is blocked for {hours(part_of(part, length)).removesuffix(' h')} of {hours(length)} on {day}"


def part_of(part: int, length: timedelta) -> timedelta:
    """So many thousandths of a shift, to a tenth of an hour; never nothing."""
    return max(TENTH, timedelta(hours=round(length * part / 1000 / timedelta(hours=1), 1)))


def blocked_on(days: str) -> str:
    """A block of which the times are known: `is blocked on Sat 5 and Sun 6 Dec`."""
    return f"is blocked on {days}"


def short_rest(between: timedelta, wanted: timedelta, slot: str, *, is_after: bool) -> str:
    """`rests 12 of 24 h after Wed 2 Dec, primary`. `slot` is the other shift, which comes before it or after."""
    part = hours(between).removesuffix(" h")
    return f"rests {part} of {hours(wanted)} {'after' if is_after else 'before'} {slot}"


def most_words(limit: Most) -> str:
    """`2 shifts of type night a week`."""
    kind = f" of type {limit.type}" if limit.type else ""
    return f"{shifts_words(limit.count)}{kind} {window_words(limit)}"


def window_words(limit: Most) -> str:
    """`a week`, `a month`, `in 14 days`."""
    return {Per.WEEK: "a week", Per.MONTH: "a month"}.get(limit.per) or f"in {limit.days} days"


def shifts_words(count: int) -> str:
    """`1 shift`, `2 shifts`."""
    return "1 shift" if count == 1 else f"{count} shifts"


def limit_words(limit: FirmLimit, times: int) -> str:
    """How much more often a limit is broken: `1 short rest`, below zero `1 short rest fewer`."""
    number, fewer = abs(times), " fewer" if times < 0 else ""
    if isinstance(limit, Rest):
        return f"{number} short {'rest' if number == 1 else 'rests'}{fewer}"
    if isinstance(limit, Most):
        kind = f"{limit.type} " if limit.type else ""
        return f"{number} {kind}{'shift' if number == 1 else 'shifts'} over {limit.count} {window_words(limit)}{fewer}"
    if isinstance(limit, Row):
        return f"{shifts_words(number)} over {limit.count} in a row{fewer}"
    if isinstance(limit, Apart):
        return f"{shifts_words(number)} with somebody to be kept apart from{fewer}"
    if isinstance(limit, Group):
        return f"{shifts_words(number)} without the group{fewer}"
    raise TypeError(limit)


def points_words(number: Fraction) -> str:
    """`1 point`, `2.5 points`."""
    text = f"{float(number):.1f}".removesuffix(".0")
    return f"{text} point" if text == "1" else f"{text} points"
