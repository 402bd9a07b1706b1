"""How long a failed import waits: the promise of docs/architecture.md, 1 minute, 2, 4 … up to 6 hours."""

from datetime import timedelta

import pytest

from oncall_ui.domain.imports.retry import backoff, jittered
from oncall_ui.domain.imports.retry_after import parse_retry_after


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


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 90 ", 90),
        ("0000000000000120", 120),
        ("9" * 9, 86_400),
        ("9" * 5_000, 86_400),
        ("0" * 5_000, 0),
        ("٣٠", 30),
        ("Sun, 28 Nov 2100 10:00:00 GMT", 86_400),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_server_may_ask_for_a_wait_of_up_to_a_day(value: str, seconds: int) -> None:
    assert parse_retry_after(value) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "soon",
        "-5",
        "1.5",
        "Sat, 28 Nov 2020 10:00:00 GMT",
        f"Sat, 28 Nov {'9' * 30} 10:00:00 GMT",
        f"Sat, 28 Nov {'9' * 5_000} 10:00:00 GMT",
        f"Sat, {'9' * 30} Nov 2026 10:00:00 GMT",
        "Sat, 28 Nov 2026 10:00:00 +99999999999999",
        "Mon, 01 Jan 0001 00:00:00 +2359",
        "é" * 5_000,
    ],
    ids=lambda value: value[:20],
)
def test_what_is_no_wait_is_none(value: str) -> None:
    assert parse_retry_after(value) is None
