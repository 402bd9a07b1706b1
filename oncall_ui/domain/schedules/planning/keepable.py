"""Limits that no plan can keep, even with everybody free: found by counting, before anything is planned."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.planning.problem import FillKind, Limit, Most, Per, Row, Shift

MOST_IN_A_ROW = 14


@dataclass(frozen=True, slots=True)
class Unkeepable:
    """`least`: the smallest number that could be kept; None: none could, there are too few people.

    `run`: how many shifts in a row one person gets because roles go to the last holder of another; 1: no role does.
    """

    limit: Row | Most
    least: int | None
    run: int = 1


def unkeepable(
    limits: Iterable[Limit], shifts: Sequence[Shift], people: Collection[str], zone: ZoneInfo
) -> tuple[Unkeepable, ...]:
    """Of the limits on everybody. Not all that can't be kept are found, but those found can't."""
    of_all = [limit for limit in limits if not limit.people or limit.people >= set(people)]
    return tuple(_found(of_all, shifts, len(people), zone)) if people else ()


def _found(limits: Iterable[Limit], shifts: Sequence[Shift], people: int, zone: ZoneInfo) -> Iterator[Unkeepable]:
    wanted, run = [len(_roles(shift)) for shift in shifts], _longest_run(shifts)
    # As if the shifts began again after the last one, so that every number has a window.
    going_on = wanted * (1 + (MOST_IN_A_ROW + 1) // max(1, len(wanted)))
    for limit in limits:
        if isinstance(limit, Row) and not _can_keep(limit.count, going_on, people, run):
            numbers = range(limit.count + 1, MOST_IN_A_ROW + 1)
            yield Unkeepable(limit, next((n for n in numbers if _can_keep(n, going_on, people, run)), None), run)
        elif isinstance(limit, Most) and limit.per is not Per.DAYS:
            slots = Counter[tuple[int, int]]()
            for shift, number in zip(shifts, wanted, strict=True):
                if limit.type in {"", shift.type}:
                    slots[_window(limit, shift.start, zone)] += number
            least = -(-max(slots.values(), default=0) // people)
            if least > limit.count:
                yield Unkeepable(limit, least)


def _can_keep(count: int, wanted: Sequence[int], people: int, run: int) -> bool:
    """Of any `count` + 1 shifts that follow each other, everybody has to be off one."""
    windows = (sum(wanted[place : place + count + 1]) for place in range(len(wanted) - count))
    return run <= count and all(slots <= people * count for slots in windows)


def _longest_run(shifts: Sequence[Shift]) -> int:
    """Shifts in a row of one person, as far as roles go to the last holder of another role."""
    longest, before = 1, dict[str, int]()
    for shift in shifts:
        now = {}
        for role in _roles(shift):
            filler = shift.fills[role]
            now[role] = before.get(filler.name, 0) + 1 if filler.kind is FillKind.LAST else 1
        longest, before = max(longest, *now.values()) if now else longest, now
    return longest


def _roles(shift: Shift) -> list[str]:
    """Those that this schedule's people fill."""
    elsewhere = {FillKind.NOBODY, FillKind.SCHEDULE}
    return [role for role, filler in shift.fills.items() if filler.kind not in elsewhere]


def _window(limit: Most, at: datetime, zone: ZoneInfo) -> tuple[int, int]:
    day: date = at.astimezone(zone).date()
    return day.isocalendar()[:2] if limit.per is Per.WEEK else (day.year, day.month)
