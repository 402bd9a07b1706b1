"""Pages of events → occurrences inside a window. Runs in a worker process; an unreadable event costs only itself."""

from collections.abc import Callable, Iterable, Sequence
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.ical import Limits
from oncall_ui.domain.ical.zones.zone_aliases import iana_zone
from oncall_ui.domain.imports.events import Attendee, Event, Kind, Occurrence, PartStat, Problem, Reading
from providers.base import Changes, Digest
from providers.google.busy import busy_times
from providers.google.envelope import BUSY, Envelope, unreadable
from providers.google.times import span
from providers.json import NotExpected, Object, email, first_text, flag, read_object, record, records, several, text

_KINDS = {
    "outOfOffice": Kind.OUT_OF_OFFICE,
    "workingLocation": Kind.INFORMATION,
    "birthday": Kind.INFORMATION,
}
_ANSWERS = {"accepted": PartStat.ACCEPTED, "tentative": PartStat.TENTATIVE, "declined": PartStat.DECLINED}
_STEP = 500
_LISTED = Limits().problems


def interpret(
    parts: tuple[bytes, ...],
    window: Window,
    zone: ZoneInfo,
    previous: Digest | None,
    counted: Callable[[int], None],
) -> Changes:
    """`parts`: the envelope, then the pages as fetched. Google has expanded the series, so `previous` isn't needed."""
    first, *pages = parts
    envelope = Envelope.from_bytes(first)
    try:
        contents = [read_object(page) for page in pages]
        if envelope.kind == BUSY:
            return Changes(
                _sorted(envelope, busy_times(contents, window, is_shared=not envelope.is_primary), [], counted)
            )
        items = [item for content in contents for item in several(content, "items")]
    except NotExpected:
        raise unreadable() from None
    return Changes(_Pages(envelope, window, iana_zone(envelope.zone) or zone, counted).reading(items))


class _Pages:
    def __init__(self, envelope: Envelope, window: Window, zone: ZoneInfo, counted: Callable[[int], None]) -> None:
        self._envelope, self._zone, self._counted = envelope, zone, counted
        self._begin, self._end = int(window.start.timestamp()), int(window.end.timestamp())
        self._problems: list[Problem] = []
        self._skipped = 0

    def reading(self, items: Sequence[object]) -> Reading:
        occurrences = []
        for number, item in enumerate(items, 1):
            if (found := self._occurrence(item)) is not None:
                occurrences.append(found)
            if number % _STEP == 0:
                self._counted(number)
        if more := self._skipped - len(self._problems):
            self._problems.append(
                Problem(0, "", f"{more:,} more events can’t be read and were left out.", skipped=True)
            )
        return _sorted(self._envelope, occurrences, self._problems, self._counted, len(items))

    def _occurrence(self, item: object) -> Occurrence | None:
        try:
            if not isinstance(item, dict):
                raise NotExpected("It isn’t an object.")
            if text(item, "status") == "cancelled" and not item.get("start"):
                return None  # of a deleted event Google need not send more than its id
            times, event = span(item, self._zone), self._event(item)
        except NotExpected as problem:
            self._skip(_uid(item), str(problem))
            return None
        touches = times.start < self._end and (times.end > self._begin or times.start >= self._begin)
        return Occurrence(*times, event) if touches else None

    def _event(self, item: Object) -> Event:
        return Event(
            uid=_uid(item),
            title=text(item, "summary"),
            description=text(item, "description"),
            kind=_KINDS.get(text(item, "eventType"), Kind.PLAIN),
            cancelled=text(item, "status") == "cancelled",
            free=text(item, "transparency") == "transparent",
            organizer=self._address(record(item, "organizer")),
            attendees=tuple(map(self._attendee, records(item, "attendees"))),
            creator=self._address(record(item, "creator")),
            is_shared=not self._envelope.is_primary,
        )

    def _attendee(self, person: Object) -> Attendee:
        return Attendee(self._address(person), _ANSWERS.get(text(person, "responseStatus"), PartStat.UNANSWERED))

    def _address(self, person: Object) -> str:
        """`self` means the calendar. On the primary one that is the account, whichever of its aliases was invited."""
        if self._envelope.is_primary and self._envelope.address and flag(person, "self"):
            return self._envelope.address
        return email(person, "email")

    def _skip(self, uid: str, why: str) -> None:
        self._skipped += 1
        if len(self._problems) < _LISTED:
            self._problems.append(Problem(0, uid, f"{why} The event was left out.", skipped=True))


def _uid(item: object) -> str:
    return first_text(item, "iCalUID", "recurringEventId", "id")


def _sorted(
    envelope: Envelope,
    occurrences: Iterable[Occurrence],
    problems: list[Problem],
    counted: Callable[[int], None],
    events_read: int | None = None,
) -> Reading:
    found = sorted(occurrences, key=lambda each: (each.start, each.end, each.event.uid))
    events_read = len(found) if events_read is None else events_read
    counted(events_read)
    return Reading(envelope.name, envelope.zone, found, problems, events_read)
