"""Mutated calendars: `python -m bench.fuzz COUNT [SEED] [FOLDER …]`, FOLDER with more calendars than the traps.

Nothing but Unreadable may come out of the engine, nothing may take longer than a second, and the memory of the process
may not grow. What breaks a promise is written to `fuzz-….ics`.
"""

import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.ical import read
from oncall_ui.domain.imports.events import Reading
from oncall_ui.domain.imports.failures import Unreadable

TRAPS = Path(__file__).parent.parent / "tests" / "domain" / "ical" / "traps"
_ZONES = (None, ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Apia"))
_TOKENS = (
    b"\r\n", b"\n ", b"\n\t", b"\r", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"BEGIN:VEVENT", b"END:VEVENT",
    b"BEGIN:VCALENDAR", b"END:VCALENDAR", b"BEGIN:VALARM", b"END:VALARM", b"BEGIN:VTIMEZONE", b"END:VTIMEZONE",
    b"BEGIN:VFREEBUSY", b"END:VFREEBUSY", b"DTSTART:20261202T090000Z", b"DTEND:20261202T100000Z",
    b"DTSTART;VALUE=DATE:20261202", b"DURATION:-PT1H", b"DURATION:P99999W", b"RRULE:FREQ=DAILY",
    b"RRULE:FREQ=HOURLY;COUNT=999999999", b"RRULE:FREQ=YEARLY;BYWEEKNO=53,-53;BYDAY=MO",
    b"RRULE:FREQ=MONTHLY;BYSETPOS=-366", b"FREQ=DAILY;BYMONTH=2;COUNT=99999999", b";BYHOUR=0,1,2,3,4,5,6,7,8,9,10",
    b";BYMINUTE=1,2,3,4,5,6,7", b";BYSECOND=60", b";INTERVAL=999999999", b";UNTIL=", b";WKST=",
    b"EXDATE:20261202T090000Z", b"RDATE;VALUE=PERIOD:20261202T090000Z/PT1H", b"RECURRENCE-ID:20261202T090000Z",
    b"RECURRENCE-ID;RANGE=THISANDFUTURE:20261202T090000Z", b"SEQUENCE:99999999999999999999",
    b"X-WR-TIMEZONE:Europe/Berlin", b"TZID=", b'"', b";", b":", b",", b"\\", b"99999999", b"00000000",
    b"00010101T000000Z", b"99991231T235959", b"UID:a", b"UID:", b"TZOFFSETTO:+2359", b"TZOFFSETFROM:-2359",
    b"RSCALE=GREGORIAN;SKIP=FORWARD;", b"METHOD:CANCEL", b"BEGIN:vEvent", b"end:vevent", b"\xef\xbb\xbfBEGIN:VEVENT",
    b"  BEGIN:VEVENT", b"BEGIN : VEVENT", b"END:VEVENTBEGIN:VEVENT", b"  END:VEVENT", b"BEGIN;X=Y:VFREEBUSY",
    b"DTSTART ; TZID = Europe/Rome : 20261202T090000", b"DTEND:", b"DTEND:20261202T100000", b"DTSTART:1796630400",
    b"DTSTART:20261202T090000Z/PT1H", b"RECURRENCE-ID:soon", b"STATUS:CANCELLED", b"DURATION:PT1W", b"DURATION:P3600S",
    b"RRULE:FREQ=MINUTELY;COUNT=99999999", b"RRULE:FREQ=SECONDLY;UNTIL=99991231T235959Z",
    b"RRULE:FREQ=MINUTELY;BYDAY=MO",
    b"RRULE:FREQ=WEEKLY;BYMONTHDAY=13", b"RRULE:FREQ=YEARLY;BYMONTHDAY=-31", b";BYYEARDAY=366,-366", b";BYWEEKNO=53",
    b"FREQ=SECONDLY;BYHOUR=3;BYSECOND=7;", b"COUNT=-1;UNTIL=20000101;", b"\\;",
    b"FREEBUSY;TZID=Europe/Rome:20261202T090000/PT1H",
    b"FREEBUSY:20261202T090000Z/", b"RDATE:20261203T090000", b"TZID=US-Eastern", b"TZID=Eastern Standard Time 1",
)  # fmt: skip


def mutated(random: Random, seeds: list[bytes]) -> bytes:
    """One of `seeds` after a few changes, most of them small."""
    data = bytearray(random.choice(seeds))
    for _ in range(random.choice((1, 1, 2, 3, 5, 12))):
        random.choice(_MUTATIONS)(random, data, seeds)
    return bytes(data)


def _flip(random: Random, data: bytearray, _: list[bytes]) -> None:
    if data:
        data[random.randrange(len(data))] = random.randrange(256)


def _digit(random: Random, data: bytearray, _: list[bytes]) -> None:
    places = [at for at, byte in enumerate(data) if 48 <= byte <= 57]
    if places:
        data[random.choice(places)] = random.randrange(48, 58)


def _token(random: Random, data: bytearray, _: list[bytes]) -> None:
    at = random.randrange(len(data) + 1)
    data[at:at] = random.choice(_TOKENS)


def _line(random: Random, data: bytearray, _: list[bytes]) -> None:
    ends = [at for at, byte in enumerate(data) if byte == 10]
    if ends:
        at = random.choice(ends) + 1
        data[at:at] = random.choice(_TOKENS) + b"\r\n"


def _cut(random: Random, data: bytearray, _: list[bytes]) -> None:
    if data:
        at = random.randrange(len(data))
        del data[at : at + random.choice((1, 1, 2, 8, 40, 4000))]


def _double(random: Random, data: bytearray, _: list[bytes]) -> None:
    if data:
        at = random.randrange(len(data))
        data[at:at] = data[at : at + random.choice((2, 8, 40, 400))]


def _splice(random: Random, data: bytearray, seeds: list[bytes]) -> None:
    other = random.choice(seeds)
    at, begin = random.randrange(len(data) + 1), random.randrange(len(other) + 1)
    data[at:at] = other[begin : begin + random.choice((8, 40, 400))]


def _indent(random: Random, data: bytearray, _: list[bytes]) -> None:
    """Some lines from anywhere on are set in."""
    lines = bytes(data).split(b"\n")
    first = random.randrange(len(lines))
    for at in range(first, min(len(lines), first + random.choice((1, 4, 12)))):
        lines[at] = random.choice((b" ", b"  ", b"\t")) + lines[at]
    data[:] = b"\n".join(lines)


def _case(random: Random, data: bytearray, _: list[bytes]) -> None:
    """Changes the case of a few bytes."""
    if data:
        at = random.randrange(len(data))
        end = at + random.choice((1, 6, 30))
        data[at:end] = data[at:end].swapcase()


_MUTATIONS: tuple[Callable[[Random, bytearray, list[bytes]], None], ...] = (
    _flip, _digit, _digit, _digit, _token, _line, _line, _cut, _double, _splice,
    _indent, _case,
)  # fmt: skip


def seeds(folders: list[Path]) -> list[bytes]:
    """The traps, and pieces of at most 4 kB of every other calendar."""
    found = [path.read_bytes() for path in sorted(TRAPS.glob("*.ics"))]
    for folder in folders:
        for path in sorted(folder.glob("**/*.ics")):
            found += list(_pieces(path.read_bytes()))
    return found


def _pieces(data: bytes) -> Iterator[bytes]:
    events = data.split(b"BEGIN:VEVENT")
    for at in range(1, min(len(events), 40), 3):
        body = b"BEGIN:VEVENT".join(events[at : at + 3]).partition(b"END:VCALENDAR")[0]
        yield events[0][:2000] + b"\r\nBEGIN:VEVENT" + body[:2000] + b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def outcome(random: Random, data: bytes) -> Reading | Unreadable:
    start = datetime(2026, 12, 1, tzinfo=UTC) + timedelta(
        hours=random.randrange(-500_000, 20_000) // random.choice((1, 500))
    )
    window = Window(start, start + timedelta(hours=random.choice((1, 24 * 7, 24 * 90, 24 * 400))))
    try:
        return read(data, window, zone=random.choice(_ZONES))
    except Unreadable as refusal:
        return refusal


def main(count: int, seed: int, folders: list[Path]) -> int:
    found = seeds(folders)
    slowest = 0.0
    began = time.monotonic()
    for number in range(count):
        random = Random(seed * 1_000_003 + number)  # noqa: S311 - nothing secret is made here
        data = mutated(random, found)
        before = time.process_time()
        try:
            outcome(random, data)
        except BaseException:
            Path(f"fuzz-{seed}-{number}.ics").write_bytes(data)
            raise
        taken = time.process_time() - before
        slowest = max(slowest, taken)
        if taken > 1:
            Path(f"fuzz-{seed}-{number}.ics").write_bytes(data)
            sys.stdout.write(f"{number}: {taken:.2f} s\n")
            return 1
        if not (number + 1) % 50_000:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            sys.stdout.write(
                f"{number + 1:,} in {time.monotonic() - began:.0f} s, {slowest:.3f} s at most, {peak} MB\n"
            )
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    places = [Path(argument) for argument in sys.argv[1:] if not argument.isdigit()]
    sys.exit(main(numbers[0] if numbers else 20_000, numbers[1] if len(numbers) > 1 else 1, places))
