"""Shifts in the `plan` format: from rules, or as they are listed."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.plan_format.fields import (
    Fields,
    UnusableInput,
    day,
    items,
    list_of,
    text,
    utc,
    whole,
)
from oncall_ui.domain.schedules.plan_format.fillers import FillerReader
from oncall_ui.domain.schedules.plan_format.spans import take_span
from oncall_ui.domain.schedules.planning.problem import Filler, Shift, Span
from oncall_ui.domain.schedules.shifts.from_rules import Generated, Pattern, ShiftRefused, cut, generate, is_wanted
from oncall_ui.domain.schedules.shifts.rules import DAY_NAMES, DAY_SETS, OneOff, Rule
from oncall_ui.domain.schedules.shifts.types import clock_label, type_of

MOST_POINTS = 10_000
MOST_WEEKS = 52
MOST_RULES = 100
MOST_DAYS = 1_830
USUAL_LENGTH = timedelta(weeks=12)


@dataclass(frozen=True, slots=True)
class ReadShifts:
    """The shifts, the days they were asked for, and sentences about what is odd."""

    start: date
    end: date
    shifts: tuple[Shift, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShiftReader:
    """Reads everything shifts follow from."""

    zone: ZoneInfo
    roles: tuple[str, ...]
    people: Collection[str]

    def read(self, fields: Fields) -> ReadShifts:
        """Takes `start`, `end`, `rules`, `shifts`, `points`, `holidays`, `one_offs` and `cycle_from`.

        Listed shifts win over rules.
        """
        start, end = fields.get("start", day, None), fields.get("end", day, None)
        if start and end and end <= start:
            raise UnusableInput("end", f"{end} is not after start, {start}")
        points = fields.get("points", _points, {})
        holidays = fields.get("holidays", list_of(day), ())
        cycle_from = fields.get("cycle_from", day, None)
        rules = fields.get("rules", self._rules, None)
        one_offs = fields.get("one_offs", list_of(self._one_off), ())
        pattern = Pattern(
            self.zone, self.roles, rules or (), cycle_from or start or date.min, one_offs, points, frozenset(holidays)
        )
        if fields.has("shifts"):
            return self._listed(fields.take("shifts", list_of(self._shift_of(pattern))), pattern, start, end)
        if rules is None:
            raise UnusableInput("rules", "missing; give rules or shifts")
        if start is None:
            raise UnusableInput("start", "missing; rules need the first day of the plan")
        return _generated(pattern, start, end or start + USUAL_LENGTH)

    def _listed(self, shifts: tuple[Shift, ...], pattern: Pattern, start: date | None, end: date | None) -> ReadShifts:
        _refuse_same_start(shifts, "shifts")
        found = tuple(shift for shift in cut(shifts, pattern) if is_wanted(shift))
        _refuse_same_start(found, "one_offs")
        if start is None and not found:
            raise UnusableInput("start", "missing, and there is no shift that says when the plan starts")
        first = start or found[0].start.astimezone(self.zone).date()
        last = found[-1].start.astimezone(self.zone).date() if found else first
        return ReadShifts(first, end or max(first, last) + timedelta(days=1), found, ())

    def _rules(self, value: object, path: str) -> tuple[Rule, ...]:
        rules = list_of(self._rule)(value, path)
        if len(rules) > MOST_RULES:
            raise UnusableInput(path, f"{len(rules)} rules are more than {MOST_RULES}")
        return rules

    def _rule(self, value: object, path: str) -> Rule:
        fields = Fields(value, path)
        every = fields.get("every", whole(1, MOST_WEEKS), 1)
        rule = Rule(
            days=fields.take("days", _days),
            at=fields.take("time", _time),
            every=every,
            week=fields.get("week", whole(1, every), 1),
            type=fields.get("type", text, ""),
            points=fields.get("points", whole(0, MOST_POINTS), None),
            fills=self._fills(fields),
        )
        fields.close()
        return rule

    def _one_off(self, value: object, path: str) -> OneOff:
        fields = Fields(value, path)
        span, kind, points, fills = self._shift_fields(fields)
        return OneOff(span.start, span.end, kind, points, fills)

    def _shift_of(self, pattern: Pattern) -> Callable[[object, str], Shift]:
        def read(value: object, path: str) -> Shift:
            span, kind, points, fills = self._shift_fields(Fields(value, path))
            kind = kind or type_of(span.start, span.end, self.zone, pattern.holidays)
            points = pattern.points.get(kind, 1) if points is None else points
            return Shift(span.start, span.end, kind, points, clock_label(span.start, span.end, self.zone), fills)

        return read

    def _shift_fields(self, fields: Fields) -> tuple[Span, str, int | None, Mapping[str, Filler]]:
        span = take_span(fields)
        kind, points = fields.get("type", text, ""), fields.get("points", whole(0, MOST_POINTS), None)
        fills = self._fills(fields)
        fields.close()
        return span, kind, points, fills

    def _fills(self, fields: Fields) -> Mapping[str, Filler]:
        reader = FillerReader(self.roles, self.people)
        return fields.get("fill", reader.read, reader.default())


def _generated(pattern: Pattern, start: date, end: date) -> ReadShifts:
    if (end - start).days > MOST_DAYS:
        raise UnusableInput("end", f"{end} is more than {MOST_DAYS:,} days after start, {start}")
    try:
        found: Generated = generate(pattern, start, end)
    except ShiftRefused as error:
        raise UnusableInput("rules", str(error)) from error
    return ReadShifts(start, end, found.shifts, found.warnings)


def _refuse_same_start(shifts: Collection[Shift], field: str) -> None:
    seen = set()
    for shift in shifts:
        if shift.start in seen:
            raise UnusableInput(field, f"two start at {utc(shift.start)}")
        seen.add(shift.start)


def _points(value: object, path: str) -> dict[str, int]:
    fields = Fields(value, path)
    names = sorted(value) if isinstance(value, dict) else []
    return {name: fields.take(name, whole(0, MOST_POINTS)) for name in names if fields.has(name)}


def _days(value: object, path: str) -> frozenset[int]:
    if isinstance(value, str):
        return _named_days(value, path)
    found = frozenset[int]().union(*(_named_days(item, where) for item, where in items(value, path)))
    if not found:
        raise UnusableInput(path, "empty")
    return found


def _named_days(value: object, path: str) -> frozenset[int]:
    if not isinstance(value, str) or value not in DAY_SETS:
        raise UnusableInput(path, f'not one of {", ".join(DAY_SETS)}, nor a list such as ["{DAY_NAMES[0]}"]')
    return DAY_SETS[value]


def _time(value: object, path: str) -> time:
    words = text(value, path)
    hours, colon, minutes = words.partition(":")
    digits = hours.isascii() and minutes.isascii() and hours.isdigit() and minutes.isdigit()
    if not (colon and digits and len(hours) <= 2 and len(minutes) == 2 and int(hours) < 24 and int(minutes) < 60):
        raise UnusableInput(path, f"{words!r} is not a time such as 09:00")
    return time(int(hours), int(minutes))
