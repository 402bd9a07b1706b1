"""Pages of events → occurrences inside a window; runs in a worker process. One bad event never costs the calendar."""

from collections.abc import Callable, Iterable, Sequence
from zoneinfo import ZoneInfo

from oncall_ui.domain.events import Answer, Attendee, Event, Kind, Occurrence, Problem, Reading
from oncall_ui.domain.ical import Limits
from oncall_ui.domain.ical.zones.zone_aliases import iana_zone
from oncall_ui.domain.window import Window
from providers.base import Changes, Digest
from providers.google.busy import busy_times
from providers.google.head import BUSY, Head, unreadable
from providers.google.times import NoTime, span
from providers.google.values import NotExpected, Object, address, part, read_object, several, text

_KINDS = {
    "outOfOffice": Kind.OUT_OF_OFFICE,
    "workingLocation": Kind.INFORMATION,
    "birthday": Kind.INFORMATION,
}
_ANSWERS = {"accepted": Answer.ACCEPTED, "tentative": Answer.TENTATIVE, "declined": Answer.DECLINED}
_STEP = 500
_LISTED = Limits().problems


def interpret(
    parts: tuple[bytes, ...],
    window: Window,
    zone: ZoneInfo,
    previous: Digest | None,
    counted: Callable[[int], None],
) -> Changes:
    """`parts`: the head, then each page as it came. Google has expanded the series, so nothing is kept from before."""
    first, *pages = parts
    head = Head.from_bytes(first)
    try:
        contents = [read_object(page) for page in pages]
        if head.kind == BUSY:
            return Changes(_sorted(head, busy_times(contents, window), [], counted))
        items = [item for content in contents for item in several(content.get("items"))]
    except NotExpected:
        raise unreadable() from None
    return Changes(_Pages(head, window, iana_zone(head.zone) or zone, counted).reading(items))


class _Pages:
    def __init__(self, head: Head, window: Window, zone: ZoneInfo, counted: Callable[[int], None]) -> None:
        self._head, self._zone, self._counted = head, zone, counted
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
        return _sorted(self._head, occurrences, self._problems, self._counted, len(items))

    def _occurrence(self, item: object) -> Occurrence | None:
        if not isinstance(item, dict):
            self._skip("", "An entry is no event and was left out.")
            return None
        event = self._event(item)
        try:
            times = span(item, self._zone)
        except NoTime as problem:
            # Of what was deleted Google need not tell more than its id.
            if not event.cancelled:
                self._skip(event.uid, str(problem))
            return None
        touches = times.start < self._end and (times.end > self._begin or times.start >= self._begin)
        return Occurrence(*times, event) if touches else None

    def _event(self, item: Object) -> Event:
        return Event(
            uid=text(item.get("iCalUID")) or text(item.get("recurringEventId")) or text(item.get("id")),
            title=text(item.get("summary")),
            description=text(item.get("description")),
            kind=_KINDS.get(text(item.get("eventType")), Kind.PLAIN),
            cancelled=item.get("status") == "cancelled",
            free=item.get("transparency") == "transparent",
            organizer=self._address(part(item.get("organizer"))),
            attendees=tuple(self._attendee(part(each)) for each in _listed(item.get("attendees"))),
        )

    def _attendee(self, person: Object) -> Attendee:
        return Attendee(self._address(person), _ANSWERS.get(text(person.get("responseStatus")), Answer.UNANSWERED))

    def _address(self, person: Object) -> str:
        """`self` means the calendar; the primary one is the account, whichever of its addresses was written."""
        if self._head.is_primary and self._head.address and person.get("self") is True:
            return self._head.address
        return address(person.get("email"))

    def _skip(self, uid: str, words: str) -> None:
        self._skipped += 1
        if len(self._problems) < _LISTED:
            self._problems.append(Problem(0, uid, words, skipped=True))


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _sorted(
    head: Head,
    occurrences: Iterable[Occurrence],
    problems: list[Problem],
    counted: Callable[[int], None],
    events_read: int | None = None,
) -> Reading:
    found = sorted(occurrences, key=lambda each: (each.start, each.end, each.event.uid))
    events_read = len(found) if events_read is None else events_read
    counted(events_read)
    return Reading(head.name, head.zone, found, problems, events_read)
