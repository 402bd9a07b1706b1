"""ICS URLs, served by a small web server with memory."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from providers import ics
from tests.calendars import STAMP, calendar
from tests.fakes.feeds import FeedServer
from tests.providers.helpers import ical_events
from tests.providers.helpers.case import SECRET, ProductCase, Span
from tests.providers.helpers.kinds import END, START, Kind

_UTC = "%Y%m%dT%H%M%SZ"
_BUSY_TIMES = (
    f"BEGIN:VFREEBUSY\r\nUID:busy\r\n{STAMP}\r\nFREEBUSY;FBTYPE=BUSY:{START:{_UTC}}/{END:{_UTC}}\r\n"
    f"FREEBUSY;FBTYPE=FREE:{END:{_UTC}}/PT1H\r\nEND:VFREEBUSY"
)


class IcsCase(ProductCase):
    product = ics.PRODUCT
    button = "Add ICS URL"
    remote_id = ics.ONLY
    unsaid = ical_events.UNSAID
    every_calendar_is_theirs = True

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._feeds: FeedServer = request.getfixturevalue("feeds")
        self._path = f"/{SECRET}/work.ics"
        self.hold()
        self.credentials = {"url": self._feeds.url(self._path)}

    def hold(self, *events: Span) -> None:
        self._feeds.serve(self._path, calendar(*ical_events.timed(events)))

    def hold_kinds(self, *kinds: Kind) -> None:
        self._feeds.serve(self._path, calendar(*map(ical_events.written, kinds)))

    def hold_kinds_elsewhere(self, *kinds: Kind) -> None:
        self._path = f"/{SECRET}/team.ics"
        self.credentials = {"url": self._feeds.url(self._path)}
        self.hold_kinds(*kinds)

    def publish_busy_times(self) -> None:
        self._feeds.serve(self._path, calendar(_BUSY_TIMES))

    @staticmethod
    def whole_days(days: Sequence[date], zone: str) -> tuple[bytes, ...]:
        return (calendar(*map(ical_events.whole_day, days), zone=zone),)

    def lose_access(self) -> None:
        self._feeds.refuse(self._path, status=401)

    def vanish(self) -> None:
        self._feeds.remove(self._path)

    def be_busy(self, retry_after: timedelta) -> None:
        self._feeds.refuse(self._path, status=429, retry_after=str(int(retry_after.total_seconds())))

    def break_down(self) -> None:
        self._feeds.refuse(self._path, status=503)
