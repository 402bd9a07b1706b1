"""The team's availability as grid rows and cells: built in a thread for every week, sliced to the weeks shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.day_grid import Day, DayState, days_of, monday_of
from oncall_ui.domain.availability.tight_days import Available, tight_below
from oncall_ui.domain.availability.window import DAYS_AHEAD, Window, days_from
from oncall_ui.domain.imports.freshness import Freshness
from oncall_ui.domain.imports.wording import WEEKDAYS
from oncall_ui.services.schedules.published.overview import OnCallSpan
from oncall_ui.services.team.grid import TeamMember, TeamView
from pages.team.words import TAGS, freshness_words, segments_in_words, week_words
from pages.widgets.dates import day_words, month_words
from pages.widgets.duties import Duty, duties_of, duty_words
from pages.widgets.strip import bar, for_the_eye

WEEK = 7


class Filter(StrEnum):
    """Which members to show, by their state on one day."""

    ALL = "all"
    AVAILABLE = "available"
    BLOCKED = "blocked"
    PREFERS = "prefers"


MATCHING: Mapping[Filter, frozenset[DayState]] = {
    Filter.ALL: frozenset(DayState),
    # Unknown is not available.
    Filter.AVAILABLE: frozenset({DayState.OPEN, DayState.PREFERRED, DayState.PREFERRED_IN_PART}),
    Filter.BLOCKED: frozenset({DayState.BLOCKED, DayState.BLOCKED_IN_PART}),
    Filter.PREFERS: frozenset({DayState.PREFERRED, DayState.PREFERRED_IN_PART}),
}


@dataclass(frozen=True, slots=True)
class GridRow:
    """A member's row: one cell per week, and the days the cells were made from."""

    member: TeamMember
    days: Sequence[Day]
    cells: Sequence[dict[str, Any]]
    freshness: str
    is_on_call: bool = False
    """Whether any of the days is underlined."""

    @property
    def is_empty(self) -> bool:
        """Nothing is connected and nothing is known of any day to come."""
        ahead = (day.state is DayState.UNKNOWN for day in self.days if not day.is_past)
        return self.member.freshness is Freshness.NOTHING_CONNECTED and not self.is_on_call and all(ahead)

    def matches(self, number: int, show: Filter) -> bool:
        """Whether the member's day of this number passes the filter.

        Unknown is not available: a member who prefers an unknown day may be blocked on it by what wasn't read.
        """
        day = self.days[number]
        return day.state in MATCHING[show] and not (show is Filter.AVAILABLE and day.is_unknown)


@dataclass(frozen=True, slots=True)
class TeamGrid:
    """Every week that can be shown. Day 0 is the Monday of `today`'s week."""

    view: TeamView
    today: date
    rows: Sequence[GridRow]
    weeks: Sequence[dict[str, Any]]
    size: int
    """How many members count when a day is called tight: all but the empty rows."""
    below: int
    """With fewer available members than this, a day is tight."""

    @property
    def first(self) -> date:
        return monday_of(self.today)

    @property
    def last(self) -> date:
        return last_day(self.today)

    def matching(self, day: date, show: Filter) -> list[GridRow]:
        number = (day - self.first).days
        return [row for row in self.rows if row.matches(number, show)]

    def available(self, first: int, count: int) -> list[Available]:
        """Who is available on `count` days from number `first` on, without days that are over or past the last."""
        numbers = range(max(first, self.today.weekday()), min(first + count, (self.last - self.first).days + 1))
        return [self._available(number) for number in numbers]

    def _available(self, number: int) -> Available:
        found = [row for row in self.rows if row.matches(number, Filter.AVAILABLE)]
        prefer = frozenset(row.member.id for row in found if row.matches(number, Filter.PREFERS))
        return Available(self.first + timedelta(days=number), tuple(row.member.id for row in found), prefer)


def grid_window(today: date, zone: ZoneInfo) -> Window:
    """Whole weeks, from the one `today` is in to the last one an import can cover."""
    return days_from(monday_of(today), zone, _count(today))


def team_grid(
    view: TeamView, today: date, zone: ZoneInfo, on_call: Mapping[int, Sequence[OnCallSpan]] | None = None
) -> TeamGrid:
    """`on_call`: member id → when they are."""
    rows = [_row(view, member, today, zone, (on_call or {}).get(member.id, ())) for member in view.members]
    size = sum(not row.is_empty for row in rows)
    below = tight_below(size)
    dates = [monday_of(today) + timedelta(days=number) for number in range(_count(today))]
    weeks = [
        _week([(day, _available(rows, at + number)) for number, day in enumerate(dates[at : at + WEEK])], today, below)
        for at in range(0, len(dates), WEEK)
    ]
    return TeamGrid(view, today, rows, weeks, size, below)


def as_table_row(row: GridRow, first_week: int, weeks: int, clock: str) -> dict[str, Any]:
    """The row for the table's template, with `weeks` weeks from `first_week` on."""
    return {
        "id": row.member.id,
        "initials": row.member.initials,
        "name": row.member.name,
        "fresh": row.freshness,
        "tag": TAGS.get(row.member.freshness, ""),
        "clock": clock,
        "weeks": row.cells[first_week : first_week + weeks],
    }


def last_day(today: date) -> date:
    """The last day an import can cover."""
    return today + timedelta(days=DAYS_AHEAD - 1)


def _count(today: date) -> int:
    return -(-(today.weekday() + DAYS_AHEAD) // WEEK) * WEEK


def _row(view: TeamView, member: TeamMember, today: date, zone: ZoneInfo, on_call: Sequence[OnCallSpan]) -> GridRow:
    unknown_from = _first_unknown(member.known_until, zone)
    spans = view.spans.get(member.id, ())
    days = days_of(spans, monday_of(today), _count(today), today=today, zone=zone, known_until=unknown_from)
    duties = duties_of(((each.start, each.end, each.role, each.level) for each in on_call), zone)
    cells = [_cell(days[at : at + WEEK], today, duties) for at in range(0, len(days), WEEK)]
    return GridRow(member, days, cells, freshness_words(member, zone, today), bool(duties))


def _first_unknown(known_until: datetime | None, zone: ZoneInfo) -> date:
    return known_until.astimezone(zone).date() if known_until else date.min


def _cell(days: Sequence[Day], today: date, duties: Mapping[date, Duty]) -> dict[str, Any]:
    said = [f"{WEEKDAYS[day.date.weekday()]} {duty_words(duties[day.date])}" for day in days if day.date in duties]
    drawn = [_day(day, today, duties.get(day.date)) for day in days]
    return {"d": drawn, "t": "; ".join([week_words(days), *said])}


def _day(day: Day, today: date, duty: Duty | None) -> dict[str, Any]:
    # An unknown day keeps its shading around spans that are known: the rest of it isn't open.
    unknown = "unknown" if day.is_unknown else ""
    drawn: dict[str, Any] = {"c": _css("oc-day", day.date, today, unknown)}
    if day.segments:
        drawn["s"] = [bar(segment) for segment in for_the_eye(day.segments)]
        drawn["t"] = f"{day_words(day.date, today)}: {segments_in_words(day)}"
    if duty:
        drawn["u"] = duty.css
        drawn["t"] = f"{drawn.get('t', day_words(day.date, today))} · {duty_words(duty)}"
    return drawn


def _css(base: str, day: date, today: date, *more: str) -> str:
    marks = ("rest" if day.weekday() >= 5 else "", "past" if day < today else "now" if day == today else "")
    return " ".join(filter(None, (base, *marks, *more)))


def _available(rows: Sequence[GridRow], number: int) -> int:
    return sum(row.matches(number, Filter.AVAILABLE) for row in rows)


def _week(days: Sequence[tuple[date, int]], today: date, below: int) -> dict[str, Any]:
    """A column's header and footer: its days, and how many members are available on those that aren't over."""
    first = days[0][0]
    ahead = [(day, available) for day, available in days if day >= today]
    tight = {day for day, available in ahead if available < below and day <= last_day(today)}
    return {
        "label": f"{first.day} {month_words(first, today)}",
        "days": [
            {
                "date": day.isoformat(),
                "n": WEEKDAYS[day.weekday()][0],
                "c": _css("", day, today),
                "f": _css("", day, today, "low" if day in tight else ""),
                "s": str(available) if day >= today else "",
            }
            for day, available in days
        ],
        "sums": ", ".join(
            f"{WEEKDAYS[day.weekday()]} {available}{' (tight)' if day in tight else ''}" for day, available in ahead
        ),
    }
