"""How Microsoft Graph says each kind of the table."""

from datetime import UTC, datetime, time

from oncall_ui.domain.availability.text import plain
from tests.fakes.graph_events import Json, days, event, guest, invitation, person
from tests.providers.helpers.kinds import ADDED, ALIAS, BOSS, ME, STRANGER, TABLE, Kind, description_of, title_of

UNSAID = {
    Kind.BIRTHDAY: "its birthdays are a calendar of their own, of plain events",
    Kind.FOCUS_TIME: "it books focus time as plain appointments",
}

_AWAY = {"showAs": "oof"}
_ELSEWHERE = {"showAs": "workingElsewhere"}
_FREE = {"showAs": "free"}
_NONE = {"response": "none", "time": "0001-01-01T00:00:00Z"}


def _invited(response: str, **more: object) -> Json:
    """What lies in a guest's calendar beside the times."""
    start, end = TABLE[Kind.OWN].when.times
    told = invitation("", start, end, response)
    return {key: told[key] for key in ("isOrganizer", "organizer", "attendees", "responseStatus")} | more


def _unasked(address: str) -> Json:
    """An invitation to somebody else, as when it was moved here by hand: the owner has no answer of their own."""
    return _invited("none", attendees=[guest(address, "accepted")], responseStatus=_NONE)


_SAID: dict[Kind, Json] = {
    Kind.FREE: _FREE,
    Kind.FREE_WITH_TAG: _FREE,
    Kind.OUT_OF_OFFICE: _AWAY,
    Kind.OUT_OF_OFFICE_FOR_DAYS: _AWAY,
    Kind.HOLIDAY: {"categories": ["Germany", "Holiday"]},
    Kind.HOLIDAY_MARKED_FREE: {"categories": ["Holiday"], **_FREE},
    Kind.WORKING_ELSEWHERE: _ELSEWHERE,
    Kind.WORKING_ELSEWHERE_WITH_TAG: _ELSEWHERE,
    Kind.CANCELLED: {"isCancelled": True},
    Kind.CANCELLED_OUT_OF_OFFICE: {"isCancelled": True, **_AWAY},
    Kind.PRIVATE: {"sensitivity": "private"},
    Kind.CONFIDENTIAL: {"sensitivity": "confidential"},
    Kind.TENTATIVE: {"showAs": "tentative"},
    Kind.ACCEPTED: _invited("accepted"),
    Kind.ACCEPTED_WITHOUT_TAG: _invited("accepted"),
    Kind.ACCEPTED_BY_ALIAS: _invited("accepted", attendees=[guest(ALIAS)]),
    Kind.ACCEPTED_BY_ADDED_ADDRESS: _unasked(ADDED),
    Kind.DECLINED: _invited("declined"),
    Kind.DECLINED_OUT_OF_OFFICE: {**_invited("declined"), **_AWAY},
    Kind.MAYBE: _invited("tentativelyAccepted"),
    Kind.UNANSWERED: _invited("notResponded"),
    Kind.TO_UNKNOWN_ADDRESS: _unasked(STRANGER),
    Kind.ORGANISED: {"organizer": person(ME), "attendees": [guest(BOSS)]},
    Kind.ORGANISED_AND_ALL_DECLINED: {"organizer": person(ME), "attendees": [guest(BOSS, "declined")]},
}


def written(kind: Kind) -> Json | None:
    """An event of the calendar view; None: it can't be said."""
    if kind in UNSAID:
        return None
    when = TABLE[kind].when
    # Asked for as text, which is what a reader sees of it.
    body = {"contentType": "text", "content": plain(description_of(kind))}
    told = {"id": str(kind), "iCalUId": str(kind), "body": body, **_SAID.get(kind, {})}
    if when.days:
        first, end = when.days
        midnight = datetime.combine(first, time(), UTC)
        return days(title_of(kind), midnight, (end - first).days, **told)
    return event(title_of(kind), *when.times, **told)
