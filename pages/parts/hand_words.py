"""Entries by hand in words."""

from datetime import date

from oncall_ui.domain.manual import ManualDays
from oncall_ui.domain.words import WEEKDAYS
from pages.parts.dates import count, day_words


def which(days: ManualDays, today: date) -> str:
    """`Wed 25 Nov`, `Mon 30 Nov – Thu 3 Dec`, `Every Thu`, `Every Sat – Sun`."""
    if not days.weekly:
        return _range(day_words(days.first, today), day_words(days.last, today))
    if (days.last - days.first).days == 6:
        return "Every day"
    return f"Every {_range(WEEKDAYS[days.first.weekday()], WEEKDAYS[days.last.weekday()])}"


def how_long(days: ManualDays, today: date) -> str:
    """`4 days`; what repeats: `from Thu 26 Nov, until Wed 3 Feb`, `without an end`."""
    if not days.weekly:
        return count((days.last - days.first).days + 1, "day")
    begins = f"from {day_words(days.first, today)}" if days.first > today else ""
    ends = f"until {day_words(days.until, today)}" if days.until else "without an end"
    return ", ".join(part for part in (begins, ends) if part)


def in_full(days: ManualDays, today: date) -> str:
    """`Mon 30 Nov – Thu 3 Dec`, `Every Thu, until Wed 3 Feb`."""
    return f"{which(days, today)}, {how_long(days, today)}" if days.weekly else which(days, today)


def _range(first: str, last: str) -> str:
    return first if first == last else f"{first} – {last}"
