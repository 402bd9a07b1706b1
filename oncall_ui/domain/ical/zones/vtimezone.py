"""A VTIMEZONE that no database knows → a Zone (RFC 5545 section 3.6.5)."""

import re

from oncall_ui.domain.ical.limits import Budget
from oncall_ui.domain.ical.parsing.content_line import split_time
from oncall_ui.domain.ical.parsing.values import InvalidValue, utc_offset, written_time
from oncall_ui.domain.ical.recurrence.expand import repeats
from oncall_ui.domain.ical.recurrence.rrule import rule
from oncall_ui.domain.ical.recurrence.times_of_day import SECONDS
from oncall_ui.domain.ical.zones.zone import DAY, Turn, Zone

_OBSERVANCE = re.compile(rb"\nBEGIN:(STANDARD|DAYLIGHT)[ \t\r]*(\n.*?)\nEND:\1", re.DOTALL)
_PROPERTY = re.compile(rb"\n(DTSTART|TZOFFSETFROM|TZOFFSETTO|RRULE|RDATE)([;:][^\n]*)")
_MARGIN = 800 * DAY


def zone_from(name: str, body: bytes, begin: int, end: int, budget: Budget) -> Zone:
    """The zone `body` describes; its changes are laid ready between two instants and a good margin.

    Raises InvalidValue where it describes nothing, Exhausted where it takes too long.
    """
    turns: list[tuple[int, int, int]] = []
    for _, text in _OBSERVANCE.findall(body.replace(b"\r\n", b"\n")):
        budget.open_series()
        turns += _observance(text, begin - _MARGIN, end + _MARGIN, budget)
    if not turns:
        raise InvalidValue(f"The time zone “{name}” is described without any offset from UTC.")
    turns.sort()
    return Zone(name, turns[0][1], [Turn(at, to) for at, _, to in turns])


def _observance(text: bytes, begin: int, end: int, budget: Budget) -> list[tuple[int, int, int]]:
    """When one observance begins, as (instant, offset before, offset from then on)."""
    lines: dict[bytes, list[bytes]] = {}
    for name, rest in _PROPERTY.findall(text):
        lines.setdefault(name, []).append(rest)
    if b"DTSTART" not in lines or b"TZOFFSETTO" not in lines:
        return []
    to = utc_offset(lines[b"TZOFFSETTO"][0][1:])
    before = utc_offset(lines[b"TZOFFSETFROM"][0][1:]) if b"TZOFFSETFROM" in lines else to
    first = written_time(split_time(lines[b"DTSTART"][0])[1].strip()).wall
    walls = {first}
    for rest in lines.get(b"RRULE", []):
        walls |= _repeats(rest, (first, before), begin, end, budget)
    for rest in lines.get(b"RDATE", []):
        walls |= {written_time(value.partition(b"/")[0].strip()).wall for value in split_time(rest)[1].split(b",")}
    return [(wall - before, before, to) for wall in walls]


def _repeats(rest: bytes, start: tuple[int, int], begin: int, end: int, budget: Budget) -> set[int]:
    first, before = start
    found = rule(rest.partition(b":")[2].strip())
    if found.freq in SECONDS:
        raise InvalidValue("A time zone that changes within a day is not read.")
    if found.until is not None:
        end = min(end, found.until.wall + (before if found.until.offset is not None else 0) + 1)
        # A rule that ended long ago still says which offset it left behind.
        begin = min(begin, end - _MARGIN)
    return set(repeats(found, first, begin, end, budget))
