"""The instances of one master event inside the window: when each starts and ends."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from oncall_ui.domain.ical.components.event_time import EventTime
from oncall_ui.domain.ical.components.vevent import VEvent
from oncall_ui.domain.ical.limits import Budget
from oncall_ui.domain.ical.parsing.values import InvalidValue, WrittenTime
from oncall_ui.domain.ical.recurrence.expand import repeats
from oncall_ui.domain.ical.recurrence.recurrence_id import day_of, wall_in
from oncall_ui.domain.ical.recurrence.rrule import Rule
from oncall_ui.domain.ical.recurrence.times_of_day import SECONDS
from oncall_ui.domain.ical.zones.date_time import DateTimeValue
from oncall_ui.domain.ical.zones.zone import DAY, UTC_ZONE


class Instances(NamedTuple):
    """Parallel and ascending: wall times of the starts, instants of starts and ends."""

    walls: Sequence[int]
    starts: Sequence[int]
    ends: Sequence[int]

    def cut(self, first: int, last: int) -> "Instances":
        return Instances(self.walls[first:last], self.starts[first:last], self.ends[first:last])

    def only(self, places: list[int]) -> "Instances":
        walls, starts, ends = self
        return Instances([walls[at] for at in places], [starts[at] for at in places], [ends[at] for at in places])


def walls_between(component: VEvent, event_time: EventTime, begin: int, end: int, budget: Budget) -> Sequence[int]:
    """Where the series starts its instances between two wall times, with a day's margin. Raises Exhausted.

    DTSTART is the first instance, as in the products people use, also where no rule matches it: COUNT counts what its
    rule yields. Only where a rule ended before DTSTART it is none. RDATEs come along in any case.
    """
    begin, end = begin - DAY, end + DAY
    rules, start = component.rules, event_time.start
    starts = begin <= start < end and (not rules or any(_has_start(rule, event_time) for rule in rules))
    if len(rules) == 1 and not component.rdates:
        walls = ruled(rules[0], event_time, begin, end, budget)
        return [start, *walls] if starts and (not walls or walls[0] != start) else walls
    found: set[int] = set()
    for rule in rules:
        walls = ruled(rule, event_time, begin, end, budget)
        budget.spend(len(walls))
        found.update(walls)
    if starts:
        found.add(start)
    for further, _ in component.rdates:
        found.add(wall_in(further, event_time))
    return sorted(wall for wall in found if begin <= wall < end)


def spans(event_time: EventTime, walls: Sequence[int]) -> Instances:
    """Starts and ends of instances that start at `walls`."""
    zone = event_time.zone
    starts = zone.utc_of_all(walls)
    if event_time.wall:
        ends = zone.utc_of_all(_plus(walls, event_time.wall))
        if event_time.exact:
            ends = _plus(ends, event_time.exact)
    else:
        ends = _plus(starts, event_time.exact) if event_time.exact else starts
    for gap in zone.gaps:
        if walls and walls[0] < gap[1] and walls[-1] >= gap[0]:
            first, last = bisect_left(walls, gap[0]), bisect_left(walls, gap[1])
            if first < last:
                return _over_gap(event_time, Instances(walls, starts, ends))
    return Instances(walls, starts, ends)


def _over_gap(event_time: EventTime, found: Instances) -> Instances:
    """Starts the clock skips are moved, so their ends move along, or the instances would shrink to nothing.

    Where another instance starts at the very time one is moved to, the two are one.
    """
    kept: dict[int, tuple[int, int, int]] = {}
    for wall, start, end in zip(*found, strict=True):
        if not event_time.zone.skips(wall):
            kept[start] = (wall, start, end)
        else:
            kept.setdefault(start, (wall, start, start + event_time.reach if event_time.reach < DAY else end))
    walls, starts, ends = zip(*sorted(kept.values(), key=lambda instance: instance[1]), strict=True)
    return Instances(walls, starts, ends)


def touching(found: Instances, begin: int, end: int, *, even: bool) -> Instances:
    """The instances that touch the window: they end after it begins, or start inside it.

    `even`: they are all of one length on the clock, so that the later one starts, the later it ends.
    """
    starts, ends = found.starts, found.ends
    last = bisect_left(starts, end)
    if even:
        return found.cut(min(bisect_right(ends, begin), bisect_left(starts, begin)), last)
    kept = [at for at in range(last) if ends[at] > begin or starts[at] >= begin]
    return found.only(kept)


def _plus(times: Sequence[int], seconds: int) -> Sequence[int]:
    if isinstance(times, range):
        return range(times.start + seconds, times.stop + seconds, times.step)
    return [time + seconds for time in times]


def ruled(rule: Rule, event_time: EventTime, begin: int, end: int, budget: Budget) -> Sequence[int]:
    """What one rule yields in [begin, end), UNTIL included (RFC 5545 3.3.10). Raises InvalidValue and Exhausted."""
    if event_time.is_date and rule.freq in SECONDS:
        raise InvalidValue("It lasts whole days and repeats within a day.")
    if event_time.is_date and (rule.hour or rule.minute or rule.second):
        rule = replace(rule, hour=(), minute=(), second=())  # RFC 5545 section 3.3.10: ignored for days
    until = rule.until
    if until is None:
        return repeats(rule, event_time.start, begin, end, budget)
    if until.is_date or until.offset is None or event_time.is_date:
        return repeats(rule, event_time.start, begin, min(end, _last_wall(until, event_time) + 1), budget)
    instant = until.wall - until.offset
    walls = repeats(rule, event_time.start, begin, min(end, event_time.zone.wall(instant) + DAY), budget)
    return walls[: bisect_right(walls, instant, key=event_time.zone.utc)]


def _has_start(rule: Rule, event_time: EventTime) -> bool:
    """Whether UNTIL lets DTSTART be an instance. With a negative COUNT beside it, UNTIL is none (Confluence)."""
    until = rule.until
    if until is None or rule.is_negative:
        return True
    if until.is_date or until.offset is None or event_time.is_date:
        return event_time.start <= _last_wall(until, event_time)
    return event_time.zone.utc(event_time.start) <= until.wall - until.offset


def _last_wall(until: WrittenTime, event_time: EventTime) -> int:
    """The last wall time a series may start at. A day as UNTIL includes all of that day."""
    if event_time.is_date:
        if until.is_date or until.offset is None:
            return until.wall
        return day_of(DateTimeValue(until.wall - until.offset, UTC_ZONE)) * DAY
    return until.wall + DAY - 1 if until.is_date else until.wall
