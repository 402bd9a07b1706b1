"""One VEVENT: when it is, as written. What it is about stays unread until somebody asks (`details`)."""

import re
from collections.abc import Iterator

from oncall_ui.domain.ical.parsing.content_line import parameter, split_time
from oncall_ui.domain.ical.parsing.values import Duration, InvalidValue, duration
from oncall_ui.domain.ical.recurrence.rrule import Rule, rule
from oncall_ui.domain.ical.zones.date_time import DateTimeValue
from oncall_ui.domain.ical.zones.tzid import CalendarZones

_TIMING = re.compile(
    rb"\n(DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|EXRULE|RECURRENCE-ID|SEQUENCE|X-MICROSOFT-CDO-ALLDAYEVENT)"
    rb"([;:][^\n]*)"
)
_CHANGED = re.compile(rb"\n(?:LAST-MODIFIED|DTSTAMP)[;:][^\n]*?(\d{8}T\d{6})")

_CANCELLED = re.compile(rb"\nSTATUS[;:][^\n]*CANCELL?ED", re.IGNORECASE)

_LARGE = 1_000_000
_MOST_LINES = 100_000
"""Folded lines count as one, so that an attachment may be as large as it likes."""


class VEvent:
    """The times of one VEVENT. Reading it raises InvalidValue where they make no sense."""

    __slots__ = (
        "body",
        "end",
        "end_error",
        "exdates",
        "exrule",
        "flagged_all_day",
        "later",
        "length",
        "offset",
        "rdates",
        "recurrence_id",
        "rules",
        "sequence",
        "start",
        "warning",
        "zones",
    )

    def __init__(self, body: bytes, offset: int, zones: CalendarZones) -> None:
        self.body = body
        """Properties, unfolded, nothing nested, each after a line feed."""
        self.offset = offset
        self.zones = zones
        self.start: DateTimeValue | None = None
        self.end: DateTimeValue | None = None
        self.end_error = ""
        """Why its end is not known although it names one."""
        self.length: Duration | None = None
        self.recurrence_id: DateTimeValue | None = None
        self.later = False
        """RANGE=THISANDFUTURE."""
        self.rules: list[Rule] = []
        self.rdates: list[tuple[DateTimeValue, DateTimeValue | Duration | None]] = []
        self.exdates: list[DateTimeValue] = []
        self.exrule = False
        self.flagged_all_day = False
        self.sequence = 0
        self.warning = ""
        """What its owner should know although it is read."""
        if len(body) > _LARGE and body.count(b"\n") > _MOST_LINES:
            raise InvalidValue(f"It has more than {_MOST_LINES:,} lines.")
        errors: dict[bytes, str] = {}
        for name, rest in _TIMING.findall(body):
            try:
                self._take(name, rest, zones)
            except InvalidValue as error:
                errors.setdefault(name, str(error))
        if errors:
            self._bear(errors)
        if self.start and self.end:
            self.start, self.end = self.start.beside(self.end), self.end.beside(self.start)

    @property
    def changed(self) -> bytes:
        """When it was last changed; the later of two versions has the greater value."""
        return max(_CHANGED.findall(self.body), default=b"")

    @property
    def cancelled(self) -> bool:
        return _CANCELLED.search(self.body) is not None

    def _bear(self, errors: dict[bytes, str]) -> None:
        """Raises the error it can't be read with; the others cost what they are about."""
        if b"RECURRENCE-ID" in errors:
            raise InvalidValue(errors[b"RECURRENCE-ID"])
        if self.recurrence_id is None and b"RRULE" in errors:
            raise InvalidValue(errors[b"RRULE"])
        if b"DTSTART" in errors and not (self.recurrence_id and self.cancelled):
            raise InvalidValue(errors[b"DTSTART"])
        for name in (b"DURATION", b"DTEND"):
            if name in errors:
                self.end_error = errors[name]

    def _take(self, name: bytes, rest: bytes, zones: CalendarZones) -> None:
        """One property; of those that may occur once, only the first counts."""
        if name == b"DTSTART":
            self._take_start(rest, zones)
        elif name == b"DTEND":
            self.end = self.end or _date_time(rest, zones)
        elif name == b"SEQUENCE":
            self.sequence = _number(rest[1:])
        elif name == b"RRULE":
            self._take_rule(rest.partition(b":")[2].strip())
        elif name == b"EXDATE":
            self._take_exdates(rest, zones)
        elif name == b"RDATE":
            self._take_rdates(rest, zones)
        elif name == b"DURATION":
            self.length = duration(rest.rpartition(b":")[2].strip())
        elif name == b"RECURRENCE-ID":
            self._take_recurrence_id(rest, zones)
            self.later = parameter(rest.rpartition(b":")[0], b"RANGE").upper() == b"THISANDFUTURE"
        elif name == b"EXRULE":
            self.exrule = True
        else:
            self.flagged_all_day = rest[1:].strip().upper() == b"TRUE"

    def _take_start(self, rest: bytes, zones: CalendarZones) -> None:
        """A period, which some products write, is a start and an end."""
        if self.start:
            return
        parameters, value = split_time(rest)
        begin, slash, end = value.strip().partition(b"/")
        self.start = zones.date_time(parameters, begin)
        if slash and end[:1] in b"Pp+-":
            self.length = duration(end)
        elif slash:
            self.end = zones.date_time(parameters, end)

    def _take_recurrence_id(self, rest: bytes, zones: CalendarZones) -> None:
        """An empty one, which some products write, is none."""
        if self.recurrence_id is None and split_time(rest)[1].strip():
            self.recurrence_id = _date_time(rest, zones)

    def _take_rule(self, text: bytes) -> None:
        """An empty rule, which some products write, is none."""
        if text:
            self.rules.append(rule(text))

    def _take_exdates(self, rest: bytes, zones: CalendarZones) -> None:
        for parameters, value in _listed(rest, zones):
            try:
                self.exdates.append(zones.date_time(parameters, value))
            except InvalidValue as bad:
                self.warning = f"{bad} So one of its exceptions is left aside."

    def _take_rdates(self, rest: bytes, zones: CalendarZones) -> None:
        for parameters, value in _listed(rest, zones):
            begin, slash, end = value.partition(b"/")
            try:
                start = zones.date_time(parameters, begin)
                if not slash:
                    self.rdates.append((start, None))
                elif end[:1] in b"Pp+-":
                    self.rdates.append((start, duration(end)))
                else:
                    stop = zones.date_time(parameters, end)
                    self.rdates.append((start.beside(stop), stop.beside(start)))
            except InvalidValue as bad:
                self.warning = f"{bad} So one of its further dates is left aside."


def _listed(rest: bytes, zones: CalendarZones) -> Iterator[tuple[bytes, bytes]]:
    """Parameters and each value of a list. Raises Exhausted."""
    parameters, values = split_time(rest)
    zones.charge(values.count(b",") + 1)
    for value in values.split(b","):
        if value.strip():
            yield parameters, value.strip()


def _date_time(rest: bytes, zones: CalendarZones) -> DateTimeValue:
    parameters, value = split_time(rest)
    return zones.date_time(parameters, value.strip())


def _number(text: bytes) -> int:
    try:
        return int(text.strip()[:18])
    except ValueError:
        return 0
