"""Whether one VEVENT can touch the window, told from its text alone.

Dates as eight digits sort like the days they name, so no date is parsed. A wrong “no” costs an occurrence and a wrong
“yes” costs microseconds: whatever is not plainly outside counts as touching.
"""

import re
from datetime import date, datetime, timedelta

from oncall_ui.domain.ical.parsing.values import day_number

_MARGIN = timedelta(days=3)
"""More than any time zone is away from UTC, plus an event whose ends are swapped."""
_NO_DATE = b"~"
_BEHIND_DATE = frozenset((b"T", b"\r", b"\n"))
"""Anything else behind eight digits: they may be part of a longer number."""
_BEHIND_UNTIL = _BEHIND_DATE | {b";", b""}
_SHORT = re.compile(rb"\nDURATION:P(?:1D|T(?:(?:1?\d|2[0-4])H)?(?:\d{1,3}M)?(?:\d{1,4}S)?)\s*\n")
"""Two days at most, which the margin covers."""
_COUNTED = re.compile(
    rb":FREQ=(DAILY|WEEKLY)(?:;INTERVAL=(\d{1,4}))?(?:;WKST=[A-Z]+)?(?:;(BYDAY)=[A-Z,]+)?;COUNT=(\d{1,6})\s*$"
)


class Prefilter:
    """Called with the properties of a VEVENT: true where no instance of it can lie between two instants."""

    __slots__ = ("_after", "_before")

    def __init__(self, begin: datetime, end: datetime) -> None:
        self._before = _digits(begin, -_MARGIN)
        self._after = _digits(end, _MARGIN)

    def __call__(self, body: bytes) -> bool:
        at = body.find(b"\nDTSTART")
        colon = body.find(b":", at + 8) + 1
        start = body[colon : colon + 8]
        if at < 0 or not start.isdigit() or body[colon + 8 : colon + 9] not in _BEHIND_DATE:
            start = _date_at(body, at) if at >= 0 else _NO_DATE
        if start > self._after:
            return _is_date(start) and not _reaches_back(body)
        return start < self._before and _is_date(start) and self._is_past(body, start)

    def _is_past(self, body: bytes, start: bytes) -> bool:
        at = body.find(b"\nDTEND")
        last = _date_at(body, at) if at >= 0 else start
        if last >= self._before or (at < 0 and b"\nDURATION" in body and not _SHORT.search(body)):
            return False
        if b"\nR" in body and (b"\nRRULE" in body or _reaches_back(body)):
            return self._ended(body, start, last)
        return True

    def _ended(self, body: bytes, start: bytes, last: bytes) -> bool:
        """Whether a series is over by the window: one rule that says so, and instances of a day or two."""
        if _reaches_back(body) or last[:6] != start[:6] or int(last) - int(start) > 1:
            return False
        at = body.find(b"\nRRULE")
        if body.find(b"\nRRULE", at + 1) >= 0:
            return False
        rule = body[at : body.find(b"\n", at + 1)]
        at = rule.find(b"UNTIL=")
        if at < 0:
            return self._counted(rule, start)
        until = rule[at + 6 : at + 14]
        if rule.find(b"UNTIL=", at + 1) >= 0 or rule[at + 14 : at + 15] not in _BEHIND_UNTIL:
            return False
        return until.isdigit() and until < self._before and _is_date(until)

    def _counted(self, rule: bytes, start: bytes) -> bool:
        """Whether COUNT ends a plain series; every day or week has an instance at least."""
        found = _COUNTED.search(rule)
        if not found:
            return False
        freq, interval, days, count = found.groups()
        if days and freq == b"DAILY":
            return False
        length = (int(count) + 1) * int(interval or 1) * (7 if freq == b"WEEKLY" else 1)
        try:
            return day_number(start) + length < day_number(self._before)
        except ValueError:
            return False


def _reaches_back(body: bytes) -> bool:
    """Whether the event may lie elsewhere than its DTSTART and its rule say, or moves others."""
    return b"\nRDATE" in body or b"RANGE=" in body


def _date_at(body: bytes, at: int) -> bytes:
    """The eight digits of a date property, or something that sorts behind every date."""
    colon = body.find(b":", at + 6) + 1
    if not body[colon : colon + 8].isdigit():  # a colon inside the parameters
        colon = body.rfind(b":", at, body.find(b"\n", at + 6)) + 1
    digits = body[colon : colon + 8]
    return digits if digits.isdigit() and body[colon + 8 : colon + 9] in _BEHIND_DATE else _NO_DATE


def _is_date(digits: bytes) -> bool:
    try:
        day_number(digits)
    except ValueError:
        return False
    return True


def _digits(at: datetime, by: timedelta) -> bytes:
    try:
        day = (at + by).date()
    except OverflowError:
        day = date.max if by > timedelta(0) else date.min
    return f"{day:%Y%m%d}".zfill(8).encode()
