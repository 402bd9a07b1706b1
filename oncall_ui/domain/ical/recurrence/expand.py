"""A rule and its first instance → the wall times it repeats at inside a span.

Times are seconds on the wall clock since 1970. What can be calculated is not walked through: a rule without COUNT
starts at the span, and so does a plain one with COUNT.
"""

from collections.abc import Iterator, Sequence

from oncall_ui.domain.ical.limits import Budget
from oncall_ui.domain.ical.recurrence.byday import (
    allows,
    date_of,
    days_of_month,
    days_of_year,
    first_of,
    once_a_period,
    week_year,
    weekday,
)
from oncall_ui.domain.ical.recurrence.rrule import Rule
from oncall_ui.domain.ical.recurrence.times_of_day import SECONDS, periods_within_days, times_of_day

DAY = 86_400
_LAST_YEAR = 9998


def repeats(rule: Rule, first: int, begin: int, end: int, budget: Budget) -> Sequence[int]:
    """Ascending wall times in [begin, end) the rule yields, none before `first`.

    `first` itself is among them only where the rule matches it. UNTIL is the caller's, since it may be an instant.
    Raises Exhausted.
    """
    budget.spend(1)
    begin = max(begin, first)
    if begin >= end:
        return ()
    if rule.plain and rule.freq == b"DAILY":
        return _steady(first, DAY * rule.interval, begin, end, rule.count)
    if rule.plain and rule.freq in SECONDS:
        return _steady(first, SECONDS[rule.freq] * rule.interval, begin, end, rule.count)
    if rule.plain and rule.freq == b"WEEKLY":
        return _weekly(rule, first, begin, end, budget)
    return _walk(rule, first, begin, end, budget)


def _steady(first: int, step: int, begin: int, end: int, count: int | None) -> range:
    if count is not None:
        end = min(end, first + (count - 1) * step + 1)
    return range(first + -(-(begin - first) // step) * step, end, step)


def _weekly(rule: Rule, first: int, begin: int, end: int, budget: Budget) -> Sequence[int]:
    step = 7 * DAY * rule.interval
    day, second = divmod(first, DAY)
    own = (weekday(day) - rule.week_start) % 7
    places = sorted({(at - rule.week_start) % 7 for _, at in rule.week_day}) or [own]
    week = (day - own) * DAY + second
    if rule.count is not None:
        end = min(end, _last_of_weekly(rule.count, week, own, places, step) + 1)
    if len(places) == 1:
        start = week + places[0] * DAY
        return range(start + max(0, -(-(begin - start) // step)) * step, end, step)
    budget.spend(max(0, end - begin) // step * len(places))
    walls = []
    for at in range(week + max(0, (begin - week) // step) * step, end, step):
        walls += [at + place * DAY for place in places]
    return [wall for wall in walls if begin <= wall < end]


def _last_of_weekly(count: int, week: int, own: int, places: list[int], step: int) -> int:
    """The COUNT-th instance: what the first week still has, then whole weeks."""
    early = [place for place in places if place >= own]
    if count <= len(early):
        return week + early[count - 1] * DAY
    weeks, place = divmod(count - len(early) - 1, len(places))
    return week + (weeks + 1) * step + places[place] * DAY


def _walk(rule: Rule, first: int, begin: int, end: int, budget: Budget) -> list[int]:
    """Period by period; from the very first one where COUNT has to be counted."""
    walls: list[int] = []
    if rule.count is not None:
        return _counted(rule, first, begin, end, budget)
    for period in _periods(rule, first, begin, end, budget):
        walls += [wall for wall in _positions(rule, period) if begin <= wall < end]
    return walls


def _counted(rule: Rule, first: int, begin: int, end: int, budget: Budget) -> list[int]:
    walls: list[int] = []
    left = rule.count or 0
    start = first
    if _once_a_period(rule, first):
        start, left = _skipped(rule, first, begin, left, budget)
    for period in _periods(rule, first, start, end, budget):
        found = [wall for wall in _positions(rule, period) if wall >= start][:left]
        walls += [wall for wall in found if begin <= wall < end]
        left -= len(found)
        if left <= 0:
            break
    return walls


def _once_a_period(rule: Rule, first: int) -> bool:
    if rule.freq not in (b"MONTHLY", b"YEARLY") or rule.position or rule.hour or rule.minute or rule.second:
        return False
    return once_a_period(rule, date_of(first // DAY).day)


def _skipped(rule: Rule, first: int, begin: int, count: int, budget: Budget) -> tuple[int, int]:
    """For a rule with one instance a period: a wall time shortly before `begin`, and how many instances it leaves."""
    start, near = date_of(first // DAY), date_of(begin // DAY)
    months = (near.year - start.year) * 12 + near.month - start.month
    periods = (months if rule.freq == b"MONTHLY" else months // 12) // rule.interval - 2
    if periods <= 0:
        return first, count
    at = start.year * 12 + start.month - 1 + periods * rule.interval * (1 if rule.freq == b"MONTHLY" else 12)
    month = at % 12 + 1 if rule.freq == b"MONTHLY" else 1
    passed = periods
    if not any(wall >= first for wall in next(_periods(rule, first, first, first, budget), ())):
        passed -= 1  # the instance of the very first period lies before DTSTART
    return first_of(at // 12, month) * DAY, count - passed


def _positions(rule: Rule, period: list[int]) -> list[int]:
    """What BYSETPOS leaves of one period."""
    if not rule.position:
        return period
    size = len(period)
    places = {at - 1 if at > 0 else size + at for at in rule.position}
    return [period[at] for at in sorted(places) if 0 <= at < size]


def _periods(rule: Rule, first: int, begin: int, end: int, budget: Budget) -> Iterator[list[int]]:
    """The candidates of each period that may lie in [begin, end), ascending, times of day included."""
    if rule.freq in SECONDS:
        yield from periods_within_days(rule, first, begin, end, budget)
        return
    times = times_of_day(rule, first % DAY, budget)
    for days in _days(rule, first // DAY, begin // DAY, end // DAY, budget):
        if days:
            budget.spend(len(days) * len(times))
            yield [day * DAY + time for day in days for time in times]


def _days(rule: Rule, first: int, begin: int, end: int, budget: Budget) -> Iterator[list[int]]:
    if rule.freq == b"DAILY":
        yield from _by_day(rule, first, begin, end, budget)
    elif rule.freq == b"WEEKLY":
        yield from _by_week(rule, first, begin, end, budget)
    elif rule.freq == b"MONTHLY":
        yield from _by_month(rule, first, begin, end, budget)
    else:
        yield from _by_year(rule, first, begin, end, budget)


def _by_day(rule: Rule, first: int, begin: int, end: int, budget: Budget) -> Iterator[list[int]]:
    start = first + max(0, (begin - first) // rule.interval) * rule.interval
    for day in range(start, end + 1, rule.interval):
        budget.spend(1)
        yield [day] if allows(rule, day) else []


def _by_week(rule: Rule, first: int, begin: int, end: int, budget: Budget) -> Iterator[list[int]]:
    own = (weekday(first) - rule.week_start) % 7
    # Parts RFC 5545 doesn't have for weeks limit their days.
    own_days = range(7) if rule.month_day or rule.year_day or rule.week_no else [own]
    places = sorted({(at - rule.week_start) % 7 for _, at in rule.week_day}) or own_days
    step = 7 * rule.interval
    week = first - own
    for at in range(week + max(0, (begin - week) // step) * step, end + 1, step):
        budget.spend(1)
        yield [at + place for place in places if allows(rule, at + place)]


def _by_month(rule: Rule, first: int, begin: int, end: int, budget: Budget) -> Iterator[list[int]]:
    start = date_of(first)
    month = start.year * 12 + start.month - 1
    # A month earlier: with SKIP=FORWARD a month reaches into the next one.
    near = date_of(begin).year * 12 + date_of(begin).month - 2
    month += max(0, (near - month) // rule.interval) * rule.interval
    last = min(date_of(end).year * 12 + date_of(end).month, _LAST_YEAR * 12)
    for at in range(month, last + 1, rule.interval):
        budget.spend(2)
        yield days_of_month(rule, at // 12, at % 12 + 1, start.day)


def _by_year(rule: Rule, first: int, begin: int, end: int, budget: Budget) -> Iterator[list[int]]:
    start = date_of(first)
    own = week_year(first, rule.week_start) if rule.week_no else start.year
    year = own + max(0, (date_of(begin).year - 1 - own) // rule.interval) * rule.interval
    anchor = start.weekday() if rule.week_no else start.day
    cost = 40 if rule.week_no or rule.year_day or rule.week_day else 4
    # A year further: its first week begins in this one, and with SKIP=BACKWARD it reaches into this one.
    for at in range(max(year, 2 if rule.week_no else 1), min(date_of(end).year + 1, _LAST_YEAR) + 1, rule.interval):
        budget.spend(cost)
        yield days_of_year(rule, at, start.month, anchor)
