"""The same calendar spelled as templates, old programs and hands spell it; what it says stays the same."""

import re

from bench.odd import Choose

_MARK = b"\xef\xbb\xbf"
_NAME = re.compile(rb"^([A-Z-]+)([;:])", re.MULTILINE)
_COMPONENT = re.compile(rb"^(BEGIN|END):([A-Z]+)", re.MULTILINE)

_OTHER_HALF = re.compile(rb"^(DTEND|RDATE|EXDATE|RECURRENCE-ID(?:;RANGE=THISANDFUTURE)?);TZID=[^:;]+", re.MULTILINE)
"""What is in the zone of its DTSTART where it names none."""


def respelled(choose: Choose, data: bytes) -> bytes:
    """`data` in one to three other spellings. It has CRLF, upper-case names and nothing folded."""
    text = data.replace(b"\r\n", b"\n")
    wanted = {choose.number(0, 6) for _ in range(choose.number(1, 3))}
    if 6 in wanted:
        text = _OTHER_HALF.sub(rb"\1", text)
    if 0 in wanted:
        text = _COMPONENT.sub(lambda found: b"%s:%s" % (found[1], _mixed(choose, found[2])), text)
    if 1 in wanted:
        text = _NAME.sub(lambda found: _mixed(choose, found[1]) + found[2], text)
    if 3 in wanted:
        text = b"\n".join(_spaced(choose, line) for line in text.split(b"\n"))
    if 4 in wanted:
        text = _folded(choose, text)
    if 2 in wanted:
        text = b"\n".join(_MARK + line if _begins(line) and choose.number(0, 1) else line for line in text.split(b"\n"))
    if 5 in wanted:
        text = _set_in(choose, text)
    return text.replace(b"\n", choose.one((b"\r\n", b"\n", b"\r", b"\r\r\n", b"\n\n")))


def _mixed(choose: Choose, name: bytes) -> bytes:
    return b"".join(choose.one((char.lower(), char)) for char in (name[at : at + 1] for at in range(len(name))))


def _begins(line: bytes) -> bool:
    return line[:6].upper() == b"BEGIN:"


def _spaced(choose: Choose, line: bytes) -> bytes:
    """Blanks around the first `;`, its `=` and the `:` before the value."""
    blank = choose.one((b"", b" ", b"  "))
    name, colon, value = line.rpartition(b":")
    return name.replace(b";", blank + b";" + blank, 1).replace(b"=", b"=" + blank, 1) + colon + blank + value


def _folded(choose: Choose, text: bytes) -> bytes:
    width = choose.one((3, 11, 40))
    lines = text.split(b"\n")
    return b"\n".join(b"\n ".join(line[at : at + width] for at in range(0, len(line), width)) for line in lines)


def _set_in(choose: Choose, text: bytes) -> bytes:
    """All events, or everything in them, further right."""
    blank = choose.one((b" ", b"  ", b"    ", b"\t"))
    whole = choose.number(0, 1)
    lines, inside = [], False
    for line in text.split(b"\n"):
        frame = b"VEVENT" in line.upper()
        inside = inside or frame
        lines.append(blank + line if line and inside and (whole or not frame) else line)
        inside = inside and not (frame and b"END" in line.upper())
    return b"\n".join(lines)
