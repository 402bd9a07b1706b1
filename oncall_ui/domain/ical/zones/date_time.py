"""A point in time as a calendar writes it, with its zone known."""

from typing import NamedTuple

from oncall_ui.domain.ical.zones.zone import Zone


class DateTimeValue(NamedTuple):
    """A date (no zone) or a wall time in a zone; `wall` in seconds since 1970, midnight for a date."""

    wall: int
    zone: Zone | None

    @property
    def is_date(self) -> bool:
        return self.zone is None

    @property
    def instant(self) -> int:
        """Seconds since 1970 UTC; of a date, its midnight in UTC."""
        return self.wall if self.zone is None else self.zone.utc(self.wall)
