"""How Google Calendar says each kind of the table."""

from tests.fakes.google_calendars import Item, days, timed
from tests.providers.helpers.kinds import ADDED, ALIAS, BOSS, ME, STRANGER, TABLE, Kind, description_of, title_of

UNSAID = {
    Kind.HOLIDAY: "its events have no categories; its holiday lists are calendars of their own",
    Kind.HOLIDAY_MARKED_FREE: "its events have no categories; its holiday lists are calendars of their own",
}

_AWAY = {"eventType": "outOfOffice"}
_ELSEWHERE = {"eventType": "workingLocation", "transparency": "transparent", "visibility": "public"}
_FREE = {"transparency": "transparent"}
_BOB = {"email": BOSS, "displayName": "Bob"}


def _invited(answer: str, address: str = ME) -> Item:
    guest = {"email": address, "responseStatus": answer} | ({"self": True} if address in (ME, ALIAS) else {})
    return {"organizer": _BOB, "attendees": [{**_BOB, "organizer": True, "responseStatus": "accepted"}, guest]}


def _organised(answer: str) -> Item:
    own = {"email": ME, "self": True}
    guests = [{**own, "organizer": True, "responseStatus": "accepted"}, {**_BOB, "responseStatus": answer}]
    return {"organizer": own, "attendees": guests}


_SAID: dict[Kind, Item] = {
    Kind.FREE: _FREE,
    Kind.FREE_WITH_TAG: _FREE,
    Kind.OUT_OF_OFFICE: _AWAY,
    Kind.OUT_OF_OFFICE_FOR_DAYS: _AWAY,
    Kind.WORKING_ELSEWHERE: _ELSEWHERE,
    Kind.WORKING_ELSEWHERE_WITH_TAG: _ELSEWHERE,
    Kind.BIRTHDAY: {"eventType": "birthday", "visibility": "private", **_FREE},
    Kind.FOCUS_TIME: {"eventType": "focusTime"},
    Kind.CANCELLED: {"status": "cancelled"},
    Kind.CANCELLED_OUT_OF_OFFICE: {"status": "cancelled", **_AWAY},
    Kind.PRIVATE: {"visibility": "private"},
    Kind.CONFIDENTIAL: {"visibility": "confidential"},
    Kind.TENTATIVE: {"status": "tentative"},
    Kind.ACCEPTED: _invited("accepted"),
    Kind.ACCEPTED_WITHOUT_TAG: _invited("accepted"),
    Kind.ACCEPTED_BY_ALIAS: _invited("accepted", ALIAS),
    Kind.ACCEPTED_BY_ADDED_ADDRESS: _invited("accepted", ADDED),
    Kind.DECLINED: _invited("declined"),
    Kind.DECLINED_OUT_OF_OFFICE: {**_invited("declined"), **_AWAY},
    Kind.MAYBE: _invited("tentative"),
    Kind.UNANSWERED: _invited("needsAction"),
    Kind.TO_UNKNOWN_ADDRESS: _invited("accepted", STRANGER),
    Kind.ORGANISED: _organised("needsAction"),
    Kind.ORGANISED_AND_ALL_DECLINED: _organised("declined"),
}


def written(kind: Kind) -> Item | None:
    """An event of the API; None: it can't be said."""
    if kind in UNSAID:
        return None
    when = TABLE[kind].when
    told = {"iCalUID": str(kind), "description": description_of(kind), **_SAID.get(kind, {})}
    if when.days:
        return days(title_of(kind), *when.days, **told)
    return timed(title_of(kind), *when.times, **told)
