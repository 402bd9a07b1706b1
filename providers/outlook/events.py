"""One item of the calendar view → an occurrence with everything the rules look at."""

from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain.imports.events import Attendee, Event, Kind, Occurrence, PartStat
from providers.json import NotExpected, Object, email, first_text, flag, record, records, several, text
from providers.outlook.envelope import Envelope
from providers.outlook.times import span

_ANSWERS = {
    "accepted": PartStat.ACCEPTED,
    "tentativelyaccepted": PartStat.TENTATIVE,
    "declined": PartStat.DECLINED,
    "notresponded": PartStat.UNANSWERED,
}
"""Of an invited person. `none` is left out: guests don't get to see the answers of other guests."""
_KINDS = {"oof": Kind.OUT_OF_OFFICE, "workingelsewhere": Kind.INFORMATION}
_HOLIDAYS = ("holiday", "holidays")


def occurrence(item: Any, envelope: Envelope, zone: ZoneInfo) -> Occurrence:
    """Whole days are days in `zone`. Raises NotExpected."""
    if not isinstance(item, dict):
        raise NotExpected("It isn’t an object.")
    start, end = span(item, zone)
    return Occurrence(start, end, flag(item, "isAllDay"), _event(item, envelope))


def uid_of(item: Any) -> str:
    """Empty if the item has no id that can be read."""
    return first_text(item, "iCalUId", "seriesMasterId", "id")


def address(recipient: Object) -> str:
    """The address of a Graph `recipient`, `attendee` or `emailAddress`, lower case; empty if it has none."""
    return email(record(recipient, "emailAddress") or recipient, "address")


def _event(item: Object, envelope: Envelope) -> Event:
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
        is_shared=not envelope.is_default,
    )


def _kind(item: Object, envelope: Envelope) -> Kind:
    if envelope.narrow:
        return Kind.BUSY_TIME
    categories = several(item, "categories")
    is_holiday = any(isinstance(each, str) and each.strip().casefold() in _HOLIDAYS for each in categories)
    return Kind.HOLIDAY if is_holiday else Kind.PLAIN


def _invitation(item: Object, envelope: Envelope) -> tuple[str, tuple[Attendee, ...]]:
    """Organiser and attendees, with the calendar's owner under their first address."""
    organizer = address(record(item, "organizer"))
    attendees = [_attendee(each) for each in records(item, "attendees")]
    own = envelope.owner[0] if envelope.owner else ""
    response = _response(item, "responseStatus")
    if response in _ANSWERS:
        # In the list the owner has no answer, may be under any alias, or is hidden with everybody else.
        others = [each for each in attendees if each.address not in envelope.owner]
        return organizer, (*others, Attendee(own, _ANSWERS[response]))
    if own and (response == "organizer" or flag(item, "isOrganizer")):
        organizer = own
    return organizer, tuple(attendees)


def _attendee(item: Object) -> Attendee:
    return Attendee(address(item), _ANSWERS.get(_response(item, "status"), PartStat.UNANSWERED))


def _response(item: Object, key: str) -> str:
    return text(record(item, key), "response").casefold()
