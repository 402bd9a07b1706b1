"""Rotations of another tool → our rules, where days and hours map; where they don't, a sentence says so.

A week is cut wherever a rotation hands off, begins or ends. A piece that no rotation covers is time off.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from oncall_ui.domain.schedules.planning.problem import NOBODY
from oncall_ui.domain.schedules.shifts.rules import Rule

DAY = 24 * 60
WEEK = 7 * DAY


class Turn(StrEnum):
    """The unit of a rotation's length."""

    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Rotation:
    """`windows` are minutes since Monday 00:00 on the wall clock of `zone`, end exclusive, maybe beyond the week's end.

    Without a window it covers all the week.
    """

    name: str
    start: datetime
    zone: str
    turn: Turn
    length: int = 1
    windows: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class RulesFound:
    """No rules where nothing maps."""

    rules: tuple[Rule, ...]
    notes: tuple[str, ...]


def rules_of_rotations(rotations: Sequence[Rotation], zone: str) -> RulesFound:
    """`zone` is that of the schedule; times stay as the clock on the wall says them."""
    notes = list(dict.fromkeys(note for each in rotations for note in _notes(each, zone)))
    starts = {start for each in rotations for start in _starts(each, known_zone(each.zone) or ZoneInfo(zone))}
    edges = sorted(starts | {end % WEEK for each in rotations for _, end in each.windows})
    wanted = [(edge, any(_covers(each, edge) for each in rotations)) for edge in edges]
    kept = [
        (edge, is_on)
        for number, (edge, is_on) in enumerate(wanted)
        if is_on or len(wanted) == 1 or wanted[number - 1][1]
    ]
    return RulesFound(tuple(_rules(kept)), tuple(notes))


def windows_of_day(start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Minutes of a day, the same every day; an end before the start is on the next day."""
    length = (end - start) % DAY or DAY
    return tuple((day * DAY + start, day * DAY + start + length) for day in range(7))


def window_of_week(start: int, end: int) -> tuple[int, int]:
    """Minutes of a week; an end before the start is in the next one."""
    return start, start + ((end - start) % WEEK or WEEK)


def known_zone(name: str) -> ZoneInfo | None:
    """None for one that isn't known here."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def zone_of_rotations(rotations: Iterable[Rotation]) -> ZoneInfo | None:
    """The one they all have, if it is known here."""
    names = {each.zone for each in rotations}
    return known_zone(names.pop()) if len(names) == 1 else None


def _starts(rotation: Rotation, zone: ZoneInfo) -> Iterator[int]:
    """Minutes of the week at which the rotation hands off, or begins."""
    local = rotation.start.astimezone(zone)
    first = local.weekday() * DAY + local.hour * 60 + local.minute
    yield from (start % WEEK for start, _ in rotation.windows)
    step = _step(rotation)
    handoffs = ((first + number * step) % WEEK for number in range(WEEK // step))
    yield from (minute for minute in handoffs if _covers(rotation, minute))


def _step(rotation: Rotation) -> int:
    """Minutes from handoff to handoff that repeat every week."""
    if rotation.turn is Turn.HOURLY and DAY % (rotation.length * 60) == 0:
        return rotation.length * 60
    if rotation.turn is Turn.WEEKLY or (rotation.turn is Turn.DAILY and rotation.length % 7 == 0):
        return WEEK
    return DAY


def _covers(rotation: Rotation, minute: int) -> bool:
    return not rotation.windows or any(
        start <= minute < end or start <= minute + WEEK < end for start, end in rotation.windows
    )


def _notes(rotation: Rotation, zone: str) -> Iterator[str]:
    name, length = f"“{rotation.name}”" if rotation.name else "A rotation", rotation.length
    if known_zone(rotation.zone) is None:
        yield f"{name} has times in {rotation.zone[:40]}, a zone we don’t know; here they are read in {zone}."
    elif rotation.zone != zone:
        yield f"{name} has times in {rotation.zone}; here they are read in {zone}."
    if rotation.turn is Turn.WEEKLY and length > 1:
        yield f"{name} changes every {length} weeks; here a shift lasts a week at most."
    if rotation.turn is Turn.DAILY and length > 1 and length != 7:
        yield f"{name} changes every {length} days; here each day is a shift."
    if rotation.turn is Turn.HOURLY and DAY % (length * 60):
        yield f"{name} changes every {length} hours, which no rule of days and times says; here each day is a shift."
    if rotation.turn is Turn.WEEKLY and len(rotation.windows) > 1:
        yield f"{name} keeps one person for all of its week; here each of its {len(rotation.windows)} spans is a shift."


def _rules(edges: Iterable[tuple[int, bool]]) -> Iterator[Rule]:
    """Days with the same time and the same wish are one rule."""
    groups: dict[tuple[int, bool], set[int]] = {}
    for edge, is_on in edges:
        groups.setdefault((edge % DAY, is_on), set()).add(edge // DAY)
    for (minute, is_on), days in groups.items():
        yield Rule(frozenset(days), time(minute // 60, minute % 60), fills={} if is_on else {"": NOBODY})


def with_roles(rules: Sequence[Rule], roles: Sequence[str]) -> tuple[Rule, ...]:
    """The rules of a schedule with these roles: time off is off for all of them."""
    return tuple(Rule(rule.days, rule.at, fills=dict.fromkeys(roles, NOBODY)) if rule.fills else rule for rule in rules)
