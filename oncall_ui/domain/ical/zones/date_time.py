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

    @property
    def floats(self) -> bool:
        """Whether it is a time that names no zone."""
        return self.zone is not None and self.zone.floats

    def beside(self, other: "DateTimeValue | None") -> "DateTimeValue":
        """The same; a time that names no zone is in that of its other half: the start of an end, or its series."""
        if other is None or other.zone is None or not self.floats:
            return self
        return DateTimeValue(self.wall, other.zone)
