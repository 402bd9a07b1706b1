"""Small odd calendars on which the engine and the library should agree.

Left out is only what the library is known to read differently from the RFC or from the products people use; the traps
in the tests cover those. `Choose` is all the randomness there is, so a seed or Hypothesis can drive it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import Window

T = TypeVar("T")

_ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/Havana",
    "Africa/Casablanca",
    "UTC",
    "FLOATING",
    "DATE",
    "DATE",
)
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREQUENCIES = ("DAILY", "DAILY", "WEEKLY", "WEEKLY", "WEEKLY", "MONTHLY", "MONTHLY", "YEARLY", "HOURLY", "MINUTELY")
_WITHIN_DAYS = ("HOURLY", "MINUTELY", "SECONDLY")
_STEPS = {
    "SECONDLY": timedelta(seconds=1),
    "MINUTELY": timedelta(minutes=1),
    "HOURLY": timedelta(hours=1),
    "DAILY": timedelta(days=1),
    "WEEKLY": timedelta(days=7),
    "MONTHLY": timedelta(days=30),
    "YEARLY": timedelta(days=365),
}
_LENGTHS = (0, 15, 30, 60, 60, 90, 480, 1440, 2000, 4320, 20160)


class Choose(Protocol):
    def one(self, among: Sequence[T]) -> T: ...

    def number(self, low: int, high: int) -> int: ...


@dataclass(frozen=True, slots=True)
class _Clock:
    """Writes wall times the way one event does."""

    zone: str

    @property
    def is_date(self) -> bool:
        return self.zone == "DATE"

    def line(self, name: str, wall: datetime) -> str:
        return f"{name}{self.parameters}:{self.value(wall)}"

    @property
    def parameters(self) -> str:
        if self.is_date:
            return ";VALUE=DATE"
        return "" if self.zone in ("UTC", "FLOATING") else f";TZID={self.zone}"

    def value(self, wall: datetime) -> str:
        if self.is_date:
            return f"{wall:%Y%m%d}"
        return f"{wall:%Y%m%dT%H%M%S}" + ("Z" if self.zone == "UTC" else "")

    def utc(self, wall: datetime) -> str:
        zone = ZoneInfo("UTC") if self.zone in ("UTC", "FLOATING", "DATE") else ZoneInfo(self.zone)
        return f"{wall.replace(tzinfo=zone).astimezone(UTC):%Y%m%dT%H%M%SZ}"

    @property
    def is_zoned(self) -> bool:
        return self.zone not in ("UTC", "FLOATING", "DATE")


def window(choose: Choose) -> Window:
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * choose.number(0, 60_000))
    length = choose.one((1, 24, 24 * 7, 24 * 30, 24 * 30, 24 * 91, 24 * 400))
    return Window(start, start + timedelta(hours=length))


def calendar(choose: Choose) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//odd//EN"]
    groups = [_group(choose, f"uid-{number}") for number in range(choose.number(1, 3))]
    events = [event for group in groups for event in group]
    for _ in range(choose.number(0, 2)):  # the order in the file says nothing
        events.append(events.pop(choose.number(0, len(events) - 1)))
    for event in events:
        lines += ["BEGIN:VEVENT", *event, "END:VEVENT"]
    return ("\r\n".join([*lines, "END:VCALENDAR"]) + "\r\n").encode()


def _group(choose: Choose, uid: str) -> list[list[str]]:
    clock = _Clock(choose.one(_ZONES))
    start = _start(choose, clock)
    kind = choose.one(("single", "rule", "rule", "rule", "rule", "dates"))
    length = choose.number(1, 4) * 1440 if clock.is_date else choose.one(_LENGTHS)
    head = [f"UID:{uid}", *_span(choose, clock, start, length)]
    if kind == "single":
        group = [head]
        if choose.number(0, 3) == 0:
            newer = start + timedelta(days=choose.number(-40, 40))
            group.append([f"UID:{uid}", *_span(choose, clock, newer, length), "SEQUENCE:3"])
        return group
    step = timedelta(days=7)
    if kind == "rule":
        rule, step = _rule(choose, clock, start)
        head.append(f"RRULE:{rule}")
        if ("HOUR" in rule or "MINUTE" in rule) and clock.is_zoned:
            # The library takes 09:00 in Berlin and 09:00 UTC for the same instance; several a day get confused.
            return [head]
    if kind == "dates" or choose.number(0, 5) == 0:
        head += _rdates(choose, clock, start, step)
    if choose.number(0, 2) == 0:
        head += _exdates(choose, clock, start, step)
        if not clock.is_date and any("VALUE=DATE" in line for line in head):
            # A day as EXDATE takes a changed instance of that day along; the library sees that at midnight only.
            return [head]
    return [head, *_overrides(choose, clock, uid, start, step)]


def _start(choose: Choose, clock: _Clock) -> datetime:
    day = datetime(2026, 6, 1) + timedelta(days=choose.number(-900, 900))  # noqa: DTZ001 - a wall clock has no zone
    if choose.number(0, 4) == 0:  # days on which clocks change, and the edges of months
        day = choose.one(
            [
                datetime(2026, month, at)  # noqa: DTZ001
                for month, at in ((3, 29), (10, 25), (3, 8), (11, 1), (10, 4), (4, 5), (1, 31), (2, 28), (12, 31))
            ]
        )
    if clock.is_date:
        return day
    return day + timedelta(minutes=choose.one((0, 30, 60, 90, 120, 150, 150, 180, 540, 540, 845, 1410, 1439)))


def _span(choose: Choose, clock: _Clock, start: datetime, minutes: int) -> list[str]:
    begin = clock.line("DTSTART", start)
    if clock.is_date and minutes == 1440 and choose.number(0, 1):
        return [begin]
    if clock.is_date and choose.number(0, 3) == 0:
        return [begin, f"DURATION:P{minutes // 1440}D"]
    if not clock.is_date and not clock.is_zoned and choose.number(0, 2) == 0:
        return [begin, f"DURATION:PT{minutes}M"]
    return [begin, clock.line("DTEND", start + timedelta(minutes=minutes))]


def _rule(choose: Choose, clock: _Clock, start: datetime) -> tuple[str, timedelta]:
    """A rule `start` satisfies, mostly, and the step its first instances are about apart."""
    freq = choose.one(_FREQUENCIES)
    if clock.is_date and freq in _WITHIN_DAYS:
        freq = "DAILY"
    interval = choose.one((1, 1, 1, 2, 3, 5))
    parts = [f"FREQ={freq}"]
    if interval > 1:
        parts.append(f"INTERVAL={interval}")
    given = {"DAILY": _daily, "WEEKLY": _weekly, "MONTHLY": _monthly, "YEARLY": _yearly, "HOURLY": _hourly}
    about = start + timedelta(days=choose.one((0, 0, 0, 0, 0, 0, 1, 9)))  # so that some starts are outside their rules
    parts += given.get(freq, _minutely)(choose, clock, about)
    step = _STEPS[freq] * interval
    end = choose.number(0, 1 if freq in ("MINUTELY", "SECONDLY") else 2)
    if end == 0:
        parts.append(f"COUNT={choose.one((1, 2, 3, 10, 30, 100, 400))}")
    elif end == 1:
        last = start + step * choose.one((0, 1, 5, 20, 60)) + timedelta(minutes=choose.one((0, 0, -1, 1, 500)))
        if clock.is_date:
            last = last.replace(hour=0, minute=0)
        parts.append(f"UNTIL={clock.utc(last) if clock.is_zoned else clock.value(max(last, start))}")
    return ";".join(parts), step


def _daily(choose: Choose, _: _Clock, start: datetime) -> list[str]:
    extra = choose.number(0, 5)
    if extra == 0:
        return [_byday(choose, start)]
    if extra == 1:
        return [f"BYMONTH={_with(choose, start.month, 12)}"]
    if extra == 2:
        return [f"BYMONTHDAY={_with(choose, start.day, 28)}"]
    if extra == 3:
        return [_by_year(choose, start)]
    return []


def _weekly(choose: Choose, clock: _Clock, start: datetime) -> list[str]:
    parts = [_byday(choose, start)] if choose.number(0, 2) else []
    if choose.number(0, 3) == 0:
        parts.append(f"WKST={choose.one(_DAYS)}")
    if not clock.is_date and choose.number(0, 6) == 0:
        parts.append(f"BYHOUR={_with(choose, start.hour, 23)}")
    if choose.number(0, 7) == 0:
        parts.append(f"BYMONTH={_with(choose, start.month, 12)}")
    if choose.number(0, 9) == 0:
        parts.append(f"BYMONTHDAY={_with(choose, start.day, 31)}")
    return parts


def _monthly(choose: Choose, _: _Clock, start: datetime) -> list[str]:
    extra = choose.number(0, 6)
    own = _DAYS[start.weekday()]
    ordinal = (start.day - 1) // 7 + 1
    if extra == 0:
        return [f"BYMONTHDAY={_with(choose, start.day, 31)}"]
    if extra == 1:
        return [f"BYDAY={ordinal}{own}"]
    if extra == 2:
        return [f"BYDAY={ordinal}{own},{choose.one(('1', '2', '-1', '-2', '5'))}{choose.one(_DAYS)}"]
    if extra == 3:
        return [_byday(choose, start), f"BYMONTHDAY={_with(choose, start.day, 31)}"]
    if extra == 4:
        return [f"BYMONTHDAY={start.day},-1"]
    return [_by_year(choose, start)] if extra == 5 else []


def _yearly(choose: Choose, _: _Clock, start: datetime) -> list[str]:
    extra = choose.number(0, 7)
    own = _DAYS[start.weekday()]
    ordinal = (start.day - 1) // 7 + 1
    if extra == 0:
        return [f"BYMONTH={_with(choose, start.month, 12)}"]
    if extra == 1:
        return [f"BYMONTH={start.month}", f"BYDAY={ordinal}{own}"]
    if extra == 2:
        return [f"BYYEARDAY={start.timetuple().tm_yday},{choose.one(('100', '-1', '366'))}"]
    if extra == 3:
        return [f"BYWEEKNO={start.isocalendar().week},20", f"BYDAY={own}"]
    if extra == 4:
        return [f"BYMONTH={_with(choose, start.month, 12)}", f"BYMONTHDAY={_with(choose, start.day, 31)}"]
    return [_byday(choose, start), f"BYMONTHDAY={_with(choose, start.day, 31)}"] if extra == 5 else []


def _hourly(choose: Choose, _: _Clock, start: datetime) -> list[str]:
    extra = choose.number(0, 3)
    if extra == 3:
        return [_by_year(choose, start)]
    if extra == 0:
        return [f"BYHOUR={_with(choose, start.hour, 23)}"]
    if extra == 1:
        return [_byday(choose, start)]
    return []


def _minutely(choose: Choose, _: _Clock, start: datetime) -> list[str]:
    extra = choose.number(0, 4)
    if extra == 0:
        return [f"BYHOUR={_with(choose, start.hour, 23)}"]
    if extra == 1:
        return [_byday(choose, start)]
    return []


def _by_year(choose: Choose, start: datetime) -> str:
    """A part RFC 5545 has for no frequency but YEARLY; it limits."""
    if choose.number(0, 2):
        return f"BYYEARDAY={start.timetuple().tm_yday},{choose.one(('100', '-1', '366', '-366'))}"
    return f"BYWEEKNO={start.isocalendar().week},20"


def _byday(choose: Choose, start: datetime) -> str:
    days = {_DAYS[start.weekday()], choose.one(_DAYS), choose.one(_DAYS)}
    return f"BYDAY={','.join(sorted(days))}"


def _with(choose: Choose, own: int, high: int) -> str:
    return ",".join(str(number) for number in sorted({own, choose.number(1, high), choose.number(1, high)}))


def _rdates(choose: Choose, clock: _Clock, start: datetime, step: timedelta) -> list[str]:
    places = sorted({start + step * choose.number(1, 40) + timedelta(days=choose.number(0, 2)) for _ in range(3)})
    if not clock.is_date and not clock.is_zoned and choose.number(0, 2) == 0:
        periods = ",".join(f"{clock.value(place)}/PT{choose.number(1, 90)}M" for place in places)
        return [f"RDATE;VALUE=PERIOD:{periods}"]
    return [f"RDATE{clock.parameters}:{','.join(clock.value(place) for place in places)}"]


def _exdates(choose: Choose, clock: _Clock, start: datetime, step: timedelta) -> list[str]:
    lines = []
    for _ in range(choose.number(1, 3)):
        places = [start + step * choose.number(0, 60) for _ in range(choose.number(1, 3))]
        form = choose.number(0, 3)
        if form == 0 and clock.is_zoned:
            lines.append(f"EXDATE:{','.join(clock.utc(place) for place in places)}")
        elif form == 1:
            lines.append(f"EXDATE;VALUE=DATE:{','.join(f'{place:%Y%m%d}' for place in places)}")
        else:
            lines.append(f"EXDATE{clock.parameters}:{','.join(clock.value(place) for place in places)}")
    return lines


def _overrides(choose: Choose, clock: _Clock, uid: str, start: datetime, step: timedelta) -> list[list[str]]:
    overrides = []
    later = choose.number(0, 4) == 0
    for number, at in enumerate(sorted({choose.number(0, 60) for _ in range(choose.one((0, 0, 1, 2, 4)))})):
        place = start + step * at
        moved = place + timedelta(days=choose.one((0, 0, 1, -3, 60)))
        if not clock.is_date:
            moved += timedelta(minutes=choose.one((0, 60, -30)))
        length = choose.number(1, 3) * 1440 if clock.is_date else choose.one(_LENGTHS)
        if later and number == 0:
            identity = clock.line("RECURRENCE-ID;RANGE=THISANDFUTURE", place)
        elif clock.is_zoned and choose.number(0, 2) == 0:
            identity = f"RECURRENCE-ID:{clock.utc(place)}"
        else:
            identity = clock.line("RECURRENCE-ID", place)
        overrides.append([f"UID:{uid}", identity, *_span(choose, clock, moved, length), f"SEQUENCE:{number}"])
    return overrides
