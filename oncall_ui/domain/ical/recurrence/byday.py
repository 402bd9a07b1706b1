"""The days of a month or a year a rule picks (RFC 5545 section 3.3.10, the table of BYxxx parts).

A day is its number since 1970; 1970-01-01 was a Thursday.
"""

from calendar import isleap, monthrange
from collections.abc import Iterable
from datetime import date

from oncall_ui.domain.ical.recurrence.rrule import Rule

_ORDINAL_1970 = date(1970, 1, 1).toordinal()


def weekday(day: int) -> int:
    """Monday is 0."""
    return (day + 3) % 7


def first_of(year: int, month: int) -> int:
    """The first day of a month, of the years 1 to 9999. Raises ValueError outside."""
    return date(year, month, 1).toordinal() - _ORDINAL_1970


def days_of_month(rule: Rule, year: int, month: int, anchor: int) -> list[int]:
    """Ascending; `anchor` is the day of the month a rule without days of its own repeats on."""
    if rule.month and month not in rule.month:
        return []
    first = first_of(year, month)
    length = monthrange(year, month)[1]
    if rule.month_day or not rule.week_day:
        days = _month_days(rule, first, length, anchor)
        if rule.week_day:
            days &= _week_days(rule, first, length)
    else:
        days = _week_days(rule, first, length)
    return sorted(days)


def days_of_year(rule: Rule, year: int, month: int, anchor: int) -> list[int]:
    """Ascending; `month` and `anchor` are those of the first instance, for rules that name none."""
    if rule.week_no or rule.year_day:
        return _filtered(rule, year, anchor)
    if rule.week_day and not rule.month and not rule.month_day:
        first = first_of(year, 1)
        return sorted(_week_days(rule, first, 365 + isleap(year)))
    months: Iterable[int] = rule.month or (range(1, 13) if rule.month_day else (month,))
    return [day for at in months for day in days_of_month(rule, year, at, anchor)]


def once_a_period(rule: Rule, anchor: int) -> bool:
    """Whether every month of a MONTHLY rule and every year of a YEARLY one has exactly one day."""
    if rule.week_no or rule.year_day or rule.skip != b"OMIT":
        return False
    if (rule.month and rule.freq == b"MONTHLY") or len(rule.month) > 1:
        return False
    if rule.week_day:
        in_month = rule.freq == b"MONTHLY" or bool(rule.month)
        return in_month and not rule.month_day and len(rule.week_day) == 1 and 1 <= abs(rule.week_day[0][0]) <= 4
    if rule.month_day:
        return (
            len(rule.month_day) == 1 and abs(rule.month_day[0]) <= 28 and (rule.freq == b"MONTHLY" or bool(rule.month))
        )
    return anchor <= 28


def _month_days(rule: Rule, first: int, length: int, anchor: int) -> set[int]:
    days = set()
    for number in rule.month_day or (anchor,):
        at = number - 1 if number > 0 else length + number
        if 0 <= at < length:
            days.add(first + at)
        elif rule.skip == b"BACKWARD":
            days.add(first + length - 1 if at >= length else first - 1)
        elif rule.skip == b"FORWARD":
            days.add(first + length if at >= length else first)
    return days


def _week_days(rule: Rule, first: int, length: int) -> set[int]:
    """Days within `length` days from `first`; ordinals count inside that span."""
    days: set[int] = set()
    for ordinal, day in rule.week_day:
        earliest = first + (day - weekday(first)) % 7
        every = range(earliest, first + length, 7)
        if not ordinal:
            days.update(every)
        elif abs(ordinal) <= len(every):
            days.add(every[ordinal - 1] if ordinal > 0 else every[ordinal])
    return days


def _filtered(rule: Rule, year: int, anchor: int) -> list[int]:
    """Rules with week numbers or days of the year: every part limits the days of the year.

    `anchor` is the weekday a rule with nothing but week numbers repeats on.
    """
    first = first_of(year, 1)
    length = 365 + isleap(year)
    days = set(range(first, first + length))
    if rule.month:
        days &= {day for at in rule.month for day in _whole_month(year, at)}
    if rule.year_day:
        days &= {first + (number - 1 if number > 0 else length + number) for number in rule.year_day}
    if rule.week_no:
        days &= _weeks(rule, year)
    if rule.month_day:
        days &= {day for at in range(1, 13) for day in _month_days(rule, first_of(year, at), _length(year, at), 0)}
    if rule.week_day:
        if rule.week_no:
            wanted = {day for _, day in rule.week_day}
            days = {day for day in days if weekday(day) in wanted}
        else:
            days &= _week_days(rule, first, length)
    elif rule.week_no and not rule.year_day and not rule.month_day:
        days = {day for day in days if weekday(day) == anchor}
    return sorted(days)


def _whole_month(year: int, month: int) -> range:
    first = first_of(year, month)
    return range(first, first + _length(year, month))


def _length(year: int, month: int) -> int:
    return monthrange(year, month)[1]


def _weeks(rule: Rule, year: int) -> set[int]:
    """Days of the year inside the weeks named; week 1 is the first with four days in its year."""
    first = first_of(year, 1)
    last = first + 365 + isleap(year)
    days: set[int] = set()
    for of in (year - 1, year, year + 1):
        begin, count = _first_week(of, rule.week_start), _week_count(of, rule.week_start)
        for number in rule.week_no:
            at = number - 1 if number > 0 else count + number
            if 0 <= at < count:
                days.update(day for day in range(begin + 7 * at, begin + 7 * at + 7) if first <= day < last)
    return days


def _first_week(year: int, week_start: int) -> int:
    """The day week 1 of `year` begins with."""
    fourth = first_of(year, 1) + 3
    return fourth - (weekday(fourth) - week_start) % 7


def _week_count(year: int, week_start: int) -> int:
    return (_first_week(year + 1, week_start) - _first_week(year, week_start)) // 7
