"""Shifts from rules. Each lasts until the next start of any rule, so they neither overlap nor leave holes."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import start_of_day
from oncall_ui.domain.schedules.planning.problem import BEST, Filler, FillKind, Shift
from oncall_ui.domain.schedules.shadows.shadow import Shadows, narrowed
from oncall_ui.domain.schedules.shifts.rules import OneOff, Rule
from oncall_ui.domain.schedules.shifts.types import clock_label, type_of, wall_length

LONGEST = timedelta(days=7)
# A skipped day (Apia, 30 December 2011) moves a start to the next one.
SKIPPED = timedelta(days=2)


class ShiftRefused(ValueError):
    """A shift that may not be. The message is a sentence that names it."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Everything that shifts follow from, but the span. `cycle_from` is any day of the first week of n-weekly rules.

    A type missing in `points` counts 1.
    """

    zone: ZoneInfo
    roles: tuple[str, ...]
    rules: tuple[Rule, ...]
    cycle_from: date
    one_offs: tuple[OneOff, ...] = ()
    points: Mapping[str, int] = field(default_factory=dict)
    holidays: Collection[date] = frozenset()
    shadows: Shadows = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Generated:
    """The shifts, sorted by start, and sentences about rules that start at the same minute."""

    shifts: tuple[Shift, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Start:
    """`wall` is what the rule says, `at` when that is: later by the length of the gap where the clocks skip it."""

    at: datetime
    wall: datetime
    rule: int


class _Clash(NamedTuple):
    """Two rules, by their place in the list, that start at the same moment."""

    at: datetime
    earlier: int
    later: int


def generate(pattern: Pattern, start: date, end: date) -> Generated:
    """The shifts that start on the days from `start` to before `end`. Raises ShiftRefused for one that is too long.

    The same pattern and span give the same shifts, and two spans side by side the same as both at once.
    """
    first, last = start_of_day(start, pattern.zone), start_of_day(end, pattern.zone)
    reach = timedelta(days=7 * max((rule.every for rule in pattern.rules), default=1)) + SKIPPED
    starts, clashes = _starts(pattern, start - reach, end + reach)
    pairs = list(pairwise(starts))
    covered = [_shift(pattern, one.at, following.at, pattern.rules[one.rule]) for one, following in pairs]
    # By the rules, not the clock: a weekly 02:30 that the clocks move to 03:30 doesn’t end a week of more than 7 days.
    said = {(one.at, following.at): following.wall - one.wall for one, following in pairs}
    shifts = [shift for shift in cut(covered, pattern) if first <= shift.start < last and is_wanted(shift)]
    for shift in shifts:
        length = said.get((shift.start, shift.end)) or wall_length(shift.start, shift.end, pattern.zone)
        if min(length, shift.end - shift.start) > LONGEST:  # on the clock a day that is skipped counts as well
            raise ShiftRefused(_too_long(shift, pattern.zone))
    return Generated(tuple(shifts), tuple(_warnings(clashes, first, last, pattern.zone)))


def cut(shifts: Sequence[Shift], pattern: Pattern) -> list[Shift]:
    """The shifts with the pattern's one-offs among them, sorted by start, and shadows where they are wanted.

    What is left of a cut one keeps its type.
    """
    timeline = list(shifts)
    for one_off in pattern.one_offs:
        pieces = [piece for shift in timeline for piece in _without(shift, one_off, pattern.zone)]
        timeline = [*pieces, _shift(pattern, one_off.start, one_off.end, one_off)]
    return sorted(narrowed(timeline, pattern.shadows, pattern.zone), key=lambda shift: shift.start)


def is_wanted(shift: Shift) -> bool:
    """False for time off: nobody is wanted in any role."""
    return any(filler.kind is not FillKind.NOBODY for filler in shift.fills.values())


def filled(fills: Mapping[str, Filler], roles: Sequence[str]) -> dict[str, Filler]:
    """A filler for every role, in their order. The best fills a role that has none."""
    return {role: fills.get(role, BEST) for role in roles}


def moment(at: datetime, zone: ZoneInfo) -> str:
    """ "Mon 15 Jun 10:00" on the wall clock of the zone."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %H:%M}"


def _starts(pattern: Pattern, start: date, end: date) -> tuple[list[_Start], list[_Clash]]:
    """Every start on those days, in order, and where two rules start at once: the later in the list counts."""
    found: dict[datetime, _Start] = {}
    clashes = []
    for number, rule in enumerate(pattern.rules):
        day = start
        while day < end:
            if rule.starts_on(day, pattern.cycle_from):
                wall = datetime.combine(day, rule.at)
                at = wall.replace(tzinfo=pattern.zone, fold=0).astimezone(UTC)
                if at in found and found[at].rule != number:
                    clashes.append(_Clash(at, found[at].rule, number))
                found[at] = _Start(at, wall, number)
            day += timedelta(days=1)
    return [found[at] for at in sorted(found)], clashes


def _shift(pattern: Pattern, start: datetime, end: datetime, source: Rule | OneOff) -> Shift:
    kind = source.type or type_of(start, end, pattern.zone, pattern.holidays)
    points = pattern.points.get(kind, 1) if source.points is None else source.points
    fills = filled(source.fills, pattern.roles)
    return Shift(start, end, kind, points, clock_label(start, end, pattern.zone), fills)


def _without(shift: Shift, one_off: OneOff, zone: ZoneInfo) -> list[Shift]:
    if one_off.end <= shift.start or one_off.start >= shift.end:
        return [shift]
    ends = [(shift.start, one_off.start), (one_off.end, shift.end)]
    return [
        replace(shift, start=start, end=end, label=clock_label(start, end, zone)) for start, end in ends if start < end
    ]


def _too_long(shift: Shift, zone: ZoneInfo) -> str:
    begins, ends = moment(shift.start, zone), moment(shift.end, zone)
    return f"The shift of {begins} would last until {ends}: more than 7 days. Add a rule that starts in between."


def _warnings(clashes: Iterable[_Clash], first: datetime, last: datetime, zone: ZoneInfo) -> Iterator[str]:
    """One for each two rules, about the first time they meet in the span."""
    seen = set()
    for clash in sorted(clashes):
        if first <= clash.at < last and (clash.earlier, clash.later) not in seen:
            seen.add((clash.earlier, clash.later))
            yield (
                f"Rules {clash.earlier + 1} and {clash.later + 1} both start a shift on {moment(clash.at, zone)}. "
                f"Rule {clash.later + 1} counts."
            )
