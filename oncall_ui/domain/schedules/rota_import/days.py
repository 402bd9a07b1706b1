"""Days and times as people write them in spreadsheets, in whatever order their country has."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from zoneinfo import ZoneInfo

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_FOREIGN = {"mär": 3, "mrz": 3, "mai": 5, "okt": 10, "dez": 12, "fév": 2, "fev": 2, "avr": 4, "aoû": 8, "déc": 12,
            "ene": 1, "abr": 4, "ago": 8, "dic": 12}  # fmt: skip
_CLOCK = re.compile(r"(?i)(?:^|[\sT,])(\d{1,2})(?::(\d{2})(?::\d{2}(?:[.,]\d+)?)?\s*([ap]\.?m\.?)?|\s*([ap]\.?m\.?))")
_OFFSET = re.compile(r"(?i)(?<=[\d\s])(?:(Z|UTC|GMT)|([+-])(\d{2}):?(\d{2}))\s*$")
_WEEKDAY = re.compile(r"(?i)\b(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so)[a-z]{0,6}\b[.,]?\s*")
_WEEK = re.compile(r"(?i)^(?:(\d{4})[-\s/]*(?:w|kw|week)\s*(\d{1,2})|(?:w|kw|week)\s*(\d{1,2})[-\s/]*(\d{4}))$")
_WORDED = re.compile(
    r"(?i)^(?:(\d{1,2})(?:st|nd|rd|th)?\.?[\s-]+([^\W\d]{3,9})\.?"
    r"|([^\W\d]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?)"
    r"(?:,?[\s-]+(\d{4}|\d{2}))?$"
)
_FIGURES = re.compile(r"^(\d{1,4})([-/.])\s?(\d{1,2})(?:\2\s?(\d{1,4})?)?$")
_UNTIL = re.compile(r"(?i)\s*(?:–|—|\bto\b|\buntil\b|\bbis\b|\s-\s|(?<=\.)-(?=\d))\s*")


class Order(StrEnum):
    """Which figure of 3/4/2026 is the day."""

    DAY_FIRST = "day.month"
    MONTH_FIRST = "month/day"


@dataclass(frozen=True, slots=True)
class Written:
    """A day, maybe with a time. Without a `year` it is left open; `offset` is that of the time, if it has one.

    Where day and month could be either, they are in the order of the text, and `is_open` is set.
    """

    year: int | None
    month: int
    day: int
    at: time | None = None
    offset: timedelta | None = None
    is_open: bool = False
    length: int = 1
    """Days: 7 for a week."""

    def in_order(self, order: Order) -> "Written":
        if self.is_open and order is Order.MONTH_FIRST:
            return replace(self, month=self.day, day=self.month, is_open=False)
        return replace(self, is_open=False)

    def date(self, today: date, near: date | None = None) -> date | None:
        """None: there is no such day. Without a year, the one closest to `near`, else the latest that isn't ahead."""
        years = [self.year] if self.year else range(today.year - 4, today.year + 2)
        found = [day for year in years if (day := _date(year, self.month, self.day))]
        if self.year or not found:
            return next(iter(found), None)
        if near is not None:
            return min(found, key=lambda day: abs(day - near))
        return max((day for day in found if day <= today), default=None)


def written(text: str) -> Written | None:
    """What the text says; None if that isn't a day."""
    rest = " ".join(text.split())
    if not rest or len(rest) > 60:
        return None
    offset = None
    if found := _OFFSET.search(rest):
        has_clock = bool(_CLOCK.search(rest[: found.start()]))
        if has_clock:
            sign = -1 if found[2] == "-" else 1
            offset = sign * timedelta(hours=int(found[3] or 0), minutes=int(found[4] or 0))
            rest = rest[: found.start()].strip()
            if abs(offset) >= timedelta(days=1):
                return None
    clock = _CLOCK.search(rest)
    at = None
    if clock:
        at = _time(clock)
        if at is None:
            return None
        rest = f"{rest[: clock.start()]} {rest[clock.end() :]}"
    day = _day(_WEEKDAY.sub("", rest).strip(" ,T"))
    return replace(day, at=at, offset=offset) if day else None


def span_written(text: str) -> tuple[Written, Written] | None:
    """`3.8.–9.8.` or `3 Aug to 9 Aug 2026` in one cell. The first takes the year of the second."""
    sides = _UNTIL.split(text.strip())
    if len(sides) != 2:
        return None
    first, last = written(sides[0]), written(sides[1])
    if first is None or last is None:
        return None
    if first.year is None and last.year is not None:
        first = replace(first, year=last.year - (1 if first.month > last.month and not first.is_open else 0))
    return first, last


def order_of(days: Iterable[Written]) -> tuple[Order, bool]:
    """The order in which all of them are days, and whether it was guessed: then the day comes first."""
    is_guessed = False
    for each in days:
        if each.is_open:
            if each.month > 12:
                return Order.MONTH_FIRST, False
            if each.day > 12:
                return Order.DAY_FIRST, False
            is_guessed = True
    return Order.DAY_FIRST, is_guessed


def instant(day: date, at: time, offset: timedelta | None, zone: ZoneInfo) -> datetime:
    """UTC. On the wall clock of the zone where no offset is given."""
    place = timezone(offset) if offset is not None else zone
    return datetime.combine(day, at, place).astimezone(UTC)


def _time(clock: re.Match[str]) -> time | None:
    hour, minute, half = int(clock[1]), int(clock[2] or 0), (clock[3] or clock[4] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _day(text: str) -> Written | None:
    if found := _WEEK.match(text):
        year, week = int(found[1] or found[4]), int(found[2] or found[3])
        try:
            monday = date.fromisocalendar(year, week, 1)
        except ValueError:
            return None
        return Written(monday.year, monday.month, monday.day, length=7)
    if found := _WORDED.match(text):
        month = _month(found[2] or found[3])
        return Written(_year(found[5]), month, int(found[1] or found[4])) if month else None
    if found := _FIGURES.match(text):
        return _figures(found)
    return None


def _figures(found: re.Match[str]) -> Written | None:
    first, mark, second, third = found[1], found[2], int(found[3]), found[4]
    if len(first) == 4:
        return Written(int(first), second, int(third)) if third and len(third) <= 2 else None
    if len(first) == 3 or (third and len(third) in (1, 3)):
        return None
    if mark == "." or int(first) <= 31:
        # With dots the day comes first everywhere; else it is for the whole file to say.
        return Written(_year(third), second, int(first), is_open=mark != ".")
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month(word: str) -> int:
    head = word.casefold()[:3]
    return _MONTHS.index(head) + 1 if head in _MONTHS else _FOREIGN.get(head, 0)


def _year(text: str | None) -> int | None:
    if not text:
        return None
    return int(text) + 2000 if len(text) == 2 else int(text)
