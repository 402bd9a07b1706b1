"""One VCALENDAR around its events: its name, its zone, the zones it defines."""

from bisect import bisect_right
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


class Frames:
    """The frames of a source in order; an empty one where there is none."""

    def __init__(self, frames: list[Frame]) -> None:
        self._frames = frames or [Frame(0)]
        self._begins = [frame.offset for frame in self._frames]

    def __getitem__(self, number: int) -> Frame:
        return self._frames[number]

    def number(self, offset: int) -> int:
        """Which frame something at `offset` belongs to."""
        return max(0, bisect_right(self._begins, offset) - 1)
