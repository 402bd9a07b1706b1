"""The bytes of a calendar, brought into a form that can be scanned, or refused with a sentence."""

import codecs
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from io import BytesIO

from oncall_ui.domain.failures import Cause, Unreadable
from oncall_ui.domain.ical.limits import Limits

_BEGIN = re.compile(rb"BEGIN\s*:\s*V(CALENDAR|EVENT|FREEBUSY)", re.IGNORECASE)
_FOLD = re.compile(rb"\r?\n[ \t]")
_PAGE = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|script|meta)\b", re.IGNORECASE)
_IRREGULAR_NAME = re.compile(rb"\n[A-Z]?[a-z]")
_NAME = re.compile(rb"[ \t]*([A-Za-z][A-Za-z0-9-]*)[ \t]*(?=[;:])")
_BEGIN_OR_END = (b"BEGIN:", b"END:")
_OUTER = (b"VCALENDAR", b"VEVENT", b"VTODO", b"VJOURNAL", b"VFREEBUSY", b"VTIMEZONE")
_INNER = (b"STANDARD", b"DAYLIGHT")
_HEAD = 4096


@dataclass(slots=True)
class Source:
    """Bytes to scan. A line feed stands before every `BEGIN:VEVENT` but one at the very beginning."""

    data: bytes
    inserted: list[int] = field(default_factory=list)
    """Offsets of line feeds the original doesn't have, ascending."""

    def lines_of(self, offsets: list[int]) -> list[int]:
        """The line each of the ascending offsets lies in, counted from 1 in the original."""
        lines, line, at = [], 1, 0
        for offset in offsets:
            line += self.data.count(b"\n", at, offset)
            at = max(at, offset)
            lines.append(line - bisect_right(self.inserted, offset))
        return lines


def readable(data: bytes, limits: Limits) -> bytes:
    """`data` as bytes in an encoding that contains ASCII, a byte order mark and NULs removed. Raises Unreadable."""
    if len(data) > limits.bytes:
        size = limits.bytes // (1024 * 1024)
        raise Unreadable(Cause.TOO_LARGE, f"This feed is larger than {size} MB, more than this server reads.")
    data = _single_byte(data)
    if not data.strip():
        raise Unreadable(
            Cause.UNREADABLE, "This address answers with nothing at all. Check it in the product it comes from."
        )
    begin = _BEGIN.search(data) or _BEGIN.search(_FOLD.sub(b"", data[:_HEAD]))
    page = _PAGE.search(data, 0, begin.start() if begin else _HEAD)
    if page and page.start() < _HEAD:
        raise Unreadable(
            Cause.WEB_PAGE,
            "This address answers with a web page, not a calendar. In Google Calendar, copy the “Secret address in "
            "iCal format”; it ends in .ics.",
        )
    if not begin:
        raise Unreadable(
            Cause.UNREADABLE,
            "This address answers with something that is not a calendar. Copy the address of the calendar itself; "
            "it usually ends in .ics.",
        )
    return data


def _single_byte(data: bytes) -> bytes:
    head = data[:4]
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return data.decode("utf-32", "replace").encode()
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace").encode()
    if head in (b"B\0E\0", b"b\0e\0"):
        return data.decode("utf-16-le", "replace").encode()
    if head in (b"\0B\0E", b"\0b\0e"):
        return data.decode("utf-16-be", "replace").encode()
    if b"\0" in data:
        data = data.replace(b"\0", b"")
    return data.removeprefix(codecs.BOM_UTF8)


def is_regular(data: bytes) -> bool:
    """Whether line ends are of one kind and no property that decides about times is written in lower case."""
    returns = data.count(b"\r")
    if returns and returns != data.count(b"\n"):
        return False
    return not _IRREGULAR_NAME.search(data)


def normalised(data: bytes) -> Source:
    """The same calendar with line feeds only, names in upper case, nothing folded, every component ended.

    Lines stay where they are: a line that goes up into the one before leaves an empty one behind. Raises Unreadable
    where the source ends inside a component.
    """
    return _Normaliser().run(data.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))


class _Normaliser:
    def __init__(self) -> None:
        self._out = bytearray(b"\n")
        self._inserted = [0]
        self._open: list[tuple[bytes, bytes]] = []  # names as they were, and as they are written
        self._line = bytearray()
        self._blank = 0

    def run(self, data: bytes) -> Source:
        for line in BytesIO(data):
            text = line.rstrip(b"\n")
            if text[:1] in (b" ", b"\t") and self._line and text.strip():
                self._line += text[1:]
                self._blank += 1
            elif not text.strip():
                self._blank += 1
            else:
                self._flush()
                self._line += text
        self._flush()
        if self._open:
            last = data.count(b"\n") + 1
            sentence = f"This feed breaks off in the middle, at line {last:,}. Nothing of it was taken over."
            raise Unreadable(Cause.TRUNCATED, sentence)
        return Source(bytes(self._out), self._inserted)

    def _flush(self) -> None:
        if self._line:
            line = bytes(self._line)
            found = _NAME.match(line)
            if found:
                line = found.group(1).upper() + line[found.end() :]
            if line.startswith(_BEGIN_OR_END):
                line = self._nested(line)
            self._out += line + b"\n"
        self._out += b"\n" * self._blank
        self._line.clear()
        self._blank = 0

    def _nested(self, line: bytes) -> bytes:
        """BEGIN and END brought into order: what is still open is ended, what was never begun is left out.

        Other components get a name that says how deep they lie, so that none ends where another does.
        """
        verb, _, name = line.upper().partition(b":")
        name = name.strip()
        if verb == b"BEGIN":
            if name == b"VCALENDAR":
                self._end_all(0)
            elif name in _OUTER:
                self._end_all(1 if self._open[:1] == [(b"VCALENDAR", b"VCALENDAR")] else 0)
            written = name if name in _OUTER or name in _INNER else b"X-%d-" % len(self._open)
            self._open.append((name, written))
            return b"BEGIN:" + written
        if all(name != other for other, _ in self._open):
            return b""
        while self._open[-1][0] != name:
            self._insert(self._open.pop()[1])
        return b"END:" + self._open.pop()[1]

    def _end_all(self, keep: int) -> None:
        while len(self._open) > keep:
            self._insert(self._open.pop()[1])

    def _insert(self, name: bytes) -> None:
        self._out += b"END:" + name + b"\n"
        self._inserted.append(len(self._out) - 1)
