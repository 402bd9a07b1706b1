"""The words of a calendar's status, and of all of them in one sentence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.domain.availability.reasons import Reason
from oncall_ui.domain.availability.rules import Mode
from oncall_ui.domain.imports.failures import Cause
from oncall_ui.domain.imports.hints import Hint
from oncall_ui.domain.imports.state import State
from oncall_ui.services.connections.views import CalendarView, SuspectedLossView
from oncall_ui.services.imports.record import STORED_PROBLEMS
from pages.widgets.calendar_status import Status, mode_words, stale_words, status_of, times_words
from pages.widgets.calendar_summary import attention, summary_of

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # Monday 09:00 in Berlin
NBSP = "\u00a0"

A_CALENDAR = CalendarView(
    id=1,
    connection_id=1,
    name="Work",
    own_name="Work",
    is_on=True,
    mode=Mode.MATCHING,
    counts_free=False,
    counts_all_day=True,
    state=State.UP_TO_DATE,
    state_since=NOW - timedelta(minutes=2),
    why="",
    cause=None,
    attempts=0,
    events_read=134,
    events_counted=8,
    entries=9,
    problems=(),
    progress=0,
    progress_share=None,
    next_import_at=NOW + timedelta(minutes=13),
    last_read_at=NOW - timedelta(minutes=2),
)
WAITING = replace(A_CALENDAR, state=State.WAITING, last_read_at=None)
IMPORTING = replace(A_CALENDAR, state=State.IMPORTING)
OFF = replace(A_CALENDAR, state=State.OFF, is_on=False, entries=0, last_read_at=None, next_import_at=None)
RETRYING = replace(
    A_CALENDAR,
    state=State.RETRYING,
    why="cloud.example.org is not answering (503).",
    cause=Cause.SERVER_ERROR,
    attempts=3,
    entries=13,
    next_import_at=NOW + timedelta(minutes=4),
    last_read_at=datetime(2026, 11, 23, 7, 12, tzinfo=UTC),
)
NEEDS_YOU = replace(
    A_CALENDAR,
    state=State.NEEDS_YOU,
    state_since=datetime(2026, 11, 22, 17, 30, tzinfo=UTC),
    why="Microsoft no longer lets us in.",
    cause=Cause.REFUSED,
    entries=12,
    next_import_at=None,
)
DOUBTED = replace(
    NEEDS_YOU,
    state_since=NOW,
    why="Work suddenly holds 3 of 140 entries.",
    cause=Cause.SUSPECTED_LOSS,
    suspected_loss=SuspectedLossView(
        140, 3, NEEDS_YOU.state_since, NEEDS_YOU.state_since + timedelta(days=7), is_kept=False
    ),
)
KEPT = replace(
    DOUBTED,
    state=State.RETRYING,
    why="Work holds 3 of 140 entries; keeping the old data, as you chose.",
    cause=Cause.LOSS_KEPT,
    suspected_loss=replace(DOUBTED.suspected_loss, is_kept=True),  # type: ignore[type-var]
    next_import_at=NOW + timedelta(minutes=15),
)
STALE = replace(RETRYING, last_read_at=NOW - timedelta(hours=25))


def said(calendar: CalendarView, now: datetime = NOW) -> str:
    status = status_of(calendar, BERLIN, now)
    return (status.word + status.facts).replace(NBSP, " ")


def why(calendar: CalendarView) -> str:
    return status_of(calendar, BERLIN, NOW).why.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("calendar", "words"),
    [
        (WAITING, "Waiting · first import starts in a moment"),
        (replace(WAITING, last_read_at=NOW), "Waiting · starts again in a moment"),
        (IMPORTING, "Importing · reading"),
        (replace(IMPORTING, progress_share=0.426), "Importing · downloading, 42 %"),
        (replace(IMPORTING, progress_share=0.0), "Importing · downloading, 0 %"),
        (replace(IMPORTING, progress=3200), "Importing · 3,200 events read"),
        (replace(IMPORTING, progress=1, progress_share=0.9), "Importing · 1 event read"),
        (A_CALENDAR, "Up to date · 2 min ago · 8 of 134 events count"),
        (
            replace(A_CALENDAR, problems=("line 3: x", "line 9: y")),
            "Up to date · 2 min ago · 8 of 134 events count · 2 unreadable",
        ),
        (
            replace(A_CALENDAR, problems=("line 3: x",) * STORED_PROBLEMS),
            "Up to date · 2 min ago · 8 of 134 events count · at least 20 unreadable",
        ),
        (
            replace(A_CALENDAR, entries=0, why="none is tagged: choose how events count"),
            "Up to date · 2 min ago · 134 events, none is tagged: choose how events count",
        ),
        (replace(A_CALENDAR, events_read=0, events_counted=0), "Up to date · 2 min ago · no events"),
        (replace(A_CALENDAR, events_read=1, events_counted=1), "Up to date · 2 min ago · 1 of 1 event counts"),
        (replace(A_CALENDAR, events_counted=0), "Up to date · 2 min ago · 0 of 134 events count"),
        (
            replace(A_CALENDAR, events_read=10_000, events_counted=1234),
            "Up to date · 2 min ago · 1,234 of 10,000 events count",
        ),
        (replace(IMPORTING, attempts=4, progress=7), "Importing · 7 events read, 5th try"),
        (RETRYING, "Retrying in 4 min · 3rd try"),
        (replace(RETRYING, attempts=1, next_import_at=NOW), "Retrying in a moment · 1st try"),
        (replace(RETRYING, attempts=2, next_import_at=None), "Retrying in a moment · 2nd try"),
        (replace(RETRYING, attempts=11, next_import_at=NOW + timedelta(hours=2)), "Retrying at 11:00 · 11th try"),
        (
            replace(RETRYING, attempts=22, next_import_at=NOW + timedelta(hours=20)),
            "Retrying on Tue 24 Nov, 05:00 · 22nd try",
        ),
        (KEPT, "Retrying in 15 min · keeping the old data, as you chose"),
        (DOUBTED, "Needs you · since Sun 22 Nov, 18:30"),
        (replace(NEEDS_YOU, broken_since=NOW - timedelta(days=3)), "Needs you · since Fri 20 Nov, 09:00"),
        (NEEDS_YOU, "Needs you · since Sun 22 Nov, 18:30"),
        (replace(NEEDS_YOU, state_since=NOW), "Needs you · since Mon 23 Nov, 09:00"),
        (OFF, "Off · nothing is read"),
    ],
)
def test_a_status_says_exactly_these_words(calendar: CalendarView, words: str) -> None:
    assert said(calendar) == words


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=-3), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 min ago"),
        (timedelta(minutes=59), "59 min ago"),
        (timedelta(hours=1), "at 09:00"),
        (timedelta(days=1), "on Mon 23 Nov, 09:00"),
    ],
)
def test_time_is_told_relative_up_to_an_hour_then_by_the_clock_then_by_the_day(passed: timedelta, words: str) -> None:
    calendar = replace(A_CALENDAR, last_read_at=NOW)
    assert said(calendar, NOW + passed).startswith(f"Up to date · {words} · ")


@pytest.mark.parametrize(
    ("calendar", "sentences"),
    [
        (RETRYING, "cloud.example.org is not answering (503). The 13 entries read at 08:12 still count."),
        (
            replace(RETRYING, entries=1),
            "cloud.example.org is not answering (503). The 1 entry read at 08:12 still counts.",
        ),
        (
            replace(RETRYING, last_read_at=NOW - timedelta(days=2)),
            "cloud.example.org is not answering (503). The 13 entries read on Sat 21 Nov, 09:00 still count.",
        ),
        (replace(RETRYING, entries=0, last_read_at=None), "cloud.example.org is not answering (503)."),
        (KEPT, KEPT.why),
        (
            DOUBTED,
            "Work suddenly holds 3 of 140 entries. The 140 earlier entries still count. "
            "Choose which is right. If you don’t answer, the new data counts from Sun 29 Nov.",
        ),
        (
            NEEDS_YOU,
            "Microsoft no longer lets us in. The 12 entries read before then still count. Your settings are kept.",
        ),
        (replace(NEEDS_YOU, entries=0), "Microsoft no longer lets us in. Your settings are kept."),
        (A_CALENDAR, ""),
        (replace(A_CALENDAR, why="none is tagged: choose how events count"), ""),
    ],
)
def test_the_sentence_below_says_what_happened_and_what_still_counts(calendar: CalendarView, sentences: str) -> None:
    assert why(calendar) == sentences


def test_only_the_minutes_change_by_the_minute() -> None:
    before, after = (status_of(A_CALENDAR, BERLIN, NOW + timedelta(minutes=passed)) for passed in (0, 1))
    assert before.when != after.when
    assert replace(before, when="") == replace(after, when="")


def test_a_number_and_its_unit_never_part() -> None:
    assert f"8 of 134{NBSP}events count" in status_of(A_CALENDAR, BERLIN, NOW).facts


@pytest.mark.parametrize(
    ("mode", "is_on", "counts_free", "counts_all_day", "words"),
    [
        (Mode.MATCHING, True, False, True, "Matching events"),
        (Mode.MATCHING, True, True, False, "Matching events"),
        (Mode.BLOCK, True, False, True, "Every event blocks"),
        (Mode.BLOCK, True, True, True, "Every event blocks, including free"),
        (Mode.BLOCK, True, False, False, "Every event blocks, except all-day"),
        (Mode.PREFER, True, True, False, "Every event is a preference, including free, except all-day"),
        (Mode.PREFER, False, True, True, ""),
    ],
)
def test_a_mode_is_told_in_words(mode: Mode, is_on: bool, counts_free: bool, counts_all_day: bool, words: str) -> None:
    how = {"mode": mode, "is_on": is_on, "counts_free": counts_free, "counts_all_day": counts_all_day}
    assert mode_words(replace(A_CALENDAR, **how)) == words  # type: ignore[arg-type]  # test rows


@pytest.mark.parametrize(
    ("calendars", "css", "words"),
    [
        (
            [NEEDS_YOU, A_CALENDAR, A_CALENDAR, IMPORTING, RETRYING, WAITING, OFF],
            "is-bad",
            "1 of 6 calendars needs you, 3 are up to date, 1 is retrying, 1 is importing",
        ),
        ([NEEDS_YOU, NEEDS_YOU, A_CALENDAR], "is-bad", "2 of 3 calendars need you, 1 is up to date"),
        ([NEEDS_YOU, WAITING], "is-bad", "1 of 2 calendars needs you, 1 is importing"),
        ([NEEDS_YOU, NEEDS_YOU], "is-bad", "Both calendars need you"),
        ([NEEDS_YOU] * 3, "is-bad", "All 3 calendars need you"),
        ([NEEDS_YOU], "is-bad", "1 calendar needs you"),
        ([A_CALENDAR] * 3, "is-ok", "3 calendars, all up to date, last checked 2 min ago"),
        ([A_CALENDAR], "is-ok", "1 calendar, up to date, last checked 2 min ago"),
        ([A_CALENDAR, IMPORTING], "is-ok", "2 calendars, all up to date, last checked 2 min ago"),
        ([A_CALENDAR, WAITING], "is-busy", "1 of 2 calendars is importing, 1 is up to date"),
        ([A_CALENDAR, RETRYING, WAITING], "is-warn", "1 of 3 calendars is retrying, 1 is up to date, 1 is importing"),
        ([WAITING], "is-busy", "The first import is running, this page updates by itself"),
        ([replace(RETRYING, state=State.IMPORTING, attempts=5)], "is-warn", "1 calendar is retrying"),
        (
            [A_CALENDAR, replace(WAITING, cause=Cause.SERVER_ERROR)],
            "is-warn",
            "1 of 2 calendars is retrying, 1 is up to date",
        ),
        ([replace(IMPORTING, suspected_loss=DOUBTED.suspected_loss)], "is-bad", "1 calendar needs you"),
        ([NEEDS_YOU, STALE, A_CALENDAR], "is-bad", "1 of 3 calendars needs you, 1 is stale, 1 is up to date"),
        ([STALE, A_CALENDAR, WAITING], "is-warn", "1 of 3 calendars is stale, 1 is up to date, 1 is importing"),
        ([replace(STALE, state=State.UP_TO_DATE)] * 2, "is-warn", "Both calendars are stale"),
        ([OFF, replace(OFF, is_on=True)], "is-off", "No calendar is switched on"),
        ([], "is-off", "No calendar is switched on"),
    ],
)
def test_one_sentence_answers_for_all(calendars: list[CalendarView], css: str, words: str) -> None:
    answer = summary_of(calendars, BERLIN, NOW)
    assert (answer.css, (answer.word + answer.facts).replace(NBSP, " ")) == (css, words)


@pytest.mark.parametrize(
    ("calendars", "number", "words"),
    [
        ([NEEDS_YOU, A_CALENDAR, NEEDS_YOU, OFF], 2, "2 need you"),
        ([NEEDS_YOU, STALE, A_CALENDAR], 2, "1 needs you, 1 is stale"),
        ([STALE, STALE], 2, "2 are stale"),
        ([replace(NEEDS_YOU, last_read_at=STALE.last_read_at)], 1, "1 needs you"),
        ([KEPT, RETRYING, A_CALENDAR], 0, ""),
    ],
)
def test_those_that_need_you_or_are_stale_are_counted(calendars: list[CalendarView], number: int, words: str) -> None:
    assert attention(calendars, NOW) == (number, words)


@pytest.mark.parametrize(
    ("calendar", "should"),
    [
        (replace(A_CALENDAR, hint=Hint.NONE_TAGGED), True),
        (replace(A_CALENDAR, hint=Hint.ALL_BY_SOMEBODY_ELSE), True),
        (replace(A_CALENDAR, hint=Reason.CANCELLED), False),
        (replace(A_CALENDAR, hint=Hint.NONE_TAGGED, state=State.IMPORTING), False),
        (replace(A_CALENDAR, events_read=0), False),
        (replace(A_CALENDAR, hint=Hint.NONE_IN_WINDOW), False),
        (replace(A_CALENDAR, mode=Mode.BLOCK, hint=Hint.ALL_MARKED_FREE), False),
    ],
)
def test_choosing_is_offered_only_where_it_can_help(calendar: CalendarView, should: bool) -> None:
    assert calendar.should_choose is should


@pytest.mark.parametrize(
    ("calendar", "words"),
    [
        (A_CALENDAR, "Last checked 08:58 · no changes yet · next check 09:13"),
        (
            replace(A_CALENDAR, last_changed_at=NOW - timedelta(days=2)),
            "Last checked 08:58 · last changed Sat 21 Nov, 09:00 · next check 09:13",
        ),
        (replace(RETRYING, state_since=NOW), "Last checked 09:00 · no changes yet · next check 09:04"),
        (NEEDS_YOU, "Last checked Sun 22 Nov, 18:30 · no changes yet · next check when you reconnect"),
        (WAITING, "Not checked yet · no changes yet · next check 09:13"),
        (IMPORTING, "Last checked 08:58 · no changes yet · next check under way"),
        (replace(A_CALENDAR, next_import_at=NOW), "Last checked 08:58 · no changes yet · next check in a moment"),
        (OFF, ""),
    ],
)
def test_every_calendar_tells_when_it_was_checked_and_changed_and_is_checked_next(
    calendar: CalendarView, words: str
) -> None:
    assert times_words(calendar, BERLIN, NOW) == words


@pytest.mark.parametrize(
    ("calendar", "words"),
    [
        (STALE, "Stale: last read Sun 22 Nov, 08:00"),
        (replace(STALE, state=State.UP_TO_DATE), "Stale: last read Sun 22 Nov, 08:00"),
        (replace(STALE, state=State.IMPORTING), "Stale: last read Sun 22 Nov, 08:00"),
        (replace(STALE, last_read_at=None, broken_since=NOW - timedelta(days=2)), "Stale: never read"),
        (replace(STALE, last_read_at=None, broken_since=NOW), ""),
        (replace(STALE, last_read_at=NOW - timedelta(hours=24)), ""),
        (replace(STALE, is_on=False, state=State.OFF), ""),
        (WAITING, ""),
    ],
)
def test_what_is_older_than_a_day_is_called_stale_whatever_its_state(calendar: CalendarView, words: str) -> None:
    assert stale_words(calendar, BERLIN, NOW) == words


def test_facts_are_what_follows_the_word() -> None:
    assert Status("is-ok", "Up to date", " · now", " · 3 events").facts == " · now · 3 events"
