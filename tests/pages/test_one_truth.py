"""Home, Team, the feed and the API say the same about every day: blocked, open or unknown."""

from datetime import date, timedelta
from typing import Any

import pytest
from icalendar import Calendar as Parsed

from oncall_ui.app import App
from oncall_ui.domain.availability.day_grid import Day, DayState, days_of
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.spans import AvailabilitySpan
from oncall_ui.domain.availability.window import days_from
from oncall_ui.domain.imports.state import State
from oncall_ui.models import now
from oncall_ui.services.connections.views import list_connections
from oncall_ui.services.sharing.api import own_availability
from oncall_ui.services.sharing.feed import create_feed_link, open_feed
from oncall_ui.services.sharing.ics_writer import TITLES, UNKNOWN
from oncall_ui.services.team.grid import read_team
from pages.home.overview import look
from pages.sharing.api.responses import availability
from pages.team.cells import Filter, grid_window, team_grid
from tests.conftest import Person
from tests.services.helpers.team import add_calendar, add_spans

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
OLD, BROKEN = 25 * HOUR, 2 * HOUR
JUST_NOW = timedelta()
GOOD: dict[str, Any] = {"last_read_at": JUST_NOW}
OFF: dict[str, Any] = {"is_on": False, "state": State.OFF, "last_read_at": None}


CALENDARS: dict[str, tuple[list[dict[str, Any]], bool]] = {
    "nothing connected": ([], False),
    "connected but off": ([OFF], False),
    "created but not saved": ([OFF | {"is_on": True}], False),
    "first import to come": ([{"state": State.WAITING, "last_read_at": None}], False),
    "good": ([GOOD], True),
    "one good, one off": ([GOOD, OFF], True),
    "one good, one new": ([GOOD, {"state": State.IMPORTING, "last_read_at": None}], True),
    "retrying for hours": ([{"state": State.RETRYING, "last_read_at": 5 * HOUR, "broken_since": BROKEN}], True),
    "one good, one never read": ([GOOD, {"state": State.RETRYING, "last_read_at": None, "broken_since": BROKEN}], True),
    "one good, one never read for a day": (
        [GOOD, {"state": State.RETRYING, "last_read_at": None, "broken_since": OLD}],
        False,
    ),
    "needs the member": ([GOOD, {"state": State.NEEDS_YOU, "last_read_at": HOUR, "broken_since": BROKEN}], False),
    "was never read and needs the member": ([GOOD, {"state": State.NEEDS_YOU, "last_read_at": None}], False),
    "stale": ([GOOD, {"last_read_at": OLD}], False),
    "a question is open": (
        [GOOD, {"state": State.IMPORTING, "cause": "suspected_loss", "last_read_at": JUST_NOW}],
        False,
    ),
}
"""Rows of calendars, whose times are so long ago."""
BLOCKED, IN_PART, PREFERRED, EMPTY = 5, 7, 9, 11
"""Days from today."""


@pytest.fixture(autouse=True)
def _spans(app: App, bob: Person) -> None:
    """Availability that stays whatever becomes of the calendars: of one that is off."""
    keeper = add_calendar(app, bob.id, "Kept", **at_times(OFF))
    zone, today = bob.me.member.tz, today_of(bob)
    for number, hours, action in ((BLOCKED, 0, B), (IN_PART, 9, B), (PREFERRED, 0, Action.PREFER)):
        day = days_from(today + number * DAY, zone, 1)
        add_spans(app, bob.id, keeper, (day.start + hours * HOUR, day.end, action))


B = Action.BLOCK


def today_of(person: Person) -> date:
    return now().astimezone(person.me.member.tz).date()


def at_times(row: dict[str, Any]) -> dict[str, Any]:
    """With moments in place of how long ago they were."""
    return {name: now() - value if isinstance(value, timedelta) else value for name, value in row.items()}


def word(day: Day) -> str:
    """How a page draws a day: the words of its state, and whether the rest is striped."""
    rest = "unknown" if day.is_unknown else "open"
    return {
        DayState.BLOCKED: "block",
        DayState.BLOCKED_IN_PART: f"block, {rest}",
        DayState.PREFERRED: f"prefer, {rest}",
        DayState.OPEN: "open",
        DayState.UNKNOWN: "unknown",
    }[day.state]


def on_home(app: App, bob: Person) -> list[str]:
    """By what is drawn: bars, and stripes."""
    seen = look(app, bob.me.member, list_connections(app, bob.id), now(), None)
    drawn = [each for month in seen.picture.months for each in month["days"]][today_of(bob).weekday() :]
    found = []
    for each in drawn:
        bars = dict.fromkeys(bar["k"].removeprefix("is-") for bar in each["s"])
        is_blocked = each["s"] == [{"k": "is-block", "at": {}}]
        rest = [] if is_blocked else ["unknown" if "unknown" in each["c"].split() else "open"]
        found.append(", ".join([*bars, *rest]))
    return found


def on_team(app: App, bob: Person) -> tuple[list[str], list[bool]]:
    zone, today = bob.me.member.tz, today_of(bob)
    (row,) = team_grid(read_team(app, bob.id, grid_window(today, zone), now()), today, zone).rows
    first = today.weekday()
    days = row.days[first : first + 90]
    free = [row.matches(first + number, Filter.AVAILABLE) for number in range(90)]
    return [word(day) for day in days], free


def in_api(app: App, bob: Person) -> list[str]:
    """By what a program gets: intervals, and the days that are known."""
    zone, today = bob.me.member.tz, today_of(bob)
    window = days_from(today, zone)
    found = availability(own_availability(app, bob.id, window.start, window.end))
    until = found.known_to.astimezone(zone).date() if found.known_to else date.min
    assert found.known_from is None or found.known_from <= window.start
    spans = [AvailabilitySpan(each.start, each.end, each.action) for each in found.intervals]
    return [word(day) for day in days_of(spans, today, 90, today=today, zone=zone, known_until=until)]


def in_feed(app: App, bob: Person) -> list[str]:
    feed = open_feed(app, create_feed_link(app, bob.id).rpartition("/")[2].removesuffix(".ics"))
    assert feed is not None
    events = Parsed.from_ical(feed.text()).walk("VEVENT")
    times = [(str(each["SUMMARY"]), each.decoded("DTSTART"), each.decoded("DTEND")) for each in events]
    zone, today = bob.me.member.tz, today_of(bob)
    found = []
    for number in range(90):
        day = days_from(today + number * DAY, zone, 1)
        here = {title for title, start, end in times if start < day.end and end > day.start}
        said = [action.value for action in Action if TITLES[action] in here]
        blocks_all = any(t == TITLES[B] and start <= day.start and end >= day.end for t, start, end in times)
        rest = [] if blocks_all else ["unknown" if UNKNOWN in here else "open"]
        found.append(", ".join([*said, *rest]))
    return found


@pytest.mark.parametrize("state", CALENDARS)
def test_every_output_says_the_same(app: App, bob: Person, state: str) -> None:
    calendars, is_known = CALENDARS[state]
    for number, row in enumerate(calendars):
        add_calendar(app, bob.id, f"{number}", **at_times(row))
    team, free = on_team(app, bob)
    rest = "open" if is_known else "unknown"
    expected = {BLOCKED: "block", IN_PART: f"block, {rest}", PREFERRED: f"prefer, {rest}", EMPTY: rest}
    assert {number: team[number] for number in expected} == expected
    assert {number: free[number] for number in (PREFERRED, EMPTY)} == dict.fromkeys((PREFERRED, EMPTY), is_known)
    assert on_home(app, bob) == team
    assert in_api(app, bob) == team
    assert in_feed(app, bob) == team


def test_home_counts_anew_when_only_time_has_passed(app: App, bob: Person) -> None:
    noon = now().replace(hour=12)  # an hour later it is the same day, whenever the test runs
    add_calendar(app, bob.id, last_read_at=noon)
    first = look(app, bob.me.member, list_connections(app, bob.id), noon, None)
    assert look(app, bob.me.member, first.connections, noon + HOUR, first).picture is first.picture
    later = look(app, bob.me.member, first.connections, noon + 25 * HOUR, first)
    assert (first.coverage.known is None, later.coverage.known is None) == (False, True)
