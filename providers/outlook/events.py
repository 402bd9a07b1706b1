"""What an event of the calendar view is about: everything the rules look at."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain.imports.events import Answer, Attendee, Event, Kind, Occurrence
from providers.outlook.envelope import Envelope
from providers.outlook.times import span
from providers.outlook.values import Odd, address, flag, record, several, text

_ANSWERS = {
    "accepted": Answer.ACCEPTED,
    "tentativelyaccepted": Answer.TENTATIVE,
    "declined": Answer.DECLINED,
    "notresponded": Answer.UNANSWERED,
}
"""Of an invited person. `organizer` is somebody else, and `none` says nothing: guests are told no other guest's."""
_KINDS = {"oof": Kind.OUT_OF_OFFICE, "workingelsewhere": Kind.INFORMATION}
_HOLIDAYS = ("holiday", "holidays")


def occurrence(item: Any, envelope: Envelope, zone: ZoneInfo) -> Occurrence:
    """One item of the calendar view; its days are days in `zone`. Raises Odd where it can't be read."""
    if not isinstance(item, dict):
        raise Odd("It is no object.")
    start, end = span(item, zone)
    return Occurrence(start, end, flag(item, "isAllDay"), _event(item, envelope))


def uid_of(item: Any) -> str:
    """The first of the event's names that it has; empty where it has none that can be read."""
    for key in ("iCalUId", "seriesMasterId", "id"):
        found = item.get(key) if isinstance(item, dict) else None
        if isinstance(found, str) and found:
            return found
    return ""


def _event(item: Mapping[str, Any], envelope: Envelope) -> Event:
    shown = text(item, "showAs").casefold()
    organizer, attendees = _invitation(item, envelope)
    return Event(
        uid_of(item),
        title=text(item, "subject"),
        description=text(record(item, "body"), "content"),
        kind=_KINDS.get(shown) or _kind(item, envelope),
        cancelled=flag(item, "isCancelled"),
        free=shown == "free",
        organizer=organizer,
        attendees=attendees,
    )


def _kind(item: Mapping[str, Any], envelope: Envelope) -> Kind:
    if envelope.narrow:
        return Kind.BUSY_TIME
    categories = several(item, "categories")
    is_holiday = any(isinstance(each, str) and each.strip().casefold() in _HOLIDAYS for each in categories)
    return Kind.HOLIDAY if is_holiday else Kind.PLAIN


def _invitation(item: Mapping[str, Any], envelope: Envelope) -> tuple[str, tuple[Attendee, ...]]:
    """Who organised it and who was invited, the calendar's owner under their own first address."""
    organizer = address(record(item, "organizer"))
    attendees = [_attendee(each) for each in several(item, "attendees")]
    own = envelope.owner[0] if envelope.owner else ""
    response = _response(item, "responseStatus")
    if response in _ANSWERS:
        # The list has the owner with no answer, under any alias, or hides them with everybody else.
        others = [each for each in attendees if each.address not in envelope.owner]
        return organizer, (*others, Attendee(own, _ANSWERS[response]))
    if own and (response == "organizer" or flag(item, "isOrganizer")):
        organizer = own
    return organizer, tuple(attendees)


def _attendee(item: Any) -> Attendee:
    if not isinstance(item, dict):
        raise Odd("Somebody invited to it is no object.")
    return Attendee(address(item), _ANSWERS.get(_response(item, "status"), Answer.UNANSWERED))


def _response(item: Mapping[str, Any], key: str) -> str:
    return text(record(item, key), "response").casefold()
