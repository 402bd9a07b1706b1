"""When something that failed is tried again, in words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from pages.widgets.dates import moment_words, ordinal


def next_try(attempts: int, next_at: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    """`3rd try at 14:10`; `attempts` failed so far."""
    tries = f"{ordinal(max(attempts, 1) + 1)} try"
    if next_at is None or next_at <= now:
        return f"{tries} in a moment"
    return f"{tries} at {moment_words(next_at, zone, now.astimezone(zone).date())}"
