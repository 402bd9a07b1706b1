"""When a message may be sent: over zones, clock changes, kinds and members' own quiet hours."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.domain.schedules.messages.kinds import EmailKind, MessageKind
from oncall_ui.domain.schedules.messages.timing import HELD_UNLESS_WITHIN, NEVER, Quiet, due_at

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
    assert {kind.switch for kind in MessageKind} == set(EmailKind)
