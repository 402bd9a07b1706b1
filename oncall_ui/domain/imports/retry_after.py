"""The Retry-After header: how long another server asks us to wait."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_WAIT = timedelta(days=1)
_DIGITS = 9


def parse_retry_after(value: str) -> timedelta | None:
    """The wait a Retry-After header asks for (RFC 9110 section 10.2.3), in seconds or as a date; at most a day.

    None when the header is absent, unreadable or a date in the past.
    """
    value = value.strip()
    if value.isdecimal():
        # Python refuses to convert thousands of digits; ten already mean a day.
        digits = value.lstrip("0")[:_DIGITS] or "0"
        return min(timedelta(seconds=int(digits)), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    wait = until - datetime.now(UTC)
    return min(wait, LONGEST_WAIT) if wait > timedelta(0) else None
