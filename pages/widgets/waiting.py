"""What `Sync now` says when it can't start an import at once."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from nicegui import ui

from pages.widgets.dates import moment_words


def say_until(name: str, until: datetime | None, zone: ZoneInfo) -> None:
    """The server of `name` asked us to wait; nothing for None."""
    if until is not None:
        words = moment_words(until, zone, datetime.now(UTC).astimezone(zone).date())
        _say(f"{name} isn’t synced yet: its server asked us to wait until {words}. We’ll sync it then.")


def say_all_off(name: str) -> None:
    """Every calendar of the connection `name` is off, so that nothing happens."""
    _say(f"{name} is off, so there is nothing to sync. Edit turns it on.")


def _say(sentence: str) -> None:
    ui.notify(sentence, position="bottom-right")
