"""A calendar as somebody wrote it → the same calendar as RFC 5545 has it, line for line."""

import re
from io import BytesIO

from oncall_ui.domain.ical.parsing.source import Source
from oncall_ui.domain.imports.failures import Cause, Unreadable

_OUTER = (b"VCALENDAR", b"VEVENT", b"VTODO", b"VJOURNAL", b"VFREEBUSY", b"VTIMEZONE")
_INNER = (b"STANDARD", b"DAYLIGHT")
_NAME = re.compile(rb"([A-Za-z][A-Za-z0-9_-]*)[ \t]*(?=[;:])")
_BEGIN_OR_END = re.compile(rb"(BEGIN|END)(?:;[^:]*)?:")
_COMPONENT = re.compile(
    rb"(?:BEGIN|END)[ \t]*(?:;[^:]*)?:[ \t]*"
    rb"(?:VCALENDAR|VEVENT|VTODO|VJOURNAL|VFREEBUSY|VTIMEZONE|VALARM|STANDARD|DAYLIGHT)[ \t]*",
    re.IGNORECASE,
)
_JOINED = re.compile(rb"(END:[ \t]*[A-Z-]+?[ \t]*)(BEGIN[ \t]*:.*)", re.IGNORECASE)
_LONGEST = 200
"""Bytes of a line that begins or ends a component."""
_INVISIBLE = re.compile(rb"(?:[ \t]|\xef\xbb\xbf|\xe2\x80[\x8b-\x8f]|\xc2\xa0)+")
"""Byte order marks, and blanks no editor shows."""
_LIKE_AN_EVENT = re.compile(
    rb"^[^A-Za-z0-9\n]{0,20}(?:<[a-z]{1,9}>|END:[A-Z]{1,9})?BEGIN[^A-Za-z0-9\n]{1,9}VEVENT\b",
    re.IGNORECASE | re.MULTILINE,
)


def normalised(data: bytes) -> Source:
    """The same calendar with line feeds only, names in upper case, nothing folded or indented, every component ended.

    Lines stay where they are: a line that goes up into the one before leaves an empty one behind. Raises Unreadable
    where the source ends inside a component.
    """
    data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return _Normaliser().run(data)


def _event_lines(data: bytes) -> list[int]:
    """The lines that look like the beginning of an event in any spelling."""
    lines, line, at = [], 1, 0
    for found in _LIKE_AN_EVENT.finditer(data):
        line += data.count(b"\n", at, found.end())
        at = found.end()
        lines.append(line)
    return lines


class _Normaliser:
    def __init__(self) -> None:
        self._out = bytearray(b"\n")
        self._inserted = [0]
        self._open: list[tuple[bytes, bytes]] = []  # names as they were, and as they are written
        self._line = bytearray()
        self._indent = 0
        self._blank = 0

    def run(self, data: bytes) -> Source:
        for line in BytesIO(data):
            text = line.rstrip(b"\n")
            rest = text.lstrip(b" \t")
            indent = len(text) - len(rest)
            if not rest.strip():
                self._blank += 1
            elif indent and self._line and self._is_continued(rest, indent):
                self._line += text[self._indent + 1 :] if indent > self._indent else rest
                self._blank += 1
            else:
                self._flush()
                self._line += _visible(rest)
                self._indent = indent
        self._flush()
        if self._open:
            last = data.count(b"\n") + 1
            sentence = f"This feed breaks off in the middle, at line {last:,}. Nothing of it was taken over."
            raise Unreadable(Cause.TRUNCATED, sentence)
        return Source(bytes(self._out), self._inserted, _event_lines(data))

    def _is_continued(self, rest: bytes, indent: int) -> bool:
        """Whether an indented line goes on with the one before: not where a component begins or ends, nor right after.

        In a component that is indented itself, a line goes on only where it is indented further.
        """
        if _is_component(_visible(rest)) or _is_component(self._line):
            return False
        return indent > self._indent or not _NAME.match(rest)

    def _flush(self) -> None:
        if self._line:
            line = bytes(self._line)
            found = _NAME.match(line)
            if found:
                line = found.group(1).upper() + line[found.end() :]
            if line.startswith((b"BEGIN", b"END")):
                line = self._nested(line)
            self._out += line + b"\n"
        self._out += b"\n" * self._blank
        self._line.clear()
        self._blank = 0

    def _nested(self, line: bytes) -> bytes:
        """BEGIN and END brought into order: what is still open is ended, what was never begun is left out.

        Other components get a name that says how deep they lie, so that none ends where another does.
        """
        if joined := _JOINED.fullmatch(line):
            self._out += self._nested(joined.group(1)) + b"\n"
            self._inserted.append(len(self._out) - 1)
            return self._nested(joined.group(2))
        found = _BEGIN_OR_END.match(line)
        if not found:
            return line
        verb, name = found.group(1), line[found.end() :].strip().upper()
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


def _is_component(line: bytes | bytearray) -> bool:
    """Whether a component begins or ends here."""
    return line[:1] in b"BbEe" and len(line) < _LONGEST and _COMPONENT.fullmatch(line) is not None


def _visible(text: bytes) -> bytes:
    found = _INVISIBLE.match(text) if text[:1] in b"\xef\xe2\xc2" else None
    return text[found.end() :] if found else text
