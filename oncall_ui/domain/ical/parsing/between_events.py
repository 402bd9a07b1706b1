"""What is between the events: calendar properties, time zones, free/busy components, tasks."""

import re
from io import BytesIO

from oncall_ui.domain.ical.parsing.calendar_header import CalendarHeader
from oncall_ui.domain.ical.parsing.content_line import split

_CALENDAR = b"VCALENDAR"
_NAME = re.compile(rb"[A-Z0-9-]+")


class NeedsNormalising(Exception):
    """The source has to be normalised before it can be scanned."""


class BetweenEvents:
    """Fed with the spans of the source that are not events, in order."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.headers: list[CalendarHeader] = []
        self.free_busy: list[int] = []
        self.open: list[bytes] = []
        """Names of the components not yet ended."""
        self._zone: list[bytes] | None = None

    @property
    def inside(self) -> bool:
        """Whether something other than a calendar is open, so that no event can begin here."""
        return len(self.open) > 1 or self.open[:1] not in ([], [_CALENDAR])

    def read(self, start: int, end: int) -> None:
        """Raises NeedsNormalising."""
        span = self._data[start:end]
        if start and span[:1] not in (b"", b"\r", b"\n"):
            raise NeedsNormalising
        at = pending_at = start
        pending = bytearray()
        for line in BytesIO(span):
            if line[:1] in (b" ", b"\t") and pending:
                if line.strip():
                    pending += line[1:].rstrip(b"\r\n")
            else:
                if pending:
                    self._take(bytes(pending), pending_at)
                    pending.clear()
                if line.strip():
                    pending += line.rstrip(b"\r\n")
                    pending_at = at
            at += len(line)
        if pending:
            self._take(bytes(pending), pending_at)

    def _take(self, line: bytes, at: int) -> None:
        if line.startswith((b"BEGIN;", b"END;")):
            raise NeedsNormalising
        if line.startswith(b"BEGIN:"):
            self._begin(line[6:].strip(), at + len(line))
        elif line.startswith(b"END:"):
            self._end(line[4:].strip())
        elif self._zone is not None:
            self._zone.append(line)
            return
        elif self.open == [_CALENDAR]:
            self._property(line)
        if self._zone is not None:
            self._zone.append(line)

    def _begin(self, name: bytes, behind: int) -> None:
        if name == b"VEVENT" or (name == _CALENDAR and self.open) or not _NAME.fullmatch(name):
            raise NeedsNormalising
        self.open.append(name)
        if name == _CALENDAR:
            self.headers.append(CalendarHeader(behind))
        elif name == b"VTIMEZONE":
            self._zone = []
        elif name == b"VFREEBUSY":
            self.free_busy.append(behind)

    def _end(self, name: bytes) -> None:
        if not self.open or self.open[-1] != name:
            raise NeedsNormalising
        self.open.pop()
        if name == b"VTIMEZONE" and self._zone is not None:
            self._keep_zone(b"\n" + b"\n".join(self._zone) + b"\n")
            self._zone = None

    def _keep_zone(self, body: bytes) -> None:
        at = body.find(b"\nTZID")
        if at >= 0 and self.headers:
            tzid = split(body[at + 5 : body.find(b"\n", at + 5)])[1].strip()
            self.headers[-1].zones.setdefault(tzid, body)

    def _property(self, line: bytes) -> None:
        header = self.headers[-1]
        name = line[:14]
        if name.startswith((b"X-WR-CALNAME:", b"X-WR-CALNAME;", b"NAME:", b"NAME;")):
            header.title = header.title or split(line[line.index(b"NAME") + 4 :])[1]
        elif name.startswith(b"X-WR-TIMEZONE"):
            header.tzid = header.tzid or split(line[13:])[1].strip()
        elif name.startswith(b"METHOD:"):
            header.cancels = line[7:].strip().upper() == b"CANCEL"
