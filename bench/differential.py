"""The engine against icalendar + recurring-ical-events on odd calendars: `python -m bench.differential 200000 [SEED]`.

Every fourth calendar is given to the engine in another spelling, which the library wouldn't read.

The library compares dates and times without a zone in the zone of the window, hence UTC on both sides. It gives an
instance whose start the clock skips no length, since it takes the end on the clock, where the engine moves the end
along; and it misses one that reaches into the window only because the clock went back.
"""

import re
import sys
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

from bench.odd import calendar, window
from bench.spelled import respelled
from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.ical import Limits, read

T = TypeVar("T")
Spans = set[tuple[str, int, int]]
LIMITS = Limits(instances=1_000_000)


class Seeded:
    """Choices out of a seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - nothing secret is made here

    def one(self, among: Sequence[T]) -> T:
        return among[int(self._random.random() * len(among))]

    def number(self, low: int, high: int) -> int:
        return low + int(self._random.random() * (high - low + 1))


def ours(data: bytes, within: Window) -> Spans:
    return {(at.event.uid, at.start, at.end) for at in read(data, within, limits=LIMITS).occurrences}


def librarys(data: bytes, within: Window) -> Spans:
    """Public interface only."""
    found = recurring_ical_events.of(Calendar.from_ical(data)).between(within.start, within.end)
    return {(str(at["UID"]), _instant(at["DTSTART"].dt), _instant(at["DTEND"].dt)) for at in found}


def difference(data: bytes, within: Window, spelled: bytes = b"") -> tuple[Spans, Spans]:
    """What only the engine finds (in `spelled` if given) and what only the library, known differences aside."""
    mine, theirs = ours(spelled or data, within), librarys(data, within)
    only_mine, only_theirs = mine - theirs, theirs - mine
    for span in list(only_mine):
        uid, start, _ = span
        shrunk = {other for other in only_theirs if other[:2] == (uid, start) and other[2] < span[2]}
        if shrunk and _is_skipped(data, start):
            only_mine.discard(span)
            only_theirs -= shrunk
    # Where an hourly series has an instance at the time one is moved to, the two are one and not two.
    starts = {span[:2] for span in mine}
    only_theirs = {span for span in only_theirs if span[:2] not in starts or not _is_skipped(data, span[1])}
    # The library looks back by the length on the clock, and misses an instance an hour longer than that.
    only_mine = {span for span in only_mine if not _lasts_longer(data, span, int(within.start.timestamp()))}
    # An instance that starts in a gap right before the window has no length there, so the library doesn't see it.
    begin = int(within.start.timestamp())
    only_mine = {span for span in only_mine if not (span[1] < begin < span[2] and _is_skipped(data, span[1]))}
    return only_mine, only_theirs


def _instant(at: date) -> int:
    if not isinstance(at, datetime):
        at = datetime(at.year, at.month, at.day, tzinfo=UTC)
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


def _zones(data: bytes) -> list[ZoneInfo]:
    return [ZoneInfo(name.decode()) for name in set(re.findall(rb"TZID=([A-Za-z_/]+)", data))]


def _is_skipped(data: bytes, start: int) -> bool:
    """Whether an instant right after a jump of some clock may have been written as a time inside it."""
    return any(_offset(zone, start - 3600) != _offset(zone, start) for zone in _zones(data))


def _lasts_longer(data: bytes, span: tuple[str, int, int], begin: int) -> bool:
    """Whether a clock went back during an instance, and it ended before `begin` otherwise."""
    _, start, end = span
    back = max((_offset(zone, start) - _offset(zone, end) for zone in _zones(data)), default=0)
    return back > 0 and end - back <= begin < end


def _offset(zone: ZoneInfo, instant: int) -> float:
    offset = datetime.fromtimestamp(instant, zone).utcoffset()
    return offset.total_seconds() if offset else 0


def main(count: int, seed: int) -> int:
    began = time.monotonic()
    occurrences = 0
    for number in range(count):
        choose = Seeded(seed * 1_000_003 + number)
        data, within = calendar(choose), window(choose)
        spelled = b"" if number % 4 else respelled(choose, data)
        try:
            only_mine, only_theirs = difference(data, within, spelled)
        except Exception:
            Path(f"difference-{seed}-{number}.ics").write_bytes(data)
            raise
        occurrences += len(only_mine)
        if only_mine or only_theirs:
            sys.stdout.write(f"seed {seed} number {number} {within}\n{data.decode()}\n{spelled.decode()}\n")
            sys.stdout.write(f"only the engine: {sorted(only_mine)[:9]}\nonly the library: {sorted(only_theirs)[:9]}\n")
            return 1
        if not (number + 1) % 10_000:
            sys.stdout.write(f"{number + 1:,} calendars agree, {time.monotonic() - began:.0f} s\n")
            sys.stdout.flush()
    sys.stdout.write(f"{count:,} calendars agree\n")
    return 0


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(arguments[0] if arguments else 2_000, arguments[1] if len(arguments) > 1 else 1))
