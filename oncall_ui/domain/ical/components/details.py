"""What an event is about: everything the rules look at."""

import re
from urllib.parse import unquote

from oncall_ui.domain.ical.parsing.content_line import parameter, split
from oncall_ui.domain.ical.parsing.values import decoded, text_of
from oncall_ui.domain.imports.events import Attendee, Event, Kind, PartStat

_DETAILS = re.compile(
    rb"\n(SUMMARY|DESCRIPTION|STATUS|TRANSP|CLASS|CATEGORIES|ORGANIZER|ATTENDEE|X-MICROSOFT-CDO-BUSYSTATUS)"
    rb"([;:][^\n]*)"
)
_ANSWERS = {b"ACCEPTED": PartStat.ACCEPTED, b"TENTATIVE": PartStat.TENTATIVE, b"DECLINED": PartStat.DECLINED}
_KINDS = {b"OOF": Kind.OUT_OF_OFFICE, b"WORKINGELSEWHERE": Kind.INFORMATION}
_HOLIDAY = re.compile(rb"(?:^|,)\s*holidays?\s*(?:,|$)", re.IGNORECASE)
_PRIVATE = (b"PRIVATE", b"CONFIDENTIAL")


def event(body: bytes, uid: str, *, cancelled: bool = False) -> Event:
    """The event `body` describes; the first of two equal properties counts, attendees and categories add up.

    BUSYSTATUS decides before TRANSP: Outlook writes TRANSP:OPAQUE beside any of its states.
    """
    once: dict[bytes, bytes] = {}
    attendees = []
    holiday = False
    for name, rest in _DETAILS.findall(body):
        if name == b"ATTENDEE":
            attendees.append(_attendee(rest))
        elif name == b"CATEGORIES":
            holiday = holiday or _HOLIDAY.search(split(rest)[1]) is not None
        else:
            once.setdefault(name, rest)
    busy = _word(once, b"X-MICROSOFT-CDO-BUSYSTATUS")
    return Event(
        uid,
        title=_text(once, b"SUMMARY"),
        description=_text(once, b"DESCRIPTION"),
        kind=_KINDS.get(busy) or (Kind.HOLIDAY if holiday else Kind.PLAIN),
        cancelled=cancelled or _word(once, b"STATUS") in (b"CANCELLED", b"CANCELED"),
        free=busy == b"FREE" if busy else _word(once, b"TRANSP") == b"TRANSPARENT",
        private=_word(once, b"CLASS") in _PRIVATE,
        organizer=address(once[b"ORGANIZER"]) if b"ORGANIZER" in once else "",
        attendees=tuple(attendees),
    )


def address(rest: bytes) -> str:
    """The e-mail address of an ORGANIZER or ATTENDEE, lower case; the EMAIL parameter where the value holds none."""
    parameters, value = split(rest)
    value = value.strip()
    if value[:7].lower() == b"mailto:":
        value = value[7:]
    elif b"@" not in value or b":" in value:
        value = parameter(parameters, b"EMAIL") or value
    text = decoded(value).strip().lower().removeprefix("mailto:")
    return unquote(text) if "%" in text else text


def _attendee(rest: bytes) -> Attendee:
    answer = parameter(split(rest)[0], b"PARTSTAT").upper()
    return Attendee(address(rest), _ANSWERS.get(answer, PartStat.UNANSWERED))


def _text(once: dict[bytes, bytes], name: bytes) -> str:
    return text_of(split(once[name])[1]) if name in once else ""


def _word(once: dict[bytes, bytes], name: bytes) -> bytes:
    return split(once[name])[1].strip().upper() if name in once else b""
