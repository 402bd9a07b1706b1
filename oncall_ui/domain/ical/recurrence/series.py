"""One group of events → its occurrences inside the window."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import repeat
from typing import NamedTuple

from oncall_ui.domain.ical.components.event_time import EventTime, event_time
from oncall_ui.domain.ical.components.vevent import VEvent
from oncall_ui.domain.ical.limits import Budget
from oncall_ui.domain.ical.parsing.values import Duration, InvalidValue
from oncall_ui.domain.ical.recurrence.instances import Instances, spans, touching, walls_between
from oncall_ui.domain.ical.recurrence.recurrence_id import NO_DAYS, day_key, key, keys, wall_in
from oncall_ui.domain.ical.zones.date_time import DateTimeValue
from oncall_ui.domain.ical.zones.zone import DAY
from oncall_ui.domain.imports.events import Event, Occurrence

_occurrence: Callable[[Iterable[object]], Occurrence] = partial(tuple.__new__, Occurrence)
"""A tuple becomes an Occurrence without a call into Python: there may be 100,000 of them."""


class Scope(NamedTuple):
    """What a group is expanded with: the window in seconds since 1970 UTC and who is asked or told."""

    begin: int
    end: int
    instances: int
    budget: Budget
    event: Callable[[VEvent], Event]
    warn: Callable[[VEvent, str], None]
    leave_out: Callable[[VEvent, InvalidValue], None]


class _Change(NamedTuple):
    """An event with a RECURRENCE-ID, and the instance it replaces."""

    component: VEvent
    event_time: EventTime
    replaces: DateTimeValue


def occurrences(group: list[VEvent], scope: Scope) -> list[Occurrence]:
    """Unsorted. What can't be read of one event costs that event; raises Exhausted for the group as a whole."""
    found: list[Occurrence] = []
    masters = [component for component in group if component.recurrence_id is None]
    if len(masters) > 1:
        masters = _current(masters, scope)
    changes = _changes(group, masters[0] if masters else None, scope)
    excluded: set[int] = set()
    for master in masters:
        scope.budget.spend(len(changes))
        try:
            when = event_time(master)
            found += _series(master, when, changes, scope)
        except InvalidValue as error:
            scope.leave_out(master, error)
            continue
        if changes and master.exdates:
            gone = {key(date_time, when) for date_time in master.exdates}
            excluded.update(id(change) for change in changes if not gone.isdisjoint(keys(change.replaces, when)))
        excluded.update(id(change) for change in changes if _is_stale(change, master, when, scope))
    for change in changes:
        if id(change) not in excluded:
            found += _single(change.component, change.event_time, scope)
    return found


def _current(masters: list[VEvent], scope: Scope) -> list[VEvent]:
    """The newest version; several where unrelated events share one UID."""
    highest = max(master.sequence for master in masters)
    by_start: dict[DateTimeValue | None, VEvent] = {}
    for master in masters:
        if master.sequence == highest:
            known = by_start.get(master.start)
            if known is None or master.changed >= known.changed:
                by_start[master.start] = master
    current = list(by_start.values())
    if len(current) > 1:
        others = "Another event has" if len(current) == 2 else f"{len(current) - 1:,} other events have"
        scope.warn(current[1], f"{others} the same UID; all are read.")
    return current


def _changes(group: list[VEvent], master: VEvent | None, scope: Scope) -> list[_Change]:
    """The newest version of each changed instance; one that makes no sense leaves its instance where it was."""
    newest: dict[tuple[int, bool], VEvent] = {}
    for component in group:
        replaces = component.recurrence_id
        if replaces is not None:
            replaces = component.recurrence_id = replaces.beside(master.start if master else None)
            place = (replaces.instant, replaces.is_date)
            known = newest.get(place)
            if known is None or (component.sequence, component.changed) >= (known.sequence, known.changed):
                newest[place] = component
    changes = []
    for component in newest.values():
        if component.recurrence_id is not None:
            try:
                time = _event_time_of(component, component.recurrence_id, master)
                changes.append(_Change(component, time, component.recurrence_id))
            except InvalidValue as error:
                scope.leave_out(component, error)
    return changes


def _event_time_of(change: VEvent, replaces: DateTimeValue, master: VEvent | None) -> EventTime:
    """A change without a start keeps its instance's start; without an end too, it lasts as long as the others."""
    if change.start is not None:
        series = master.start if master else None
        change.start = change.start.beside(series)
        change.end = change.end.beside(series) if change.end else None
        try:
            time = event_time(change)
        except InvalidValue:
            if not change.cancelled:
                raise
            change.end = change.length = change.start = None  # called off, however long it was to be
        else:
            return _as_long_as_others(change, time, master) if change.end_error else time
    change.start = replaces
    if master and master.start and change.end is None and change.length is None:
        usual = event_time(master)
        if usual.is_date == replaces.is_date:
            return usual._replace(start=replaces.wall, zone=replaces.zone or usual.zone)
    return event_time(change)


def _as_long_as_others(change: VEvent, time: EventTime, master: VEvent | None) -> EventTime:
    """The time of a change with an end nobody can read."""
    if change.end or change.length or master is None or master.start is None:
        return time
    usual = event_time(master)
    if usual.is_date != time.is_date:
        return time
    warning = f"{change.end_error} So it lasts as long as the rest of its series."
    return usual._replace(start=time.start, zone=time.zone, warning=warning)


def _is_stale(change: _Change, master: VEvent, when: EventTime, scope: Scope) -> bool:
    """Whether a change is left over from an older version of its series, which went further than the present one.

    Told of changes only that carry the old rule with them, as Exchange writes them.
    """
    old = change.component
    if not (old.rules or old.rdates or old.exdates) or old.sequence >= master.sequence:
        return False
    wall = wall_in(change.replaces, when)
    return wall not in walls_between(master, when, wall, wall + 1, scope.budget)


def _series(master: VEvent, when: EventTime, changes: list[_Change], scope: Scope) -> Iterable[Occurrence]:
    if not (master.rules or master.rdates or master.exdates or changes):
        return _single(master, when, scope)
    _warn(master, when, scope)
    later = sorted((change for change in changes if change.component.later), key=lambda change: change.replaces.instant)
    own_ends = _periods(master, when) if master.rdates else {}
    reach = max([when.reach, *own_ends.values(), *(change.event_time.reach for change in later)])
    shifts = [0, *(_shift(change) for change in later)]
    begin, end = scope.begin - reach - max(shifts), scope.end - min(shifts)
    walls = walls_between(master, when, begin, end, scope.budget)
    # What lies more than a day before is sure not to touch the window; no more are looked at than will be kept.
    found = spans(when, walls[: bisect_left(walls, begin + 2 * DAY) + scope.instances + 1])
    if own_ends:
        found = _with_periods(own_ends, found)
    if not later:
        found = touching(found, scope.begin, scope.end, even=not own_ends)
    if len(found.walls) > scope.instances:
        found = found.cut(0, scope.instances)
        scope.warn(master, f"It repeats more than {scope.instances:,} times here; only the first ones are read.")
    if not found.walls:
        return ()
    if later:
        found = _without(found, when, [*master.exdates, *(change.replaces for change in changes)])
        instances = [(wall, start, own_ends.get(wall)) for wall, start, _ in zip(*found, strict=True)]
        return _shifted(master, when, later, instances, scope)
    if master.exdates or changes:
        found = _without(found, when, [*master.exdates, *(change.replaces for change in changes)])
    if not found.walls:
        return ()
    about = repeat(_all_day(master, when)), repeat(scope.event(master))
    return map(_occurrence, zip(found.starts, found.ends, *about, strict=False))


def _single(component: VEvent, when: EventTime, scope: Scope) -> Iterable[Occurrence]:
    """One event as written, if it touches the window."""
    if when.start - 2 * DAY > scope.end or when.start + when.reach + 2 * DAY < scope.begin:
        return ()
    (_,), (start,), (end,) = spans(when, [when.start])
    if start < scope.end and (end > scope.begin or start >= scope.begin):
        if when.warning:
            scope.warn(component, when.warning)
        return (Occurrence(start, end, _all_day(component, when), scope.event(component)),)
    return ()


def _all_day(component: VEvent, when: EventTime) -> bool:
    """Days, and what Outlook marks as days and writes as midnights of a zone."""
    if when.is_date:
        return True
    whole = not when.exact and when.wall > 0 and not (when.start % DAY or when.wall % DAY)
    return component.flagged_all_day and whole


def _without(found: Instances, when: EventTime, date_times: list[DateTimeValue]) -> Instances:
    """`found` less the instances at `date_times`."""
    begin, end = found.walls[0] - 2 * DAY, found.walls[-1] + 2 * DAY
    gone = {key(date_time, when) for date_time in date_times if begin <= date_time.wall <= end}
    if not gone:
        return found
    if when.is_date:
        kept = [at for at, wall in enumerate(found.walls) if wall not in gone]
    elif min(gone) >= NO_DAYS:
        kept = [at for at, start in enumerate(found.starts) if start not in gone]
    else:
        pairs = enumerate(zip(found.walls, found.starts, strict=True))
        kept = [at for at, (wall, start) in pairs if start not in gone and day_key(wall) not in gone]
    return found if len(kept) == len(found.walls) else found.only(kept)


def _periods(master: VEvent, when: EventTime) -> dict[int, int]:
    """RDATEs of VALUE=PERIOD bring their own length: wall time of the start → seconds."""
    own: dict[int, int] = {}
    for start, end in master.rdates:
        if end is None:
            continue
        wall = wall_in(start, when)
        begin = when.zone.utc(wall)
        if isinstance(end, Duration):
            stop = when.zone.utc(wall + end.days * DAY) + end.seconds
        else:
            stop = when.zone.utc(end.wall) if end.floats else end.instant
        own[wall] = max(0, stop - begin)
    return own


def _with_periods(own: dict[int, int], found: Instances) -> Instances:
    walls, starts, ends = found
    ends = [start + own[wall] if wall in own else end for wall, start, end in zip(*found, strict=True)]
    return Instances(walls, starts, ends)


def _shift(change: _Change) -> int:
    """By how much RANGE=THISANDFUTURE moves the instances after it, in seconds."""
    start, replaces = change.component.start, change.replaces
    if start is None:
        return 0
    return start.wall - replaces.wall if start.zone is replaces.zone else start.instant - replaces.instant


def _shifted(
    master: VEvent,
    when: EventTime,
    later: list[_Change],
    instances: Iterable[tuple[int, int, int | None]],
    scope: Scope,
) -> Iterator[Occurrence]:
    """A series with RANGE=THISANDFUTURE: from each such change on, instances move and last as it does.

    `instances` are wall times and instants of starts as the rule has them, and lengths where they have their own.
    """
    begins = [key(change.replaces, when) for change in later]
    for wall, start, own in instances:
        at = bisect_left(begins, wall if when.is_date else start) - 1
        component, length, shift = (master, when, 0) if at < 0 else (*later[at][:2], _shift(later[at]))
        (_,), (begin,), (end,) = spans(length._replace(zone=when.zone), [wall + shift])
        if own is not None:
            end = begin + own
        if begin < scope.end and (end > scope.begin or begin >= scope.begin):
            yield Occurrence(begin, end, _all_day(component, length), scope.event(component))


def _warn(master: VEvent, when: EventTime, scope: Scope) -> None:
    for warning in (when.warning, master.warning):
        if warning:
            scope.warn(master, warning)
    if master.exrule:
        scope.warn(master, "It names exceptions in a form given up long ago (EXRULE); they are not applied.")
