"""A recurrence rule as written (RFC 5545 section 3.3.10, RFC 7529 for SKIP)."""

import re
from calendar import monthrange
from dataclasses import dataclass
from functools import lru_cache

from oncall_ui.domain.ical.parsing.values import InvalidValue, WrittenTime, shown, written_time

_WEEKDAYS = {b"MO": 0, b"TU": 1, b"WE": 2, b"TH": 3, b"FR": 4, b"SA": 5, b"SU": 6}
_FREQUENCIES = {b"SECONDLY", b"MINUTELY", b"HOURLY", b"DAILY", b"WEEKLY", b"MONTHLY", b"YEARLY"}
_FAST = {b"SECONDLY": ("second", 1), b"MINUTELY": ("minute", 60)}
_MOST_A_DAY = 24
"""Of a series by the second or minute that never ends."""
_LONGEST = 10_000
"""Characters; a rule that names every day of the year, every hour and every minute has a third of them."""
_BYDAY = re.compile(rb"([+-]?\d{0,2})\s*(MO|TU|WE|TH|FR|SA|SU)")


@dataclass(frozen=True, slots=True)
class Rule:
    """One RRULE. Empty tuples mean absent parts."""

    freq: bytes
    interval: int = 1
    count: int | None = None
    until: WrittenTime | None = None
    month: tuple[int, ...] = ()
    month_day: tuple[int, ...] = ()
    year_day: tuple[int, ...] = ()
    week_no: tuple[int, ...] = ()
    week_day: tuple[tuple[int, int], ...] = ()
    hour: tuple[int, ...] = ()
    minute: tuple[int, ...] = ()
    second: tuple[int, ...] = ()
    position: tuple[int, ...] = ()
    is_negative: bool = False
    """Whether COUNT is negative, which some products write for none."""
    week_start: int = 0
    skip: bytes = b"OMIT"

    @property
    def plain(self) -> bool:
        """Whether the rule consists of a frequency and an interval, and of weekdays if it is weekly."""
        return not (
            self.month
            or self.month_day
            or self.year_day
            or self.week_no
            or self.hour
            or self.minute
            or self.second
            or self.position
            or (self.week_day and self.freq != b"WEEKLY")
        )


@lru_cache(maxsize=2048)
def rule(text: bytes) -> Rule:
    """The rule `text` spells. Tolerates any case, empty parts and unknown parts. Raises InvalidValue."""
    if len(text) > _LONGEST:
        raise InvalidValue("Its repetition is too long to be read.")
    parts: dict[bytes, bytes] = {}
    for part in text.upper().translate(None, b' \t\\"').removeprefix(b"RRULE:").split(b";"):
        name, _, value = part.partition(b"=")
        if value.strip(b","):
            parts[name] = value
    freq = parts.get(b"FREQ", b"")
    if freq not in _FREQUENCIES:
        raise InvalidValue(f"Its repetition can’t be read: “{shown(text)}”.")
    found = Rule(
        freq,
        interval=_interval(parts),
        count=_count(parts),
        is_negative=parts.get(b"COUNT", b"").startswith(b"-"),
        until=_until(parts),
        month=_numbers(parts, b"BYMONTH", 1, 12),
        month_day=_numbers(parts, b"BYMONTHDAY", 1, 31, signed=True),
        year_day=_numbers(parts, b"BYYEARDAY", 1, 366, signed=True),
        week_no=_numbers(parts, b"BYWEEKNO", 1, 53, signed=True),
        week_day=_week_days(parts, freq),
        hour=_numbers(parts, b"BYHOUR", 0, 23),
        minute=_numbers(parts, b"BYMINUTE", 0, 59),
        second=_numbers(parts, b"BYSECOND", 0, 60),
        position=_numbers(parts, b"BYSETPOS", 1, 366, signed=True),
        week_start=_WEEKDAYS.get(parts.get(b"WKST", b"MO"), 0),
        skip=_skip(parts),
    )
    _refuse_fast(found)
    _refuse_impossible(found)
    return found


def _refuse_fast(rule: Rule) -> None:
    """Raises InvalidValue where a rule repeats by the second or minute for ever."""
    if rule.freq not in _FAST or rule.count is not None or rule.until is not None:
        return
    name, seconds = _FAST[rule.freq]
    a_day = 86_400 / (rule.interval * seconds) * (len(rule.hour) or 24) / 24 * (len(rule.minute) or 60) / 60
    if rule.second:
        a_day *= len(rule.second) / (60 if seconds == 1 else 1)
    if a_day > _MOST_A_DAY:
        raise InvalidValue(f"It repeats every {name} and never ends; such series are not read.")


def _refuse_impossible(rule: Rule) -> None:
    """Raises InvalidValue where a rule names only days its months don't have, 30 February say."""
    if rule.month and rule.month_day and rule.skip == b"OMIT":
        longest = max(monthrange(2024, month)[1] for month in rule.month)
        if all(abs(day) > longest for day in rule.month_day):
            raise InvalidValue("It repeats on days that don’t exist.")


def _interval(parts: dict[bytes, bytes]) -> int:
    text = parts.get(b"INTERVAL", b"1")
    if not text.isdigit() or len(text) > 9 or int(text) == 0:
        raise InvalidValue(f"Its repetition can’t be read: INTERVAL is {shown(text)}.")
    return int(text)


def _count(parts: dict[bytes, bytes]) -> int | None:
    """A negative COUNT, which some products write for an endless series, is none at all."""
    text = parts.get(b"COUNT")
    if text is None or re.fullmatch(rb"-\d{1,9}", text):
        return None
    if not text.isdigit() or len(text) > 18 or int(text) == 0:
        raise InvalidValue(f"Its repetition can’t be read: COUNT is {shown(text)}.")
    return int(text)


def _until(parts: dict[bytes, bytes]) -> WrittenTime | None:
    text = parts.get(b"UNTIL")
    return None if text is None else written_time(text)


def _skip(parts: dict[bytes, bytes]) -> bytes:
    scale = parts.get(b"RSCALE")
    if scale is None:
        return b"OMIT"
    if scale not in (b"GREGORIAN", b"GREGORY"):
        raise InvalidValue(f"It repeats by the {shown(scale).capitalize()} calendar, which is not read.")
    skip = parts.get(b"SKIP", b"OMIT")
    if skip not in (b"OMIT", b"BACKWARD", b"FORWARD"):
        raise InvalidValue(f"Its repetition can’t be read: SKIP is {shown(skip)}.")
    return skip


def _numbers(parts: dict[bytes, bytes], name: bytes, low: int, high: int, *, signed: bool = False) -> tuple[int, ...]:
    text = parts.get(name)
    if text is None:
        return ()
    numbers = set()
    for piece in text.split(b","):
        if not piece:
            continue
        if not re.fullmatch(rb"[+-]?\d{1,3}", piece):
            raise InvalidValue(f"Its repetition can’t be read: {name.decode()} is {shown(text)}.")
        number = int(piece)
        if not low <= (abs(number) if signed else number) <= high:
            raise InvalidValue(f"Its repetition can’t be read: {name.decode()} is {shown(text)}.")
        numbers.add(number)
    return tuple(sorted(numbers))


def _week_days(parts: dict[bytes, bytes], freq: bytes) -> tuple[tuple[int, int], ...]:
    """Ordinals count in MONTHLY and YEARLY rules only; elsewhere they are invalid and left out."""
    text = parts.get(b"BYDAY")
    if text is None:
        return ()
    days = set()
    for piece in text.split(b","):
        if not piece:
            continue
        found = _BYDAY.fullmatch(piece)
        if not found:
            raise InvalidValue(f"Its repetition can’t be read: BYDAY is {shown(text)}.")
        ordinal = int(found.group(1)) if found.group(1).strip(b"+-") else 0
        days.add((ordinal if freq in (b"MONTHLY", b"YEARLY") else 0, _WEEKDAYS[found.group(2)]))
    return tuple(sorted(days))
