"""How long a destination that fails waits, and for how long news is worth sending."""

from datetime import timedelta

FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(hours=24)
FACTOR = 3
WORTH_SENDING = timedelta(days=7)
"""News that stayed undelivered for so long is given up."""


def backoff(attempts: int) -> timedelta:
    """After `attempts` failures in a row, from 1: 1 minute, 3, 9, 27 … up to a day."""
    times: int = FACTOR ** min(attempts - 1, 12)
    return min(FIRST_RETRY * times, LAST_RETRY)
