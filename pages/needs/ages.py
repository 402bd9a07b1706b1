"""How long ago, in a number and a unit."""

from datetime import timedelta

from pages.widgets.dates import DAY, HOUR, MINUTE, NBSP


def age(since: timedelta) -> tuple[int, str]:
    """`14, "min"`; hours up to two days, then days."""
    seconds = max(int(since.total_seconds()), 0)
    if seconds < MINUTE:
        return seconds, "s"
    if seconds < HOUR:
        return seconds // MINUTE, "min"
    if seconds < 2 * DAY:
        return seconds // HOUR, "h"
    return seconds // DAY, "days"


def age_words(since: timedelta) -> str:
    """`14 min`."""
    number, unit = age(since)
    return f"{number:,}{NBSP}{unit}"
