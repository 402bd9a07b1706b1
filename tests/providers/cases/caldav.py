"""CalDAV: a real Radicale server, behind a proxy for what it can't be made to say itself."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from providers import caldav
from tests.calendars import calendar
from tests.fakes.radicale import Radicale
from tests.providers.helpers import ical_events
from tests.providers.helpers.case import SECRET, ProductCase, Span
from tests.providers.helpers.kinds import Kind


class CalDavCase(ProductCase):
    product = caldav.PRODUCT
    button = "Connect CalDAV"
    unsaid = ical_events.UNSAID
    every_calendar_is_theirs = True
    publishes_no_busy_times = "its calendars are always read with their events"

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._radicale: Radicale = request.getfixturevalue("radicale")
        self._radicale.change_password(SECRET)
        self.hold()
        self.remote_id = self._radicale.url_of("work")
        self.credentials = {"url": self._radicale.url, "user": self._radicale.user, "password": SECRET}

    def hold(self, *events: Span) -> None:
        self._hold(ical_events.timed(events))

    def hold_kinds(self, *kinds: Kind) -> None:
        self._hold(list(map(ical_events.written, kinds)))

    def hold_kinds_elsewhere(self, *kinds: Kind) -> None:
        self._radicale.hold("team", {str(kind): ical_events.written(kind) for kind in kinds})
        self.remote_id = self._radicale.url_of("team")

    @staticmethod
    def whole_days(days: Sequence[date], zone: str) -> tuple[bytes, ...]:
        """The zone is the collection's; its resources have none."""
        collection = calendar(zone=zone).replace(b"\r\n", b"\n")
        return (collection, *(calendar(ical_events.whole_day(day), zone="") for day in days))

    def lose_access(self) -> None:
        self._radicale.change_password("another")

    def vanish(self) -> None:
        self._radicale.remove("work")

    def be_busy(self, retry_after: timedelta) -> None:
        self._radicale.refuse(429, retry_after=str(int(retry_after.total_seconds())))

    def break_down(self) -> None:
        self._radicale.refuse(503)

    def _hold(self, events: Sequence[str]) -> None:
        self._radicale.hold("work", {str(number): event for number, event in enumerate(events)})
