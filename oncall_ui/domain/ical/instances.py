"""The instances of one master event inside the window: when each starts and ends."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from oncall_ui.domain.ical.component import Component
from oncall_ui.domain.ical.extent import Extent
from oncall_ui.domain.ical.limits import Budget
from oncall_ui.domain.ical.moment import Moment
from oncall_ui.domain.ical.recurrence import repeats
from oncall_ui.domain.ical.rule import Rule
from oncall_ui.domain.ical.value import Bad, Stamp
from oncall_ui.domain.ical.zone import DAY, Zone


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


def walls_between(component: Component, extent: Extent, begin: int, end: int, budget: Budget) -> Sequence[int]:
    """Where the series starts its instances between two wall times, with a day's margin. Raises Exhausted.

    Only what the rule yields, as in the products people use: a DTSTART the rule doesn't match is no instance of its
    own. Without a rule DTSTART is the first instance, and RDATEs come along in either case.
    """
    begin, end = begin - DAY, end + DAY
    rules = component.rules
    if len(rules) == 1 and not component.rdates:
        return ruled(rules[0], extent, begin, end, budget)
    found: set[int] = set()
    for rule in rules:
        walls = ruled(rule, extent, begin, end, budget)
        budget.spend(len(walls))
        found.update(walls)
    if not rules:
        found.add(extent.start)
    for start, _ in component.rdates:
        found.add(wall_in(start, extent))
    return sorted(wall for wall in found if begin <= wall < end)


def wall_in(moment: Moment, extent: Extent) -> int:
    """The wall time in the series' zone an RDATE means; a day in a series of times means its usual time."""
    if extent.is_date:
        return day_of(moment, extent.zone) * DAY
    if moment.zone is None:
        return moment.wall + extent.start % DAY
    return moment.wall if moment.zone is extent.zone else extent.zone.wall(moment.instant)


def day_of(moment: Moment, zone: Zone) -> int:
    """The day a moment means for a series of days: as written, unless it is an instant other than midnight UTC."""
    if moment.zone is None or moment.zone.name != "UTC" or moment.wall % DAY in (0, DAY - 1):
        return moment.wall // DAY
    return zone.wall(moment.instant) // DAY


def spans(extent: Extent, walls: Sequence[int]) -> Instances:
    """Starts and ends of instances that start at `walls`."""
    zone = extent.zone
    starts = zone.utc_of_all(walls)
    if extent.wall:
        ends = zone.utc_of_all(_plus(walls, extent.wall))
        if extent.exact:
            ends = _plus(ends, extent.exact)
    else:
        ends = _plus(starts, extent.exact) if extent.exact else starts
    for gap in zone.gaps:
        if walls and walls[0] < gap[1] and walls[-1] >= gap[0]:
            first, last = bisect_left(walls, gap[0]), bisect_left(walls, gap[1])
            if first < last:
                return _over_gap(extent, Instances(walls, starts, ends))
    return Instances(walls, starts, ends)


def _over_gap(extent: Extent, found: Instances) -> Instances:
    """Starts the clock skips are moved, so their ends move along, or the instances would shrink to nothing.

    Where another instance starts at the very time one is moved to, the two are one.
    """
    kept: dict[int, tuple[int, int, int]] = {}
    for wall, start, end in zip(*found, strict=True):
        if not extent.zone.skips(wall):
            kept[start] = (wall, start, end)
        else:
            kept.setdefault(start, (wall, start, start + extent.reach if extent.reach < DAY else end))
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


def ruled(rule: Rule, extent: Extent, begin: int, end: int, budget: Budget) -> Sequence[int]:
    """What one rule yields in [begin, end), UNTIL included (RFC 5545 section 3.3.10). Raises Bad and Exhausted."""
    if extent.is_date and rule.freq == b"HOURLY":
        raise Bad("It lasts whole days and repeats every few hours.")
    if extent.is_date and (rule.hour or rule.minute or rule.second):
        rule = replace(rule, hour=(), minute=(), second=())  # RFC 5545 section 3.3.10: ignored for days
    until = rule.until
    if until is None:
        return repeats(rule, extent.start, begin, end, budget)
    if until.is_date or until.offset is None or extent.is_date:
        return repeats(rule, extent.start, begin, min(end, _last_wall(until, extent) + 1), budget)
    instant = until.wall - until.offset
    walls = repeats(rule, extent.start, begin, min(end, extent.zone.wall(instant) + DAY), budget)
    return walls[: bisect_right(walls, instant, key=extent.zone.utc)]


def _last_wall(until: Stamp, extent: Extent) -> int:
    """The last wall time a series may start at. A day as UNTIL includes all of that day."""
    if extent.is_date:
        if until.is_date or until.offset is None:
            return until.wall
        return day_of(Moment(until.wall - until.offset, _UTC), extent.zone) * DAY
    return until.wall + DAY - 1 if until.is_date else until.wall


_UTC = Zone.fixed(0)
