"""Which days are known: by the state of every calendar that is on."""

from datetime import UTC, date, datetime, timedelta

import pytest

from oncall_ui.domain.availability.coverage import Coverage, coverage_of
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.spans import AvailabilitySpan
from oncall_ui.domain.availability.window import Window, days_from
from oncall_ui.domain.imports.failures import Cause
from oncall_ui.domain.imports.freshness import CalendarHealth
from oncall_ui.domain.imports.state import State
from tests.domain.availability.helpers import BERLIN, LOS_ANGELES, B, P, span

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
KNOWN = days_from(date(2026, 11, 24), BERLIN)


def calendar(
    state: State = State.UP_TO_DATE,
    *,
    read: timedelta | None = timedelta(minutes=2),
    broken: timedelta | None = None,
    attempts: int = 0,
    cause: str = "",
) -> CalendarHealth:
    return CalendarHealth(state, attempts, NOW - read if read else None, NOW - broken if broken else None, cause)


GOOD = calendar()
NEW = calendar(State.WAITING, read=None)


@pytest.mark.parametrize(
    "calendars",
    [
        [GOOD],
        [GOOD, NEW],
        [GOOD, calendar(State.IMPORTING, read=None)],
        [calendar(State.RETRYING, read=9 * HOUR, broken=8 * HOUR, attempts=9), GOOD],
        [GOOD, calendar(State.RETRYING, read=None, broken=23 * HOUR, attempts=9)],
        [GOOD, calendar(State.RETRYING, cause=Cause.LOSS_KEPT)],
        [GOOD, calendar(State.IMPORTING, cause=Cause.SERVER_ERROR, broken=HOUR, attempts=2)],
    ],
)
def test_days_are_known_while_no_calendar_is_behind_for_a_day(calendars: list[CalendarHealth]) -> None:
    assert coverage_of(calendars, NOW, BERLIN) == Coverage(KNOWN)


@pytest.mark.parametrize("calendars", [[], [NEW], [calendar(State.RETRYING, read=None, broken=HOUR)]])
def test_nothing_is_known_before_the_first_import(calendars: list[CalendarHealth]) -> None:
    assert coverage_of(calendars, NOW, BERLIN) == Coverage(None)


@pytest.mark.parametrize(
    ("behind", "since"),
    [
        (calendar(read=DAY + HOUR), DAY + HOUR),
        (calendar(State.NEEDS_YOU, read=3 * HOUR, broken=2 * HOUR), 3 * HOUR),
        (calendar(State.NEEDS_YOU, read=None, broken=2 * HOUR), 2 * HOUR),
        (calendar(State.RETRYING, read=None, broken=25 * HOUR), 25 * HOUR),
        (calendar(State.IMPORTING, read=HOUR, cause=Cause.SUSPECTED_LOSS), HOUR),
        (calendar(State.WAITING, read=HOUR, cause=Cause.REFUSED, broken=HOUR), HOUR),
    ],
)
def test_one_calendar_that_needs_the_member_or_is_stale_makes_all_days_unknown(
    behind: CalendarHealth, since: timedelta
) -> None:
    assert coverage_of([GOOD, behind, NEW], NOW, BERLIN) == Coverage(None, NOW - since)


def test_unknown_since_is_the_calendar_that_is_behind_the_longest() -> None:
    behind = [calendar(read=2 * DAY), calendar(State.NEEDS_YOU, read=5 * DAY), calendar(State.NEEDS_YOU, read=None)]
    assert coverage_of(behind, NOW, BERLIN).unknown_since == NOW - 5 * DAY


def test_an_import_covers_ninety_days_in_the_members_zone() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # already the 24th in Berlin
    before = CalendarHealth(State.UP_TO_DATE, 0, late - timedelta(hours=20))
    latest = CalendarHealth(State.UP_TO_DATE, 0, late)
    assert coverage_of([before, latest], late, BERLIN).known_until(BERLIN) == date(2027, 2, 22)
    assert coverage_of([latest], late, LOS_ANGELES).known_until(LOS_ANGELES) == date(2027, 2, 21)
    assert Coverage(None).known_until(BERLIN) == date.min


def spans(*days: tuple[str, str, Action]) -> list[AvailabilitySpan]:
    return [AvailabilitySpan(each.start, each.end, action) for a, b, action in days for each in [span(a, b, action)]]


def test_what_is_not_blocked_is_unknown_and_the_block_stays() -> None:
    day = days_from(date(2026, 11, 24), BERLIN, 3)
    found = spans(
        ("2026-11-24T09:00", "2026-11-24T12:00", B), ("2026-11-25", "2026-11-26", P), ("2026-11-26", "2026-11-28", B)
    )
    nine, noon, thursday = (span(at, at).start for at in ("2026-11-24T09:00", "2026-11-24T12:00", "2026-11-26"))
    assert Coverage(None).unknown(day, found) == [(day.start, nine), (noon, thursday)]


def test_only_what_lies_after_the_known_days_is_unknown() -> None:
    window = Window(KNOWN.start, KNOWN.end + DAY)
    assert Coverage(KNOWN).unknown(window, []) == [(KNOWN.end, KNOWN.end + DAY)]
    assert Coverage(KNOWN).unknown(KNOWN, []) == []
    assert Coverage(KNOWN).unknown(window, [AvailabilitySpan(KNOWN.end - DAY, KNOWN.end + DAY, B)]) == []
