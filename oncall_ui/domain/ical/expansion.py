"""The groups of one scan, turned into occurrences one after the other."""

from functools import partial
from itertools import islice
from operator import itemgetter, sub
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.ical.components.details import event
from oncall_ui.domain.ical.components.vevent import VEvent
from oncall_ui.domain.ical.components.vfreebusy import periods
from oncall_ui.domain.ical.limits import Budget, Exhausted, Limits
from oncall_ui.domain.ical.parsing.calendar_header import CalendarHeaders
from oncall_ui.domain.ical.parsing.scan import Scan
from oncall_ui.domain.ical.parsing.values import InvalidValue, decoded
from oncall_ui.domain.ical.problems import Problems
from oncall_ui.domain.ical.recurrence.series import Scope, occurrences
from oncall_ui.domain.ical.zones.tzid import CalendarZones, ZoneCache
from oncall_ui.domain.imports.events import Event, Occurrence, Reading
from oncall_ui.domain.imports.failures import Cause, Unreadable

_SHORT = 1 << 22
"""Seconds, 48 days."""
_NEAR = 1 << 31
"""Seconds before or after 1970, 68 years."""
TOO_GREEDY = "It takes too long to find out when it repeats."


class Expansion:
    """One bad event costs itself: it is left out and reported."""

    def __init__(
        self, found: Scan, window: Window, zone: ZoneInfo | None, default_zone: ZoneInfo, limits: Limits
    ) -> None:
        self._found = found
        self._limits = limits
        self._problems = Problems(limits.problems)
        self._cache = ZoneCache(int(window.start.timestamp()), int(window.end.timestamp()))
        budget = Budget(limits)
        self._headers = CalendarHeaders(found.headers)
        self._zones: dict[int, CalendarZones] = {}
        self._new_zones = partial(
            CalendarZones, cache=self._cache, budget=budget, flag=self._problems.flag, zone=zone, default=default_zone
        )
        self._events = _Events(self._headers, self._problems)
        self.starved = False
        """Whether a group was left out for want of steps: another order might have read it."""
        # What is called back knows nothing of this object: a cycle would keep the whole source in memory.
        self._scope = Scope(
            self._cache.begin,
            self._cache.end,
            limits.instances_within(self._cache.end - self._cache.begin),
            budget,
            self._events.of,
            self._problems.warn,
            self._problems.leave_out,
        )

    @property
    def groups(self) -> dict[str, list[bytes]]:
        """UID → the groups of the scan under it, of those the window may touch. All events without a UID are one."""
        names: dict[str, list[bytes]] = {}
        for uid in self._found.relevant:
            names.setdefault(decoded(uid) if uid[:1] != b"\n" else "", []).append(uid)
        return names

    def reading(self, groups: dict[str, list[bytes]]) -> Reading:
        """Of `groups`; free/busy components come along in any case."""
        if not self._found.headers:
            self._problems.flag(
                1, "The frame of the calendar (BEGIN:VCALENDAR) is missing; its events are read all the same."
            )
        for line in self._found.overlooked():
            self._problems.flag_line(line, "Something here looks like an event, but could not be read as one.")
        found: list[Occurrence] = []
        for name in sorted(groups):
            for uid in groups[name]:
                found += self._group(name, uid)
            self._count(found)
        for offset in self._found.free_busy:
            found += self._free_busy(offset)
            self._count(found)
        return self._reading(found)

    @property
    def with_problems(self) -> set[str]:
        """UIDs of the groups read so far that something was noted about, or about a zone they use."""
        return self._problems.uids

    def _reading(self, found: list[Occurrence]) -> Reading:
        if self._found.free_busy:
            found.sort(key=lambda occurrence: occurrence.event.uid)
        _sort(found, self._cache)
        own = self._zones_of(0).own
        problems = self._problems.problems(self._found.source)
        return Reading(self._headers[0].name, str(own) if own else "", found, problems, self._found.events)

    def _count(self, found: list[Occurrence]) -> None:
        limit = self._limits.occurrences
        if len(found) > limit:
            sentence = f"The events of this feed repeat more than {limit:,} times in the days ahead, "
            raise Unreadable(Cause.TOO_LARGE, sentence + "more than this server reads.")

    def _group(self, name: str, uid: bytes) -> list[Occurrence]:
        self._problems.uid = name
        offsets = self._found.offsets(uid)
        at = offsets[0]
        self._scope.budget.open_series()
        try:
            group = []
            for at in offsets:
                component = self._component(at, name)
                if component is not None:
                    group.append(component)
            at = offsets[0]
            return occurrences(group, self._scope)
        except Exhausted:
            self.starved = True
            self._problems.note(at, name, f"{TOO_GREEDY} The event was left out.", skipped=True)
        finally:
            self._events.clear()
        return []

    def _component(self, offset: int, name: str) -> VEvent | None:
        """Raises Exhausted."""
        zones = self._zones_of(self._headers.number(offset))
        zones.met_warning = False
        body = self._found.body(offset)
        try:
            return VEvent(body, offset, zones)
        except InvalidValue as error:
            self._problems.skip(offset, name, error, is_change=b"\nRECURRENCE-ID" in body)
            return None
        finally:
            if zones.met_warning:
                self._problems.uids.add(name)

    def _free_busy(self, offset: int) -> list[Occurrence]:
        self._scope.budget.open_series()
        flag = partial(self._problems.note, offset, "", skipped=True)
        try:
            zones = self._zones_of(self._headers.number(offset))
            body = self._found.free_busy_body(offset)
            busy = periods(body, self._cache.begin, self._cache.end, zones, flag)
            return list(islice(busy, self._limits.occurrences + 1))
        except Exhausted:
            self.starved = True
            flag("It takes too long to find out when it is. This free/busy time was left out.")
        return []

    def header(self, offset: int) -> int:
        """The number of the VCALENDAR an event belongs to."""
        return self._headers.number(offset)

    def _zones_of(self, header: int) -> CalendarZones:
        if header not in self._zones:
            self._zones[header] = self._new_zones(self._headers[header])
        return self._zones[header]


class _Events:
    """What the components of a group are about: built once each, and only for those that have an occurrence."""

    def __init__(self, headers: CalendarHeaders, problems: Problems) -> None:
        self._headers = headers
        self._problems = problems
        self._built: dict[int, Event] = {}

    def of(self, component: VEvent) -> Event:
        if component.offset not in self._built:
            cancelled = self._headers[self._headers.number(component.offset)].cancels
            self._built[component.offset] = event(component.body, self._problems.uid, cancelled=cancelled)
        return self._built[component.offset]

    def clear(self) -> None:
        self._built.clear()


def _sort(found: list[Occurrence], window: ZoneCache) -> None:
    """By start, then by end; those alike in both keep their order, which is that of their UIDs.

    Where the numbers allow, both make one float: 31 bits of start and 22 of length. One sort of floats takes half the
    time of two of integers.
    """
    longest = max(map(sub, map(itemgetter(1), found), map(itemgetter(0), found)), default=0)
    if longest < _SHORT and window.begin > -_NEAR + _SHORT and window.end < _NEAR:
        keys = iter([start + (end - start) / _SHORT for start, end, _, _ in found])
        found.sort(key=partial(next, keys))  # the sort asks once for each, in order
    else:
        found.sort(key=itemgetter(1))
        found.sort(key=itemgetter(0))
