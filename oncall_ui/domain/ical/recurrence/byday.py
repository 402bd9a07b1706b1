"""The days of a month or a year a rule picks (RFC 5545 section 3.3.10, the table of BYxxx parts).

A day is its number since 1970; 1970-01-01 was a Thursday.
"""

from calendar import isleap, monthrange
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
    if rule.week_day:
        days = _week_days(rule, first, length)
        if rule.month_day:
            days &= _month_days(rule, first, length, anchor)
    elif rule.month_day or not (rule.year_day or rule.week_no):
        days = _month_days(rule, first, length, anchor)
    else:
        days = set(range(first, first + length))
    if rule.year_day or rule.week_no:  # which RFC 5545 doesn't have for months: they limit
        days = {day for day in days if _in_year_days(rule, day) and _in_weeks(rule, day)}
    return sorted(days)


def days_of_year(rule: Rule, year: int, month: int, anchor: int) -> list[int]:
    """Ascending; `month` and `anchor` are those of the first instance, for rules that name none.

    BYMONTHDAY without BYMONTH means the month of the first instance, as the products that write it have it; beside
    BYDAY it means every month, and BYDAY counts in the year.
    """
    if rule.week_no or rule.year_day:
        return _filtered(rule, year, anchor)
    if rule.week_day and not rule.month:
        days = _week_days(rule, first_of(year, 1), 365 + isleap(year))
        return sorted(day for day in days if not rule.month_day or _in_month_days(rule, day))
    return [day for at in rule.month or (month,) for day in days_of_month(rule, year, at, anchor)]


def allows(rule: Rule, day: int) -> bool:
    """Whether the parts that limit a rule of weeks, days or less let `day` pass."""
    if rule.week_day and all(at != weekday(day) for _, at in rule.week_day):
        return False
    if rule.month and date_of(day).month not in rule.month:
        return False
    if rule.month_day and not _in_month_days(rule, day):
        return False
    return _in_year_days(rule, day) and _in_weeks(rule, day)


def date_of(day: int) -> date:
    """The date of a day number, at the edges of the calendar the nearest there is."""
    return date.fromordinal(min(max(day + _ORDINAL_1970, 1), date.max.toordinal()))


def week_year(day: int, week_start: int) -> int:
    """The year whose numbered weeks `day` lies in."""
    year = min(max(date_of(day).year, 2), 9997)
    if day < _first_week(year, week_start):
        return year - 1
    return year + (day >= _first_week(year + 1, week_start))


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
        return len(rule.month_day) == 1 and abs(rule.month_day[0]) <= 28
    return anchor <= 28


def _month_days(rule: Rule, first: int, length: int, anchor: int) -> set[int]:
    return _nth_days(rule, rule.month_day or (anchor,), first, length)


def _nth_days(rule: Rule, numbers: tuple[int, ...], first: int, length: int) -> set[int]:
    """Days by their numbers in a month or year; SKIP says what becomes of one it doesn't have (RFC 7529)."""
    days = set()
    for number in numbers:
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
    """Rules with week numbers or days of the year: every other part limits those days.

    `year` counts weeks where the rule does. `anchor` is the weekday a rule with week numbers only repeats on.
    """
    days = _days_of_weeks(rule, year) if rule.week_no else _year_days(rule, year)
    if rule.week_no and rule.year_day:
        days = {day for day in days if _in_year_days(rule, day)}
    if rule.month:
        days = {day for day in days if date_of(day).month in rule.month}
    if rule.month_day:
        days = {day for day in days if _in_month_days(rule, day)}
    if rule.week_day and rule.week_no:
        days = {day for day in days if any(at == weekday(day) for _, at in rule.week_day)}
    elif rule.week_day:
        days &= _week_days(rule, first_of(year, 1), 365 + isleap(year))
    elif rule.week_no and not rule.year_day and not rule.month_day:
        days = {day for day in days if weekday(day) == anchor}
    return sorted(days)


def _year_days(rule: Rule, year: int) -> set[int]:
    """BYYEARDAY; the 366th day of a short year is skipped or moved as SKIP says."""
    first, length = first_of(year, 1), 365 + isleap(year)
    return _nth_days(rule, rule.year_day, first, length)


def _in_year_days(rule: Rule, day: int) -> bool:
    if not rule.year_day:
        return True
    at = date_of(day)
    number, length = at.timetuple().tm_yday, 365 + isleap(at.year)
    return number in rule.year_day or number - length - 1 in rule.year_day


def _in_month_days(rule: Rule, day: int) -> bool:
    at = date_of(day)
    return at.day in rule.month_day or at.day - monthrange(at.year, at.month)[1] - 1 in rule.month_day


def _days_of_weeks(rule: Rule, year: int) -> set[int]:
    """Days of the weeks named; week 1 is the first with four days in its year, so it may begin in the one before."""
    first, count = _first_week(year, rule.week_start), _week_count(year, rule.week_start)
    weeks = {number - 1 if number > 0 else count + number for number in rule.week_no}
    return {first + 7 * at + place for at in weeks if 0 <= at < count for place in range(7)}


def _in_weeks(rule: Rule, day: int) -> bool:
    if not rule.week_no:
        return True
    year = week_year(day, rule.week_start)
    number = (day - _first_week(year, rule.week_start)) // 7 + 1
    return number in rule.week_no or number - _week_count(year, rule.week_start) - 1 in rule.week_no


def _first_week(year: int, week_start: int) -> int:
    """The day week 1 of `year` begins with."""
    fourth = first_of(year, 1) + 3
    return fourth - (weekday(fourth) - week_start) % 7


def _week_count(year: int, week_start: int) -> int:
    return (_first_week(year + 1, week_start) - _first_week(year, week_start)) // 7
