"""What servers say beside a body, the same for every provider."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx


def retry_after(response: httpx.Response) -> timedelta | None:
    """RFC 9110 section 10.2.3: seconds or a date; None when absent, past or unreadable."""
    value = response.headers.get("retry-after", "").strip()
    if value.isdecimal():
        return timedelta(seconds=min(int(value), 86_400))
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    wait = until - datetime.now(UTC)
    return min(wait, timedelta(days=1)) if wait > timedelta(0) else None
