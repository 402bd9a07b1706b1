"""The team, ready to be shown: made in a thread from one reading, cut to the weeks on the screen on the loop."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.day_grid import Day, Standing, days_of, monday_of
from oncall_ui.domain.availability.window import DAYS_AHEAD, Window, days_from
from oncall_ui.domain.imports.wording import WEEKDAYS
from oncall_ui.services.team.grid import TeamMember, TeamView
from pages.team.words import TAGS, day_in_words, fresh_words, week_words
from pages.widgets.dates import day_words, month_words
from pages.widgets.strip import bar, for_the_eye

WEEK = 7
LOW = 2
"""So many who could take a day are few."""


class Show(StrEnum):
    """Whom to show, by how they stand on one day."""

    ALL = "all"
    FREE = "free"
    BLOCKED = "blocked"
    WOULD_LIKE = "would_like"


STANDINGS: Mapping[Show, frozenset[Standing]] = {
    Show.ALL: frozenset(Standing),
    # Unknown is not free.
    Show.FREE: frozenset({Standing.OPEN, Standing.PREFERRED, Standing.PREFERRED_IN_PART}),
    Show.BLOCKED: frozenset({Standing.BLOCKED, Standing.BLOCKED_IN_PART}),
    Show.WOULD_LIKE: frozenset({Standing.PREFERRED, Standing.PREFERRED_IN_PART}),
}


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the grid: its cells, a week each, and the days they were made of."""

    member: TeamMember
    days: Sequence[Day]
    cells: Sequence[dict[str, Any]]
    fresh: str
    unknown_from: date

    def belongs(self, number: int, show: Show) -> bool:
        """Unknown is not free: who would like a part of a day says nothing of the rest of it."""
        day = self.days[number]
        is_half_known = day.standing is Standing.PREFERRED_IN_PART and day.date >= self.unknown_from
        return day.standing in STANDINGS[show] and not (show is Show.FREE and is_half_known)


@dataclass(frozen=True, slots=True)
class Picture:
    """Every week that can be shown; day 0 is a Monday."""

    view: TeamView
    today: date
    people: Sequence[Person]
    weeks: Sequence[dict[str, Any]]

    @property
    def first(self) -> date:
        return monday_of(self.today)

    @property
    def last(self) -> date:
        """The last day of which anything can be known."""
        return self.today + timedelta(days=DAYS_AHEAD - 1)

    def on(self, day: date, show: Show) -> list[Person]:
        number = (day - self.first).days
        return [person for person in self.people if person.belongs(number, show)]


def window_of(today: date, zone: ZoneInfo) -> Window:
    """Whole weeks, from the one `today` is in to the one in which nothing more is known."""
    return days_from(monday_of(today), zone, _count(today))


def picture(view: TeamView, today: date, zone: ZoneInfo) -> Picture:
    people = [_person(view, member, today, zone) for member in view.members]
    dates = [monday_of(today) + timedelta(days=number) for number in range(_count(today))]
    weeks = [
        _week([(day, _free(people, at + number)) for number, day in enumerate(dates[at : at + WEEK])], today)
        for at in range(0, len(dates), WEEK)
    ]
    return Picture(view, today, people, weeks)


def row_of(person: Person, first: int, weeks: int) -> dict[str, Any]:
    """As the grid's template wants it."""
    return {
        "id": person.member.id,
        "initials": person.member.initials,
        "name": person.member.name,
        "fresh": person.fresh,
        "tag": TAGS.get(person.member.freshness, ""),
        "weeks": person.cells[first : first + weeks],
    }


def _count(today: date) -> int:
    return -(-(today.weekday() + DAYS_AHEAD) // WEEK) * WEEK


def _person(view: TeamView, member: TeamMember, today: date, zone: ZoneInfo) -> Person:
    unknown_from = _first_unknown(member.known_until, zone)
    spans = view.spans.get(member.id, ())
    days = days_of(spans, monday_of(today), _count(today), today=today, zone=zone, known_until=unknown_from)
    cells = [_cell(days[at : at + WEEK], today, unknown_from) for at in range(0, len(days), WEEK)]
    return Person(member, days, cells, fresh_words(member, zone, today), unknown_from)


def _first_unknown(known_until: datetime | None, zone: ZoneInfo) -> date:
    return known_until.astimezone(zone).date() if known_until else date.min


def _cell(days: Sequence[Day], today: date, unknown_from: date) -> dict[str, Any]:
    return {"d": [_day(day, today, unknown_from) for day in days], "t": week_words(days)}


def _day(day: Day, today: date, unknown_from: date) -> dict[str, Any]:
    # Around what is known of such a day, too: the rest of it isn't open.
    unknown = "unknown" if day.date >= unknown_from else ""
    drawn: dict[str, Any] = {"c": _css("oc-day", day.date, today, unknown)}
    if day.segments:
        drawn["s"] = [bar(segment) for segment in for_the_eye(day.segments)]
        drawn["t"] = f"{day_words(day.date, today)}: {day_in_words(day)}"
    return drawn


def _css(base: str, day: date, today: date, *more: str) -> str:
    marks = ("rest" if day.weekday() >= 5 else "", "past" if day < today else "now" if day == today else "")
    return " ".join(filter(None, (base, *marks, *more)))


def _free(people: Sequence[Person], number: int) -> int:
    return sum(person.belongs(number, Show.FREE) for person in people)


def _week(days: Sequence[tuple[date, int]], today: date) -> dict[str, Any]:
    """A column's head and foot: each of its days, and how many could take those that aren't over."""
    first = days[0][0]
    ahead = [(day, free) for day, free in days if day >= today]
    return {
        "label": f"{first.day} {month_words(first, today)}",
        "days": [
            {
                "date": day.isoformat(),
                "n": WEEKDAYS[day.weekday()][0],
                "c": _css("", day, today),
                "f": _css("", day, today, "low" if free <= LOW and day >= today else ""),
                "s": str(free) if day >= today else "",
            }
            for day, free in days
        ],
        "sums": ", ".join(f"{WEEKDAYS[day.weekday()]} {free}" for day, free in ahead),
    }
