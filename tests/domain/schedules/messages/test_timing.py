"""When a message may be sent: over zones, clock changes, kinds and members' own quiet hours."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.domain.schedules.messages.kinds import EmailKind, MessageKind
from oncall_ui.domain.schedules.messages.timing import (
    HELD_UNLESS_WITHIN,
    NEVER,
    Quiet,
    days_before,
    due_at,
    is_week_ahead_due,
    reminded_at,
    week_of,
)

BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
PUBLISHED = MessageKind.PUBLISHED
FAR = datetime(2027, 1, 1, 9, tzinfo=UTC)


def at(hour: int, minute: int = 0, day: int = 29) -> datetime:
    """In Berlin, in November."""
    return datetime(2026, 11, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (at(8), at(8)),
        (at(8, 30), at(8, 30)),
        (at(19, 59), at(19, 59)),
        (at(20), at(8, day=30)),
        (at(23, 59), at(8, day=30)),
        (at(0), at(8)),
        (at(7, 59), at(8)),
    ],
)
def test_messages_wait_from_20_to_8_in_the_members_zone(moment: datetime, due: datetime) -> None:
    assert due_at(PUBLISHED, moment, BERLIN, [FAR]) == due
    assert due_at(PUBLISHED, at(10), TOKYO, [FAR]) == at(10)
    assert due_at(PUBLISHED, at(14), TOKYO, [FAR]) == at(0, day=30)


@pytest.mark.parametrize(
    ("zone", "moment", "due"),
    [
        # Clocks change in the night: eight in the morning is still eight.
        ("Europe/Berlin", "2026-03-28T22:00+01:00", "2026-03-29T08:00+02:00"),
        ("Europe/Berlin", "2026-10-24T22:00+02:00", "2026-10-25T08:00+01:00"),
        ("America/New_York", "2026-11-01T01:30-04:00", "2026-11-01T08:00-05:00"),
        ("America/New_York", "2026-11-01T01:30-05:00", "2026-11-01T08:00-05:00"),
        ("America/Santiago", "2026-09-05T23:30-04:00", "2026-09-06T08:00-03:00"),
        ("Africa/Cairo", "2026-04-23T23:30+02:00", "2026-04-24T08:00+03:00"),
        ("Australia/Lord_Howe", "2026-10-04T01:45+10:30", "2026-10-04T08:00+11:00"),
        ("Asia/Kolkata", "2026-11-29T21:15+05:30", "2026-11-30T08:00+05:30"),
        ("Asia/Kathmandu", "2026-11-29T07:59+05:45", "2026-11-29T08:00+05:45"),
        ("Pacific/Apia", "2026-11-29T20:00+13:00", "2026-11-30T08:00+13:00"),
        ("Pacific/Kiritimati", "2026-11-29T19:59+14:00", "2026-11-29T19:59+14:00"),
    ],
)
def test_the_morning_comes_by_the_members_clock(zone: str, moment: str, due: str) -> None:
    found = due_at(PUBLISHED, datetime.fromisoformat(moment), ZoneInfo(zone), [FAR])
    assert found == datetime.fromisoformat(due)


@pytest.mark.parametrize(
    ("kind", "hours", "waits"),
    [
        (PUBLISHED, 23, False),
        (PUBLISHED, 24, True),
        (PUBLISHED, -1, False),
        (MessageKind.HANDED_OVER, 23, False),
        (MessageKind.HANDED_OVER, 24, True),
        (MessageKind.HANDED_OVER, -1, False),
        (MessageKind.WEEK_BEFORE, 168, True),
        (MessageKind.DAY_BEFORE, 23, True),
        (MessageKind.ON_CALL, 0, False),
        (MessageKind.OFF_CALL, 0, False),
        (MessageKind.CONFLICT, 71, False),
        (MessageKind.CONFLICT, 72, True),
        (MessageKind.GAP, 30, True),
        (MessageKind.GAP_SOON, 23, False),
        (MessageKind.ASKED, 47, False),
        (MessageKind.ASKED, 48, True),
        (MessageKind.ANSWERED, 47, False),
        (MessageKind.ANSWERED, 48, True),
        (MessageKind.TAKEN, 47, False),
        (MessageKind.TAKEN, 48, True),
        (MessageKind.WEEK_AHEAD, 1, True),
        (MessageKind.PLAN_READY, 1, True),
        (MessageKind.PLAN_HELD_BACK, 1, True),
    ],
)
def test_what_begins_soon_does_not_wait(kind: MessageKind, hours: int, waits: bool) -> None:
    night = at(22)
    start = night + timedelta(hours=hours)
    assert due_at(kind, night, BERLIN, [start, FAR]) == (at(8, day=30) if waits else night)
    silent = Quiet(lets_urgent_through=False)
    assert due_at(kind, night, BERLIN, [start], silent) == at(8, day=30), "for who wants no exception"
    assert due_at(kind, night, BERLIN, [start], Quiet(is_on=False)) == night


def test_without_a_shift_only_what_never_waits_is_sent_at_night() -> None:
    for kind in MessageKind:
        assert (due_at(kind, at(22), BERLIN) == at(22)) is (HELD_UNLESS_WITHIN[kind] == NEVER)


@pytest.mark.parametrize(
    ("begin", "end", "hour", "due"),
    [
        (22, 7, 21, at(21)),
        (22, 7, 22, at(7, day=30)),
        (22, 7, 6, at(7)),
        (22, 7, 7, at(7)),
        (0, 6, 23, at(23)),
        (0, 6, 0, at(6)),
        (9, 17, 12, at(17)),
        (9, 17, 8, at(8)),
        (9, 17, 20, at(20)),
        (8, 8, 3, at(3)),
        (20, 0, 21, at(0, day=30)),
    ],
)
def test_members_have_their_own_hours(begin: int, end: int, hour: int, due: datetime) -> None:
    assert due_at(PUBLISHED, at(hour), BERLIN, [FAR], Quiet(begin=begin, end=end)) == due


def test_every_kind_has_a_rule_and_a_switch_and_every_switch_a_kind() -> None:
    assert set(HELD_UNLESS_WITHIN) == set(MessageKind)
    assert {kind.switch for kind in MessageKind} == set(EmailKind) - {EmailKind.CALENDARS}


@pytest.mark.parametrize(
    ("zone", "start", "week", "day"),
    [
        ("Europe/Berlin", "2026-12-08T09:00+01:00", "2026-12-01T09:00+01:00", "2026-12-07T09:00+01:00"),
        # Over a clock change the time of day is the same, 25 or 23 hours before.
        ("Europe/Berlin", "2026-10-25T10:00+01:00", "2026-10-18T10:00+02:00", "2026-10-24T10:00+02:00"),
        ("Europe/Berlin", "2027-03-28T10:00+02:00", "2027-03-21T10:00+01:00", "2027-03-27T10:00+01:00"),
        ("America/New_York", "2026-11-01T12:00-05:00", "2026-10-25T12:00-04:00", "2026-10-31T12:00-04:00"),
        # Two at night on Sunday doesn't exist: a day before Monday's it counts as three.
        ("Europe/Berlin", "2027-03-29T02:30+02:00", "2027-03-22T02:30+01:00", "2027-03-28T03:30+02:00"),
        ("Australia/Lord_Howe", "2026-10-04T09:00+11:00", "2026-09-27T09:00+10:30", "2026-10-03T09:00+10:30"),
        ("Asia/Kolkata", "2026-11-30T00:15+05:30", "2026-11-23T00:15+05:30", "2026-11-29T00:15+05:30"),
    ],
)
def test_reminders_come_at_the_shifts_own_time_of_day(zone: str, start: str, week: str, day: str) -> None:
    moment = datetime.fromisoformat(start)
    assert days_before(moment, 7, ZoneInfo(zone)) == datetime.fromisoformat(week)
    assert days_before(moment, 1, ZoneInfo(zone)) == datetime.fromisoformat(day)


START = datetime(2026, 12, 8, 9, tzinfo=BERLIN)
LONG_AGO = START - timedelta(days=30)


@pytest.mark.parametrize(
    ("kind", "start", "moment", "is_due"),
    [
        (MessageKind.WEEK_BEFORE, START, START - timedelta(days=7, minutes=1), False),
        (MessageKind.WEEK_BEFORE, START, START - timedelta(days=7), True),
        (MessageKind.WEEK_BEFORE, START, START - timedelta(days=5, minutes=1), True),
        (MessageKind.WEEK_BEFORE, START, START - timedelta(days=5), False),
        (MessageKind.WEEK_BEFORE, START, START - timedelta(days=2), False),
        (MessageKind.DAY_BEFORE, START, START - timedelta(days=1, minutes=1), False),
        (MessageKind.DAY_BEFORE, START, START - timedelta(days=1), True),
        (MessageKind.DAY_BEFORE, START, START - timedelta(minutes=1), True),
        (MessageKind.DAY_BEFORE, START, START, False),
        # At 23:00 the day before it is quiet: it comes in the morning.
        (MessageKind.DAY_BEFORE, START.replace(hour=23), START.replace(hour=23) - timedelta(days=1), False),
        (MessageKind.DAY_BEFORE, START.replace(hour=23), START.replace(hour=7, minute=59), False),
        (MessageKind.DAY_BEFORE, START.replace(hour=23), START.replace(hour=8), True),
        (MessageKind.DAY_BEFORE, START.replace(hour=6), START.replace(day=7, hour=6), False),
        (MessageKind.DAY_BEFORE, START.replace(hour=6), START.replace(day=7, hour=8), True),
    ],
)
def test_a_reminder_is_due_between_its_day_and_too_late(
    kind: MessageKind, start: datetime, moment: datetime, is_due: bool
) -> None:
    assert reminded_at(kind, start, LONG_AGO, BERLIN, Quiet(), moment) is is_due


def test_who_got_the_shift_after_its_reminder_was_due_has_just_been_told() -> None:
    moment, planned = START - timedelta(hours=12), START - timedelta(days=1)
    assert reminded_at(MessageKind.DAY_BEFORE, START, planned, BERLIN, Quiet(), moment)
    assert not reminded_at(MessageKind.DAY_BEFORE, START, planned + timedelta(minutes=1), BERLIN, Quiet(), moment)


@pytest.mark.parametrize(
    ("zone", "moment", "is_due"),
    [
        ("Europe/Berlin", "2026-11-30T07:59+01:00", False),
        ("Europe/Berlin", "2026-11-30T08:00+01:00", True),
        ("Europe/Berlin", "2026-11-30T19:59+01:00", True),
        ("Europe/Berlin", "2026-11-30T20:00+01:00", False),
        ("Europe/Berlin", "2026-12-01T08:00+01:00", False),
        ("Europe/Berlin", "2026-11-29T08:00+01:00", False),
        # It is Monday in Kiritimati when it is still Sunday in Honolulu.
        ("Pacific/Kiritimati", "2026-11-29T18:00+00:00", True),
        ("Pacific/Honolulu", "2026-11-29T18:00+00:00", False),
        ("Pacific/Honolulu", "2026-11-30T18:00+00:00", True),
    ],
)
def test_the_overview_comes_on_monday_morning(zone: str, moment: str, is_due: bool) -> None:
    assert is_week_ahead_due(datetime.fromisoformat(moment), ZoneInfo(zone), Quiet()) is is_due


def test_the_overview_waits_for_the_end_of_ones_own_quiet_hours() -> None:
    late = Quiet(begin=22, end=10)
    assert not is_week_ahead_due(at(9, day=30), BERLIN, late)
    assert is_week_ahead_due(at(10, day=30), BERLIN, late)


@pytest.mark.parametrize(
    ("zone", "moment", "hours"),
    [
        ("Europe/Berlin", "2026-11-30T08:00+01:00", (168, 168)),
        ("Europe/Berlin", "2026-10-19T08:00+02:00", (169, 168)),
        ("Europe/Berlin", "2027-03-15T08:00+01:00", (168, 167)),
        ("Australia/Lord_Howe", "2026-09-28T08:00+10:30", (167.5, 168)),
    ],
)
def test_weeks_begin_on_monday_at_midnight(zone: str, moment: str, hours: tuple[float, float]) -> None:
    first, second, third = week_of(datetime.fromisoformat(moment), ZoneInfo(zone))
    assert ((second - first) / timedelta(hours=1), (third - second) / timedelta(hours=1)) == hours
    assert first <= datetime.fromisoformat(moment) < second
    assert {each.astimezone(ZoneInfo(zone)).weekday() for each in (first, second, third)} == {0}
