"""The bytes of a calendar, brought into a form that can be scanned, or refused with a sentence."""

import codecs
import re
from bisect import bisect_right
from dataclasses import dataclass, field

from oncall_ui.domain.ical.limits import Limits
from oncall_ui.domain.imports.failures import Cause, Unreadable

_BEGIN = re.compile(rb"BEGIN\s*:\s*V(CALENDAR|EVENT|FREEBUSY)", re.IGNORECASE)
_FOLD = re.compile(rb"[\r\n]+[ \t]")
_PAGE = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|script|meta)\b", re.IGNORECASE)
_FIRST_LINE = re.compile(rb"[A-Z0-9_-]+[:;]")
_IRREGULAR_LINE = re.compile(
    rb"\n[A-Z0-9_-]*+[^:;A-Z0-9_-](?:(?<!\n[ \t])|[ \t]*+[^\w\n]{0,9}+(?i:BEGIN|END)[ \t]*+[:;])"
)
"""A line that is neither an upper-case name before a colon or a semicolon nor a fold, or a fold like a component."""
_HEAD = 4096


@dataclass(slots=True)
class Source:
    """Bytes to scan. A line feed precedes every `BEGIN:VEVENT`, except one at the very beginning."""

    data: bytes
    inserted: list[int] = field(default_factory=list)
    """Offsets of line feeds the original doesn't have, ascending."""
    begins: list[int] = field(default_factory=list)
    """Lines of the original, ascending, that look like the beginning of an event; only where it was normalised."""

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
    """Whether line ends are of one kind, no line is blank, every name is in upper case and nothing is indented."""
    returns = data.count(b"\r")
    if returns and returns != data.count(b"\n"):
        return False
    end = len(data)
    while end and data[end - 1] in b" \t\r\n":
        end -= 1
    return bool(_FIRST_LINE.match(data)) and not _IRREGULAR_LINE.search(data, 0, end)
