"""The time zones one calendar refers to, each with its changes laid ready for the window."""

from collections.abc import Callable
from functools import cached_property
from zoneinfo import ZoneInfo

from oncall_ui.domain.ical.limits import Budget, Exhausted
from oncall_ui.domain.ical.parsing.calendar_header import CalendarHeader
from oncall_ui.domain.ical.parsing.content_line import parameter
from oncall_ui.domain.ical.parsing.values import InvalidValue, decoded, shown, written_time
from oncall_ui.domain.ical.zones.date_time import DateTimeValue
from oncall_ui.domain.ical.zones.vtimezone import zone_from
from oncall_ui.domain.ical.zones.zone import DAY, UTC_ZONE, Zone
from oncall_ui.domain.ical.zones.zone_aliases import iana_zone

_MARGIN = 400 * DAY
_LOOK_UP = 100
"""Steps a name costs that nobody knows: every folder of zones is asked."""
_UTC_NAMES = ("UTC", "Etc/UTC")


class ZoneCache:
    """The window in seconds since 1970 UTC, and the zones laid ready for it, once for all headers."""

    __slots__ = ("_defined", "_floating", "_zones", "begin", "end")

    def __init__(self, begin: int, end: int) -> None:
        self.begin = begin
        self.end = end
        self._zones: dict[str, Zone] = {}
        self._floating: dict[str, Zone] = {}
        self._defined: dict[tuple[str, bytes], Zone] = {}

    def zone(self, iana: ZoneInfo) -> Zone:
        name = str(iana)
        if name in _UTC_NAMES:
            return UTC_ZONE
        if name not in self._zones:
            self._zones[name] = Zone.of(iana, self.begin - _MARGIN, self.end + _MARGIN)
        return self._zones[name]

    def floating(self, iana: ZoneInfo) -> Zone:
        """A zone of its own for times that name none, so that they differ from others."""
        name = str(iana)
        if name not in self._floating:
            utc = name in _UTC_NAMES
            zone = Zone.fixed(0) if utc else Zone.of(iana, self.begin - _MARGIN, self.end + _MARGIN)
            zone.floats = True
            self._floating[name] = zone
        return self._floating[name]

    def defined(self, name: str, body: bytes, budget: Budget) -> Zone:
        """The zone a VTIMEZONE describes. Raises InvalidValue and Exhausted."""
        if (name, body) not in self._defined:
            self._defined[name, body] = zone_from(name, body, self.begin, self.end, budget)
        return self._defined[name, body]


class CalendarZones:
    """Property parameters and a value → a DateTimeValue, for the events of one header.

    `flag` is called once per name, for unknown zones and for definitions that contradict the name.
    """

    def __init__(
        self,
        header: CalendarHeader,
        *,
        cache: ZoneCache,
        budget: Budget,
        flag: Callable[[int, str], None],
        zone: ZoneInfo | None,
        default: ZoneInfo,
    ) -> None:
        self._header = header
        self._cache = cache
        self._budget = budget
        self._flag = flag
        self._by_parameters: dict[bytes, Zone] = {}
        self._by_name: dict[str, Zone] = {}
        self._reported: set[str] = set()
        self.met_warning = False
        """Set whenever a time lies in a zone that was flagged; callers that need it reset it."""
        self.own = iana_zone(decoded(header.tzid)) if header.tzid else None
        if header.tzid and self.own is None:
            flag(header.offset, f"The calendar’s time zone “{shown(header.tzid)}” is not known, so it is left aside.")
        self._zone = zone
        self._default = default

    @cached_property
    def floating(self) -> Zone:
        """Where times without a zone are."""
        return self._cache.floating(self.own or self._zone or self._default)

    @cached_property
    def days(self) -> Zone:
        """Where a date becomes a span of moments."""
        return self._cache.zone(self._zone or self.own or self._default)

    def charge(self, moments: int) -> None:
        """Pays for a list of moments. Raises Exhausted."""
        self._budget.spend(moments)

    def date_time(self, parameters: bytes, value: bytes) -> DateTimeValue:
        """Raises InvalidValue."""
        wall, is_date, offset = written_time(value)
        if is_date:
            return DateTimeValue(wall, None)
        if offset is not None:  # a value in UTC stays there, whatever TZID says (RFC 5545 section 3.2.19)
            return DateTimeValue(wall - offset, UTC_ZONE)
        return DateTimeValue(wall, self._by_parameters.get(parameters) or self._of(parameters))

    def _of(self, parameters: bytes) -> Zone:
        tzid = decoded(parameter(parameters, b"TZID")).strip().removeprefix("TZID=")
        if tzid and tzid not in self._by_name:
            self._by_name[tzid] = self._named(tzid)
        zone = self._by_name[tzid] if tzid else self.floating
        if tzid in self._reported:
            self.met_warning = True
        else:
            self._by_parameters[parameters] = zone
        return zone

    def _named(self, tzid: str) -> Zone:
        self._budget.spend(_LOOK_UP)
        body = self._definitions.get(_plain(tzid))
        iana = iana_zone(tzid) or (_location(body) if body else None)
        if iana is None or (body and str(iana).startswith("Etc/GMT") and "/" not in tzid):
            # Of “GMT+1” or “(UTC+01:00) Somewhere” the name tells the offset only, the definition summer time as well.
            return self._unknown(tzid, body, iana)
        zone = self._cache.zone(iana)
        if body:
            self._compare(tzid, zone, body)
        return zone

    def _unknown(self, tzid: str, body: bytes | None, guess: ZoneInfo | None) -> Zone:
        if body:
            try:
                return self._cache.defined(tzid, body, self._budget)
            except (InvalidValue, Exhausted):
                pass
        if guess:
            return self._cache.zone(guess)
        message = f"The time zone “{shown(tzid.encode())}” is not known; its events are read in {self.floating.name}."
        self._warn(tzid, message)
        return self.floating

    def _warn(self, tzid: str, message: str) -> None:
        self._reported.add(tzid)
        self._flag(self._header.offset, message)

    def _compare(self, tzid: str, zone: Zone, body: bytes) -> None:
        """The name wins, as in the products people use; a different definition inside the window is reported."""
        begin, end = self._cache.begin, self._cache.end
        try:
            defined = self._cache.defined(tzid, body, self._budget)
        except (InvalidValue, Exhausted):
            return
        middle = (begin + end) // 2
        if any(defined.wall(at) != zone.wall(at) for at in (begin, middle, end - 1)):
            message = f"This calendar defines the time zone “{shown(tzid.encode())}” differently from {zone.name}, "
            self._warn(tzid, message + "which is used.")

    @cached_property
    def _definitions(self) -> dict[str, bytes]:
        """The first definition of a name counts."""
        return {_plain(decoded(name)): body for name, body in reversed(self._header.zones.items())}


def _plain(tzid: str) -> str:
    """Quotes, escapes and case aside."""
    return tzid.strip().strip('"').replace("\\", "").casefold()


def _location(body: bytes) -> ZoneInfo | None:
    """X-LIC-LOCATION: the IANA name some products put beside a name of their own."""
    at = body.find(b"\nX-LIC-LOCATION:")
    return iana_zone(decoded(body[at + 16 :].partition(b"\n")[0])) if at >= 0 else None
