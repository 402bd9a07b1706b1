"""Values of properties: dates, times, durations, texts (RFC 5545 section 3.3)."""

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

DAY = 86_400
_ORDINAL_1970 = date(1970, 1, 1).toordinal()

_STAMP = re.compile(
    rb"[\s\"]*(\d{4})-?(\d\d)-?(\d\d)"
    rb"(?:[Tt ](\d\d):?(\d\d)(?::?(\d\d))?(?:[.,]\d+)?([Zz]|[+-]\d\d:?\d\d)?)?[Zz]?[\s\";,]*$"
)
_DURATION = re.compile(rb"([+-]?)P(?:0+Y)?((?:T?(?:\d{1,7}[WD]|\d{1,9}[HMS]))+)T?", re.IGNORECASE)
_PART = re.compile(rb"(\d+)(.)")
_SECONDS = {b"W": 7 * DAY, b"D": DAY, b"H": 3600, b"M": 60, b"S": 1}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class InvalidValue(Exception):
    """A value that can't be read. Its text is for the owner: a whole sentence."""


class WrittenTime(NamedTuple):
    """A date or a date-time as written. `wall` counts seconds since 1970; midnight for a date.

    `offset` is seconds east of UTC where the value names it (`Z` is 0), None where a zone has to say.
    """

    wall: int
    is_date: bool
    offset: int | None


class Duration(NamedTuple):
    """A duration in its two parts: `days` on the calendar, `seconds` exact (RFC 5545 section 3.3.6)."""

    days: int
    seconds: int


@lru_cache(maxsize=8192)
def day_number(digits: bytes) -> int:
    """Days since 1970 of YYYYMMDD. Raises ValueError."""
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])).toordinal() - _ORDINAL_1970


@lru_cache(maxsize=4096)
def _second_of_day(digits: bytes) -> int:
    hour, minute, second = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    if minute > 59 or second > 60 or hour > 24 or (hour == 24 and (minute or second)):
        raise ValueError(digits)
    return hour * 3600 + minute * 60 + min(second, 59)


def written_time(text: bytes) -> WrittenTime:
    """A DATE or DATE-TIME. 24:00 is the next midnight; forms of ISO 8601 are understood. Raises InvalidValue."""
    try:
        if len(text) == 8 and text.isdigit():
            return WrittenTime(day_number(text) * DAY, True, None)
        if text[8:9] == b"T" and text[:8].isdigit() and text[9:15].isdigit() and len(text) in (15, 16):
            zulu = text[15:]
            if zulu in (b"", b"Z"):
                wall = day_number(text[:8]) * DAY + _second_of_day(text[9:15])
                return WrittenTime(wall, False, 0 if zulu else None)
        return _iso_8601(text)
    except ValueError:
        raise InvalidValue(f"“{shown(text)}” is no date." if text.strip() else "A date in it is empty.") from None


def _iso_8601(text: bytes) -> WrittenTime:
    found = _STAMP.match(text.replace(b"\\", b""))
    if not found:
        raise ValueError(text)
    year, month, day, hour, minute, second, zone = found.groups()
    wall = day_number(year + month + day) * DAY
    if hour is None:
        return WrittenTime(wall, True, None)
    wall += _second_of_day(hour + minute + (second or b"00"))
    return WrittenTime(wall, False, None if zone is None else _offset_of(zone))


def _offset_of(text: bytes) -> int:
    """Seconds east of UTC of `Z`, `+0100` or `+01:00`."""
    if text in b"Zz":
        return 0
    digits = text[1:].replace(b":", b"")
    seconds = int(digits[:2]) * 3600 + int(digits[2:4]) * 60 + int(digits[4:6] or 0)
    if seconds > DAY:
        raise ValueError(text)
    return -seconds if text.startswith(b"-") else seconds


def utc_offset(text: bytes) -> int:
    """A UTC-OFFSET in seconds east (RFC 5545 section 3.3.14). Raises InvalidValue."""
    text = text.strip()
    if re.fullmatch(rb"[+-]?\d\d:?\d\d(?::?\d\d)?", text):
        try:
            return _offset_of(text if text[:1] in b"+-" else b"+" + text)
        except ValueError:
            pass
    raise InvalidValue(f"“{shown(text)}” is no offset from UTC.")


@lru_cache(maxsize=1024)
def duration(text: bytes) -> Duration:
    """A DURATION; both parts are negative where it is. A T too many or too few is forgiven. Raises InvalidValue."""
    found = _DURATION.fullmatch(text.translate(None, b' \t\\"'))
    if not found:
        raise InvalidValue(f"“{shown(text)}” is no length of time." if text.strip() else "A length in it is empty.")
    days = seconds = 0
    for number, unit in _PART.findall(found.group(2).upper().replace(b"T", b"")):
        length = int(number) * _SECONDS[unit]
        if unit in b"WD":
            days += length // DAY
        else:
            seconds += length
    sign = -1 if found.group(1) == b"-" else 1
    return Duration(sign * days, sign * seconds)


def text_of(value: bytes) -> str:
    """A TEXT without its escapes (RFC 5545 section 3.3.11)."""
    text = decoded(value)
    return _ESCAPED.sub(_unescaped, text) if "\\" in text else text


def _unescaped(found: re.Match[str]) -> str:
    character = found.group(1)
    return "\n" if character in "nN" else character


def decoded(value: bytes) -> str:
    """UTF-8, else the single-byte encoding of Western Europe. Control characters other than line ends are dropped."""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        text = value.decode("cp1252", "replace")
    if text.isprintable():
        return text
    return "".join(character for character in text if character >= " " or character in "\n\t")


def shown(value: bytes) -> str:
    """A few characters of a value, fit for a sentence."""
    text = decoded(value).strip().replace("\n", " ")
    return text if len(text) <= 40 else text[:39] + "…"
