"""One VCALENDAR around its events: its name, its zone, the zones it defines."""

from dataclasses import dataclass, field

from oncall_ui.domain.ical.value import text_of


@dataclass(slots=True)
class Frame:
    """What stands beside the events of one VCALENDAR; filled while the source is scanned."""

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
