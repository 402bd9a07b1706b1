"""Broken and stale calendars of the team: which they are, who may see them, and how little is shown."""

from datetime import timedelta

import pytest
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Cause
from oncall_ui.domain.imports.state import State
from oncall_ui.errors import NotAllowed
from oncall_ui.models import Connection
from oncall_ui.services.team.health import _WHY, broken_calendars
from tests.conftest import Person
from tests.services.helpers.team import NOW, add_calendar

DAY = timedelta(days=1)


def test_what_needs_its_member_comes_first_then_by_member(app: App, alice: Person, bob: Person) -> None:
    add_calendar(app, alice.id, "Fine")
    add_calendar(app, alice.id, "Off", is_on=False, state=State.OFF, last_read_at=NOW - 9 * DAY)
    add_calendar(app, alice.id, "Old", last_read_at=NOW - 2 * DAY)
    add_calendar(app, alice.id, "Down", state=State.RETRYING, attempts=1, cause=Cause.BUSY.value)
    add_calendar(app, alice.id, "Tried", state=State.IMPORTING, attempts=2, cause=Cause.UNREACHABLE.value)
    add_calendar(app, bob.id, "Lost", state=State.NEEDS_YOU, cause=Cause.REFUSED.value)
    found = [(each.member, each.nickname, each.state, each.why) for each in broken_calendars(app, alice.id, NOW)]
    assert found == [
        ("Bob", "Lost feed", State.NEEDS_YOU, "The server refuses access, probably after a password change."),
        ("Alice", "Old feed", State.UP_TO_DATE, "Not read for more than a day."),
        ("Alice", "Down feed", State.RETRYING, "The server asks us to wait."),
        ("Alice", "Tried feed", State.RETRYING, "The server isn’t answering."),
    ]


def test_since_is_the_last_reading_or_else_the_first_failure(app: App, alice: Person) -> None:
    add_calendar(app, alice.id, "A", state=State.NEEDS_YOU, broken_since=NOW - DAY)
    add_calendar(app, alice.id, "B", state=State.NEEDS_YOU, last_read_at=None, broken_since=NOW - DAY)
    add_calendar(app, alice.id, "C", state=State.NEEDS_YOU, last_read_at=None)
    found = [each.since for each in broken_calendars(app, alice.id, NOW)]
    assert found == [NOW - timedelta(minutes=2), NOW - DAY, None]


def test_names_of_calendars_and_accounts_and_sentences_of_servers_stay(app: App, alice: Person) -> None:
    add_calendar(app, alice.id, "Therapy", state=State.NEEDS_YOU, why="clinic.example.org refused the password.")
    told = repr(broken_calendars(app, alice.id, NOW))
    assert "Therapy feed" in told  # what the member named the connection
    for secret in ("Therapy calendar", "secret-account", "clinic.example.org", "alice@example.org"):
        assert secret not in told


def test_it_is_for_administrators(app: App, mallory: Person) -> None:
    with pytest.raises(NotAllowed):
        broken_calendars(app, mallory.id, NOW)


def test_every_cause_has_words() -> None:
    assert set(Cause) <= _WHY.keys()


def test_a_connection_that_goes_by_its_account_is_not_named(app: App, alice: Person) -> None:
    add_calendar(app, alice.id, "Work", state=State.NEEDS_YOU)
    with app.db.write() as session:
        row = session.exec(select(Connection)).one()
        row.nickname = row.account = "alice@clinic.example"
    assert "clinic" not in repr(broken_calendars(app, alice.id, NOW))
