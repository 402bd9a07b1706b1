"""What Home knows, without the screen that shows it."""

from datetime import UTC, datetime, timedelta

from oncall_ui.app import App
from pages.home.overview import look
from tests.conftest import Person
from tests.pages.helpers.home import NOW, B, add_calendar


def test_a_line_is_over_the_moment_it_ends(app: App, alice: Person) -> None:
    add_calendar(app, alice, "Work", [("2026-11-24T11:00", "2026-11-24T12:00", B), ("2026-11-26", "2026-11-27", B)])
    ends = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
    seen = look(app, alice.me.member, [], NOW, None)
    assert len(seen.lines) == 2
    assert seen.to_come(ends - timedelta(seconds=1)) is seen.lines
    assert seen.to_come(ends) == seen.lines[1:]
