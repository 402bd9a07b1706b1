"""How long a failed import waits before it is tried again."""

import random
from datetime import timedelta

FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(hours=6)
JITTER = 0.1


def backoff(attempts: int) -> timedelta:
    """After `attempts` failures in a row, from 1: 1 minute, then twice as long each time, up to 6 hours."""
    return min(FIRST_RETRY * (1 << min(attempts - 1, 12)), LAST_RETRY)


def jittered(wait: timedelta) -> timedelta:
    """Up to 10 % more or less, so that calendars on one server don't come due together."""
    spread: timedelta = wait * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load, protects nothing
    return spread
