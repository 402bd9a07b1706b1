"""The four days on which the clock is changed in Auckland and Los Angeles, and what lies on them."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.imports.events import Reading
from providers import PRODUCTS, caldav, google, ics, outlook
from providers.base import Interpret, Product
from providers.outlook.envelope import Envelope
from tests.calendars import STAMP, calendar
from tests.fakes.google_calendars import days as google_days
from tests.fakes.graph_events import days as graph_days

AUCKLAND, LOS_ANGELES = ZoneInfo("Pacific/Auckland"), ZoneInfo("America/Los_Angeles")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Change:
    """A day in its `zone`, and the same time on the days and the clock of `other`, in hours."""

    zone: ZoneInfo
    day: date
    start: datetime
    end: datetime
    other: ZoneInfo
    elsewhere: dict[date, tuple[float, float]]

    def __str__(self) -> str:
        return f"{self.zone.key} {self.day}"


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


CHANGES = [
    Change(
        AUCKLAND,
        date(2026, 9, 27),  # 23 hours
        _at("2026-09-26T12:00"),
        _at("2026-09-27T11:00"),
        LOS_ANGELES,
        {date(2026, 9, 26): (5, 24), date(2026, 9, 27): (0, 4)},
    ),
    Change(
        LOS_ANGELES,
        date(2026, 11, 1),  # 25 hours
        _at("2026-11-01T07:00"),
        _at("2026-11-02T08:00"),
        AUCKLAND,
        {date(2026, 11, 1): (20, 24), date(2026, 11, 2): (0, 21)},
    ),
    Change(
        LOS_ANGELES,
        date(2027, 3, 14),  # 23 hours
        _at("2027-03-14T08:00"),
        _at("2027-03-15T07:00"),
        AUCKLAND,
        {date(2027, 3, 14): (21, 24), date(2027, 3, 15): (0, 20)},
    ),
    Change(
        AUCKLAND,
        date(2027, 4, 4),  # 25 hours
        _at("2027-04-03T11:00"),
        _at("2027-04-04T12:00"),
        LOS_ANGELES,
        {date(2027, 4, 3): (4, 24), date(2027, 4, 4): (0, 5)},
    ),
]


def reading_of(product: Product, days: list[date], window: Window, member: ZoneInfo, zone: str = "") -> Reading:
    """Events of a whole day each, in a calendar of `product` that names `zone` or none, as an import understands it."""
    interpret: Interpret = product.interpret
    return interpret(_PARTS[product.key](days, zone), window, member, None, lambda _count: None).reading


def _feed(days: list[date], zone: str) -> tuple[bytes, ...]:
    return (calendar(*map(_block, days), zone=zone),)


def _collection(days: list[date], zone: str) -> tuple[bytes, ...]:
    """The zone is the collection's; its resources have none."""
    return (calendar(zone=zone).replace(b"\r\n", b"\n"), *(calendar(_block(day), zone="") for day in days))


def _google(days: list[date], zone: str) -> tuple[bytes, ...]:
    head = {"kind": "events", "address": "", "is_primary": True, "zone": zone, "name": "Work"}
    items = [google_days("Leave", day, day + ONE_DAY) for day in days]
    return json.dumps(head).encode(), json.dumps({"items": items}).encode()


def _outlook(days: list[date], zone: str) -> tuple[bytes, ...]:
    """Graph gives dates, and tells of no calendar which zone it is in."""
    assert not zone
    items = [graph_days("Leave", datetime(day.year, day.month, day.day, tzinfo=UTC)) for day in days]
    return Envelope((), narrow=False).to_bytes(), json.dumps({"value": items}).encode()


def _block(day: date) -> str:
    return (
        f"BEGIN:VEVENT\r\nUID:{day}\r\n{STAMP}\r\nDTSTART;VALUE=DATE:{day:%Y%m%d}\r\n"
        f"DTEND;VALUE=DATE:{day + ONE_DAY:%Y%m%d}\r\nSUMMARY:Leave\r\nEND:VEVENT"
    )


_PARTS = {
    ics.PRODUCT.key: _feed,
    caldav.PRODUCT.key: _collection,
    google.PRODUCT.key: _google,
    outlook.PRODUCT.key: _outlook,
}
assert set(_PARTS) == {product.key for product in PRODUCTS}
WITH_ZONES = [product for product in PRODUCTS if product is not outlook.PRODUCT]
