"""The groups of one scan, turned into occurrences one after the other."""

from functools import partial
from itertools import islice
from operator import itemgetter, sub
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.ical.component import Component
from oncall_ui.domain.ical.details import event
from oncall_ui.domain.ical.frame import Frames
from oncall_ui.domain.ical.free_busy import periods
from oncall_ui.domain.ical.limits import Budget, Exhausted, Limits
from oncall_ui.domain.ical.report import Report
from oncall_ui.domain.ical.scan import Scan
from oncall_ui.domain.ical.series import Scope, occurrences
from oncall_ui.domain.ical.value import Bad, decoded
from oncall_ui.domain.ical.zones import Span, Zones
from oncall_ui.domain.imports.events import Event, Occurrence, Reading
from oncall_ui.domain.imports.failures import Cause, Unreadable

_SHORT = 1 << 22
"""Seconds, 48 days."""
_NEAR = 1 << 31
"""Seconds before or after 1970, 68 years."""
TOO_GREEDY = "It takes too long to find out when it repeats."


class Expansion:
    """One bad group costs itself: it is left out and reported."""

    def __init__(
        self, found: Scan, window: Window, zone: ZoneInfo | None, default_zone: ZoneInfo, limits: Limits
    ) -> None:
        self._found = found
        self._limits = limits
        self._report = Report(limits.problems)
        self._span = Span(int(window.start.timestamp()), int(window.end.timestamp()))
        budget = Budget(limits)
        self._frames = Frames(found.frames)
        self._zones: dict[int, Zones] = {}
        self._new_zones = partial(
            Zones, span=self._span, budget=budget, flag=self._report.flag, zone=zone, default=default_zone
        )
        self._events = _Events(self._frames, self._report)
        self.starved = False
        """Whether a group was left out for want of steps: another order might have read it."""
        # What is called back knows nothing of this object: a cycle would keep the whole source in memory.
        self._scope = Scope(
            self._span.begin, self._span.end, limits.instances, budget, self._events.of, self._report.doubt
        )

    @property
    def groups(self) -> dict[str, list[bytes]]:
        """UID → the groups of the scan under it, of those the window may touch. All events without a UID are one."""
        names: dict[str, list[bytes]] = {}
        for uid in self._found.hot:
            names.setdefault(decoded(uid) if uid[:1] != b"\n" else "", []).append(uid)
        return names

    def reading(self, groups: dict[str, list[bytes]]) -> Reading:
        """Of `groups`; free/busy components come along in any case."""
        if not self._found.frames:
            self._report.flag(
                1, "The frame of the calendar (BEGIN:VCALENDAR) is missing; its events are read all the same."
            )
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
    def doubtful(self) -> set[str]:
        """UIDs of the groups read so far that something was noted about, or about a zone they use."""
        return self._report.uids

    def _reading(self, found: list[Occurrence]) -> Reading:
        if self._found.free_busy:
            found.sort(key=lambda occurrence: occurrence.event.uid)
        _sort(found, self._span)
        own = self._zones_of(0).own
        problems = self._report.problems(self._found.source)
        return Reading(self._frames[0].name, str(own) if own else "", found, problems, self._found.events)

    def _count(self, found: list[Occurrence]) -> None:
        limit = self._limits.occurrences
        if len(found) > limit:
            sentence = f"The events of this feed repeat more than {limit:,} times in the days ahead, "
            raise Unreadable(Cause.TOO_LARGE, sentence + "more than this server reads.")

    def _group(self, name: str, uid: bytes) -> list[Occurrence]:
        self._report.uid = name
        offsets = self._found.offsets(uid)
        at = offsets[0]
        self._scope.budget.open_series()
        try:
            group = []
            for at in offsets:
                zones = self._zones_of(self._frames.number(at))
                zones.met_doubt = False
                group.append(Component(self._found.body(at), at, zones))
                if zones.met_doubt:
                    self._report.uids.add(name)
            at = offsets[0]
            return occurrences(group, self._scope)
        except Bad as bad:
            self._report.note(at, name, f"{bad} The event was left out.", skipped=True)
        except Exhausted:
            self.starved = True
            self._report.note(at, name, f"{TOO_GREEDY} The event was left out.", skipped=True)
        finally:
            self._events.clear()
        return []

    def _free_busy(self, offset: int) -> list[Occurrence]:
        body = self._found.free_busy_body(offset)
        zones = self._zones_of(self._frames.number(offset))
        try:
            busy = periods(body, self._span.begin, self._span.end, zones)
            return list(islice(busy, self._limits.occurrences + 1))
        except Bad as bad:
            self._report.note(offset, "", f"{bad} This free/busy time was left out.", skipped=True)
        return []

    def frame(self, offset: int) -> int:
        """The number of the VCALENDAR an event belongs to."""
        return self._frames.number(offset)

    def _zones_of(self, frame: int) -> Zones:
        if frame not in self._zones:
            self._zones[frame] = self._new_zones(self._frames[frame])
        return self._zones[frame]


class _Events:
    """What the components of a group are about: built once each, and only for those that have an occurrence."""

    def __init__(self, frames: Frames, report: Report) -> None:
        self._frames = frames
        self._report = report
        self._built: dict[int, Event] = {}

    def of(self, component: Component) -> Event:
        if component.offset not in self._built:
            cancelled = self._frames[self._frames.number(component.offset)].cancels
            self._built[component.offset] = event(component.body, self._report.uid, cancelled=cancelled)
        return self._built[component.offset]

    def clear(self) -> None:
        self._built.clear()


def _sort(found: list[Occurrence], span: Span) -> None:
    """By start, then by end; those alike in both keep their order, which is that of their UIDs.

    Where the numbers allow, both make one float: 31 bits of start and 22 of length. One sort of floats takes half the
    time of two of integers.
    """
    longest = max(map(sub, map(itemgetter(1), found), map(itemgetter(0), found)), default=0)
    if longest < _SHORT and span.begin > -_NEAR + _SHORT and span.end < _NEAR:
        keys = iter([start + (end - start) / _SHORT for start, end, _, _ in found])
        found.sort(key=partial(next, keys))  # the sort asks once for each, in order
    else:
        found.sort(key=itemgetter(1))
        found.sort(key=itemgetter(0))
