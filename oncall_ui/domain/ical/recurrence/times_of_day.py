"""The times of day a rule gives, and rules that repeat within a day (RFC 5545 section 3.3.10)."""

from collections.abc import Iterator

from oncall_ui.domain.ical.limits import Budget
from oncall_ui.domain.ical.recurrence.byday import allows
from oncall_ui.domain.ical.recurrence.rrule import Rule

DAY = 86_400
SECONDS = {b"HOURLY": 3600, b"MINUTELY": 60, b"SECONDLY": 1}
"""How long one period of such a rule is."""


def times_of_day(rule: Rule, second: int, budget: Budget) -> list[int]:
    """In seconds; those of the first instance, at `second`, where the rule names none."""
    hours, minutes = rule.hour or (second // 3600,), rule.minute or (second // 60 % 60,)
    seconds = rule.second or (second % 60,)
    budget.spend(len(hours) * len(minutes) * len(seconds))
    return sorted({h * 3600 + m * 60 + min(s, 59) for h in hours for m in minutes for s in seconds})


def periods_within_days(rule: Rule, first: int, begin: int, end: int, budget: Budget) -> Iterator[list[int]]:
    """The candidates of each hour, minute or second that may lie in [begin, end), ascending.

    A day, an hour or a minute the rule excludes is passed in one step.
    """
    unit = SECONDS[rule.freq]
    step = unit * rule.interval
    times = _times_in(unit, rule, first, budget)
    at = first - first % unit
    at += max(0, (begin - at) // step) * step
    while at < end:
        budget.spend(1)
        following = _excluded_until(rule, at, unit)
        if following is None:
            budget.spend(len(times))
            yield [at + time for time in times]
            at += step
        else:
            at += max(1, -(-(following - at) // step)) * step


def _times_in(unit: int, rule: Rule, first: int, budget: Budget) -> list[int]:
    """Seconds behind the beginning of a period: of its parts, those that are shorter than the period."""
    minutes = (0,) if unit < 3600 else rule.minute or (first // 60 % 60,)
    seconds = (0,) if unit < 60 else rule.second or (first % 60,)
    budget.spend(len(minutes) * len(seconds))
    return sorted({m * 60 + min(s, 59) for m in minutes for s in seconds})


def _excluded_until(rule: Rule, at: int, unit: int) -> int | None:
    """When the day, hour or minute is over that the rule excludes; None where it excludes nothing at `at`."""
    day, second = divmod(at, DAY)
    if not allows(rule, day):
        return (day + 1) * DAY
    if rule.hour and second // 3600 not in rule.hour:
        return at - at % 3600 + 3600
    if unit < 3600 and rule.minute and second // 60 % 60 not in rule.minute:
        return at - at % 60 + 60
    if unit == 1 and rule.second and second % 60 not in rule.second:
        return at + 1
    return None
