"""The four days on which the clock is changed in Auckland and Los Angeles, and what lies on them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.imports.events import Reading
from providers import PRODUCTS
from providers.base import Product
from tests.providers.cases import CASES, case_for

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
    """What an import reads from a calendar of `product`, in `zone` or none, with a one-day event on each day."""
    parts = case_for(product.key).whole_days(days, zone)
    return product.interpret(parts, window, member, None, lambda _count: None).reading


WITH_ZONES = [each for each in PRODUCTS if each.key not in CASES or CASES[each.key].names_zone]
