"""Feeds as PagerDuty, Opsgenie and GoAlert serve them, and calendars people keep themselves."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.imports.failures import Unreadable
from oncall_ui.domain.schedules.rota_import.ics import read_ics
from oncall_ui.domain.schedules.rota_import.rota import NotARota, Rota

BERLIN = ZoneInfo("Europe/Berlin")
WINDOW = Window(datetime(2025, 11, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC))
PAGERDUTY = """PRODID;X-RICAL-TZSOURCE=TZINFO:-//com.denhaven2/NONSGML ri_cal gem//EN
CALSCALE:GREGORIAN
VERSION:2.0
X-WR-CALNAME:On Call Schedule for Platform
BEGIN:VEVENT
DTEND;VALUE=DATE-TIME:20260810T080000Z
DTSTART;VALUE=DATE-TIME:20260803T080000Z
ATTENDEE:alice@example.org
UID:Q1
URL:https://acme.pagerduty.com/schedules#P1
SUMMARY:On Call - Alice Moreno - Platform
END:VEVENT
BEGIN:VEVENT
DTEND;VALUE=DATE-TIME:20260817T080000Z
DTSTART;VALUE=DATE-TIME:20260810T080000Z
ATTENDEE:bob@example.org
UID:Q2
SUMMARY:On Call - Bob Tanaka - Platform
END:VEVENT"""
OPSGENIE = """PRODID:-//Opsgenie//EN
VERSION:2.0
BEGIN:VEVENT
UID:a1
DTSTAMP:20260801T000000Z
DTSTART:20260803T080000Z
DTEND:20260810T080000Z
SUMMARY:Platform_primary: alice@example.org
END:VEVENT
BEGIN:VEVENT
UID:a2
DTSTAMP:20260801T000000Z
DTSTART:20260810T080000Z
DTEND:20260817T080000Z
SUMMARY:Platform_primary: bob@example.org
END:VEVENT"""
GOALERT = """PRODID:-//GoAlert//v0.33//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:PUBLISH
BEGIN:VEVENT
UID:4c7d37bf
SUMMARY:On-Call (GoAlert: Platform)
DTSTAMP:20260801T000000Z
DTSTART:20260803T080000Z
DTEND:20260810T080000Z
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:REMINDER
TRIGGER:-PT5M
END:VALARM
END:VEVENT"""
BY_HAND = """VERSION:2.0
PRODID:-//me//EN
BEGIN:VEVENT
UID:w
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:20260803
DTEND;VALUE=DATE:20260810
RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=2
SUMMARY:Ana on call
END:VEVENT
BEGIN:VEVENT
UID:x
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:20260810
DTEND;VALUE=DATE:20260817
STATUS:CANCELLED
SUMMARY:Bo on call
END:VEVENT"""


def rota(events: str, roles: tuple[str, ...] = ("primary", "secondary")) -> Rota:
    text = f"BEGIN:VCALENDAR\n{events}\nEND:VCALENDAR\n".replace("\n", "\r\n")
    return read_ics(text.encode(), WINDOW, BERLIN, time(10), roles)


def said(found: Rota) -> list[tuple[str, str, str, str]]:
    return [(f"{each.start:%d %H}", each.who.name, each.who.email, each.role) for each in found.entries]


def test_pagerduty_says_who_in_the_title_and_the_attendee() -> None:
    assert said(rota(PAGERDUTY)) == [
        ("03 08", "Alice Moreno", "alice@example.org", ""),
        ("10 08", "Bob Tanaka", "bob@example.org", ""),
    ]


def test_opsgenie_names_the_rotation_and_the_address() -> None:
    assert said(rota(OPSGENIE)) == [
        ("03 08", "alice@example.org", "", "primary"),
        ("10 08", "bob@example.org", "", "primary"),
    ]
    assert set(rota(OPSGENIE).people) == {"alice@example.org", "bob@example.org"}


def test_goalert_names_the_schedule_so_somebody_has_to_say_whose_it_is() -> None:
    assert said(rota(GOALERT)) == [("03 08", "Platform", "", "")]


def test_whole_days_begin_at_the_handoff_and_cancelled_ones_are_left_out() -> None:
    found = rota(BY_HAND)
    assert [(each.start.astimezone(BERLIN).hour, each.who.name) for each in found.entries] == [(10, "Ana"), (10, "Ana")]
    assert [(each.end - each.start).days for each in found.entries] == [7, 7]


def test_a_broken_event_costs_itself() -> None:
    broken = GOALERT.replace("DTSTART:20260803T080000Z", "DTSTART:soon")
    found = rota(f"{OPSGENIE}\n{broken[broken.index('BEGIN') :]}")
    assert len(found.entries) == 2
    assert found.problems and found.problems[0].startswith("Line ")


def test_what_is_no_calendar_or_has_no_shift_is_refused() -> None:
    with pytest.raises(Unreadable):
        read_ics(b"<html>", WINDOW, BERLIN, time(10), ())
    with pytest.raises(NotARota, match="No shifts found"):
        rota("VERSION:2.0\nPRODID:-//me//EN")
