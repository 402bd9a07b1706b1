"""What `Sync now` says when a server has asked us to wait."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from nicegui import ui

from pages.widgets.dates import moment_words


def say_until(until: datetime | None, zone: ZoneInfo) -> None:
    """Nothing for None."""
    if until is not None:
        words = moment_words(until, zone, datetime.now(UTC).astimezone(zone).date())
        ui.notify(f"We were asked to wait until {words}. We read it again then.", position="bottom-right")
