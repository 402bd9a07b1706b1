"""How long a failed import waits: the promise of docs/architecture.md, 1 minute, 2, 4 … up to 6 hours."""

from datetime import timedelta

import pytest

from oncall_ui.domain.imports.retry import backoff, jittered


@pytest.mark.parametrize(
    ("attempts", "minutes"),
    [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (9, 256), (10, 360), (13, 360), (10_000, 360)],
)
def test_the_wait_doubles_from_a_minute_to_six_hours(attempts: int, minutes: int) -> None:
    assert backoff(attempts) == timedelta(minutes=minutes)


def test_waits_are_spread_by_a_tenth_to_both_sides() -> None:
    waits = [jittered(timedelta(minutes=10)) for _ in range(1000)]
    assert timedelta(minutes=9) <= min(waits) < timedelta(minutes=9, seconds=30)
    assert timedelta(minutes=10, seconds=30) < max(waits) <= timedelta(minutes=11)
