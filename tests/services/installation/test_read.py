"""What administrators read of the installation, on both databases."""

from datetime import timedelta

import pytest

from oncall_ui.app import App
from oncall_ui.domain.imports.state import State
from oncall_ui.errors import NotAllowed
from oncall_ui.models import now
from oncall_ui.services.help import Votes, read_votes, vote
from oncall_ui.services.installation.status import read_installation
from tests.conftest import Person
from tests.services.helpers.team import add_calendar


def test_it_counts_what_is_on_and_shows_it_to_administrators_only(app: App, alice: Person, bob: Person) -> None:
    at = now()
    later = at + timedelta(minutes=5)
    read = {"last_read_at": at - timedelta(minutes=1), "next_import_at": later}
    add_calendar(app, bob.id, "Work", **read)
    add_calendar(app, bob.id, "Home", **read | {"state": State.NEEDS_YOU, "next_import_at": None})
    waits = {"next_import_at": at - timedelta(seconds=9), "last_read_at": at - timedelta(minutes=3)}
    add_calendar(app, bob.id, "Team", **waits, attempts=2)
    add_calendar(app, bob.id, "Off", **read | {"is_on": False, "last_read_at": at - timedelta(days=9)})
    seen = read_installation(app, alice.id, at)
    calendars = seen.calendars
    assert (calendars.on, calendars.needing, calendars.retrying, calendars.broken) == (3, 1, 1, 2)
    assert (calendars.waiting, calendars.due) == (1, at - timedelta(seconds=9))
    assert calendars.oldest == at - timedelta(minutes=3)
    assert (seen.members, seen.administrators, seen.backups) == (2, 1, None)
    assert seen.database_size and seen.disk_free and seen.disk_size
    with pytest.raises(NotAllowed):
        read_installation(app, bob.id, at)


def test_votes_are_for_administrators_those_with_the_most_no_first(app: App, alice: Person, bob: Person) -> None:
    for guide, helped in (("a", True), ("b", False), ("b", True)):
        vote(app, bob.id, guide, helped=helped)
    assert read_votes(app, alice.id) == [Votes("b", 1, 1), Votes("a", 1, 0)]
    with pytest.raises(NotAllowed):
        read_votes(app, bob.id)
