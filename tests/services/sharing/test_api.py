"""What programs learn about members: when, how fresh, and for which days."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import update

from oncall_ui.app import App
from oncall_ui.domain.availability.coverage import Coverage
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.window import days_from
from oncall_ui.domain.imports.freshness import Freshness
from oncall_ui.domain.imports.state import State
from oncall_ui.errors import NotAllowed
from oncall_ui.models import Member, now
from oncall_ui.services.availability.manual import add_manual_days
from oncall_ui.services.sharing.api import own_availability, team_availability
from tests.calendars import in_days
from tests.conftest import Person
from tests.services.helpers.full_account import add_span, around_now, keep_calendar

HOUR = timedelta(hours=1)


def test_what_overlaps_is_one_and_what_lies_outside_is_cut(app: App, alice: Person) -> None:
    calendar = keep_calendar(app, alice)
    add_span(app, alice, calendar, 3, 10, 14)
    found = own_availability(app, alice.id, in_days(3, 10), in_days(5, 12) + HOUR / 2)
    assert [(span.start, span.end, span.action) for span in found.spans] == [
        (in_days(3, 10), in_days(3, 14), Action.BLOCK),
        (in_days(5, 12), in_days(5, 12) + HOUR / 2, Action.PREFER),
    ]


@pytest.mark.parametrize(
    ("rows", "freshness"),
    [
        ([], Freshness.NOTHING_CONNECTED),
        ([{"is_on": False, "state": State.OFF}], Freshness.NOTHING_CONNECTED),
        ([{}], Freshness.UP_TO_DATE),
        ([{"state": State.RETRYING}], Freshness.UP_TO_DATE),
        ([{"state": State.RETRYING, "last_read_at": now() - timedelta(days=1, hours=1)}], Freshness.STALE),
        ([{}, {"state": State.RETRYING, "last_read_at": None}], Freshness.NOT_READ_YET),
        ([{"last_read_at": None}, {"state": State.NEEDS_YOU}], Freshness.NEEDS_MEMBER),
        ([{}, {"is_on": False, "state": State.NEEDS_YOU}], Freshness.UP_TO_DATE),
    ],
)
@pytest.mark.once_on_postgresql
def test_freshness_is_that_of_the_worst_calendar_that_is_on(
    app: App, alice: Person, rows: list[dict[str, Any]], freshness: Freshness
) -> None:
    for number, row in enumerate(rows):
        keep_calendar(app, alice, str(number), **row)
    assert own_availability(app, alice.id, *around_now()).freshness is freshness


def test_it_is_known_for_the_days_of_the_last_import_in_the_members_zone(app: App, alice: Person) -> None:
    zone = ZoneInfo("Pacific/Kiritimati")
    with app.db.write() as session:
        session.exec(update(Member).values(zone=zone.key))
    read_at = now() - HOUR
    keep_calendar(app, alice, "New", last_read_at=read_at)
    found = own_availability(app, alice.id, *around_now())
    assert found.coverage.known == days_from(read_at.astimezone(zone).date(), zone)


def test_it_says_since_when_changes_are_missing(app: App, alice: Person) -> None:
    broken = now() - 3 * HOUR
    keep_calendar(app, alice, "Work", state=State.NEEDS_YOU, last_read_at=broken)
    keep_calendar(app, alice, "Home")
    assert own_availability(app, alice.id, *around_now()).coverage == Coverage(None, broken)


@pytest.mark.parametrize("row", [{"last_read_at": None}, {"is_on": False}])
def test_nothing_is_known_while_nothing_that_is_on_was_read(app: App, alice: Person, row: dict[str, Any]) -> None:
    assert own_availability(app, alice.id, *around_now()).coverage.known is None
    keep_calendar(app, alice, **row)
    assert own_availability(app, alice.id, *around_now()).coverage.known is None


def test_the_team_is_told_by_name_each_with_their_own(app: App, bob: Person, alice: Person) -> None:
    keep_calendar(app, bob)
    team = team_availability(app, *around_now())
    assert [(each.name, len(each.spans)) for each in team] == [("Alice", 0), ("Bob", 2)]
    today = now().astimezone(alice.me.member.tz).date()
    assert [each.coverage.known for each in team] == [None, days_from(today, bob.me.member.tz)]


def test_days_by_hand_leave_the_server_as_well(app: App, alice: Person) -> None:
    today = now().astimezone(alice.me.member.tz).date()
    add_manual_days(app, alice.id, ManualDays(today, today, Action.BLOCK))
    day = days_from(today, alice.me.member.tz)
    (span,) = own_availability(app, alice.id, day.start, day.start + timedelta(days=2)).spans
    assert (span.start, span.action) == (day.start, Action.BLOCK)


def test_who_is_gone_has_none(app: App, alice: Person) -> None:
    with pytest.raises(NotAllowed):
        own_availability(app, alice.id + 1, *around_now())
