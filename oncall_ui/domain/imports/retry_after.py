"""How long another server asks us to wait."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

AT_MOST = timedelta(days=1)


def asked_wait(value: str) -> timedelta | None:
    """What a Retry-After header says (RFC 9110 section 10.2.3): seconds or a date. None: absent, past, unreadable."""
    value = value.strip()
    if value.isdecimal():
        return timedelta(seconds=min(int(value), 86_400))
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    wait = until - datetime.now(UTC)
    return min(wait, AT_MOST) if wait > timedelta(0) else None
