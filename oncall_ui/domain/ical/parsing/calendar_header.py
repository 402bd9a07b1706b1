"""One VCALENDAR around its events: its name, its zone, the zones it defines."""

from bisect import bisect_right
from dataclasses import dataclass, field

from oncall_ui.domain.ical.parsing.values import text_of


@dataclass(slots=True)
class CalendarHeader:
    """What one VCALENDAR holds apart from events; filled while the source is scanned."""

    offset: int
    """Where in the source it begins."""
    title: bytes = b""
    tzid: bytes = b""
    """X-WR-TIMEZONE as written."""
    cancels: bool = False
    """METHOD:CANCEL: every event in it is called off (RFC 5546 section 3.2.5)."""
    zones: dict[bytes, bytes] = field(default_factory=dict)
    """TZID → body of its VTIMEZONE."""

    @property
    def name(self) -> str:
        return text_of(self.title).strip()


class CalendarHeaders:
    """The headers of a source in order; an empty one where there is none."""

    def __init__(self, headers: list[CalendarHeader]) -> None:
        self._headers = headers or [CalendarHeader(0)]
        self._begins = [header.offset for header in self._headers]

    def __getitem__(self, number: int) -> CalendarHeader:
        return self._headers[number]

    def number(self, offset: int) -> int:
        """Which header something at `offset` belongs to."""
        return max(0, bisect_right(self._begins, offset) - 1)
