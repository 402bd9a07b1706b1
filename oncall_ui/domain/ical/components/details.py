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
_THINGS = (b"ROOM", b"RESOURCE")
_TOKEN = re.compile(
    r"\d+_[a-z0-9]{5,}@|[^@]+@imip\.|unknownorganizer@calendar\.google\.com|(?=[^@]*\d)[a-z0-9_-]{24,}@"
)
"""An address that belongs to no one: iCloud writes `2_GEZDGNBV@imip.me.com`."""
_SCHEME = re.compile(rb"(?:^|:)(?:https?|urn|ldap|file|invalid)$", re.IGNORECASE)
_PRIVATE = (b"PRIVATE", b"CONFIDENTIAL")


def event(body: bytes, uid: str, *, cancelled: bool = False) -> Event:
    """The event `body` describes; the first of two equal properties counts, attendees and categories add up.

    BUSYSTATUS decides before TRANSP, since Outlook writes TRANSP:OPAQUE beside any of its states; but what another
    program made transparent is free, although BUSYSTATUS stayed at BUSY.
    """
    once: dict[bytes, bytes] = {}
    attendees = []
    holiday = False
    for name, rest in _DETAILS.findall(body):
        if name == b"ATTENDEE":
            if attendee := _attendee(rest):
                attendees.append(attendee)
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
        free=busy == b"FREE" or (busy in (b"", b"BUSY") and _word(once, b"TRANSP") == b"TRANSPARENT"),
        private=_word(once, b"CLASS") in _PRIVATE,
        organizer=address(once[b"ORGANIZER"]) if b"ORGANIZER" in once else "",
        attendees=tuple(attendees),
    )


def address(rest: bytes) -> str:
    """The email address of an ORGANIZER or ATTENDEE, lower case.

    The EMAIL parameter (RFC 7986 section 6.2) where the value is a token or no address; of a principal's path, the part
    that is an address; else CN where that is one.
    """
    parameters, value = _calendar_address(rest)
    text = unquote(decoded(value)).strip().strip("<>").lower().removeprefix("mailto:").strip()
    if "/" in text:
        text = next((part for part in reversed(text.split("/")) if "@" in part), text)
    if "@" in text and "/" not in text and ":" not in text and not _TOKEN.match(text):
        return text
    for name in (b"EMAIL", b"CN"):
        other = decoded(parameter(parameters, name)).strip().lower().removeprefix("mailto:")
        if "@" in other and " " not in other:
            return other
    return text


def _calendar_address(rest: bytes) -> tuple[bytes, bytes]:
    """Parameters and value, which is an address behind the last colon even where a parameter has one unquoted."""
    head, _, tail = rest.rpartition(b":")
    if b"@" in tail and b'"' not in tail:
        scheme = head.rstrip()
        if scheme[-6:].lower() == b"mailto":
            head = scheme[:-6].rstrip()
            return head.removesuffix(b":"), tail
        if not _SCHEME.search(head):
            return head, tail
    return split(rest)


def _attendee(rest: bytes) -> Attendee | None:
    """None for a room or another thing: nobody is invited by it."""
    parameters, _ = _calendar_address(rest)
    if parameter(parameters, b"CUTYPE").upper() in _THINGS:
        return None
    answer = parameter(parameters, b"PARTSTAT").upper()
    return Attendee(address(rest), _ANSWERS.get(answer, PartStat.UNANSWERED))


def _text(once: dict[bytes, bytes], name: bytes) -> str:
    return text_of(split(once[name])[1]) if name in once else ""


def _word(once: dict[bytes, bytes], name: bytes) -> bytes:
    return split(once[name])[1].strip().upper() if name in once else b""
