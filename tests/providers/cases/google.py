"""Google Calendar: a fake of its API, with one account, and how it expresses each kind of event."""

import json
from collections.abc import Sequence
from datetime import date, timedelta

import httpx
import pytest

from providers import google
from tests.fakes.google import CALENDARS, EMAIL, EVERYTHING, FREE_BUSY, Google
from tests.fakes.google_calendars import Item, timed
from tests.fakes.google_calendars import days as whole_days
from tests.fakes.oauth import Bearer
from tests.providers.helpers.case import ProductCase, Span
from tests.providers.helpers.kinds import ADDED, ALIAS, BOSS, ME, STRANGER, TABLE, Kind, description_of, title_of

_NARROW = ("openid", EMAIL, CALENDARS, FREE_BUSY)
_UNSAID = {
    Kind.HOLIDAY: "its events have no categories; its holiday lists are calendars of their own",
    Kind.HOLIDAY_MARKED_FREE: "its events have no categories; its holiday lists are calendars of their own",
}

_TEAM = "team@group.calendar.google.com"
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


def _made_by(address: str) -> Item:
    """In a calendar of several people, which is then the organiser."""
    return {"creator": {"email": address}, "organizer": {"email": _TEAM, "displayName": "Team", "self": True}}


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
    Kind.BY_ME: _made_by(ME),
    Kind.BY_ADDED_ADDRESS: _made_by(ADDED),
    Kind.BY_SOMEBODY_ELSE: _made_by(BOSS),
    Kind.SOMEBODY_ELSE_IS_AWAY: {**_made_by(BOSS), **_AWAY},
}


class GoogleCase(ProductCase):
    product = google.PRODUCT
    button = "Connect Google"
    remote_id = ME
    unsaid = _UNSAID

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._google: Google = request.getfixturevalue("google")
        self._account = self._google.account(ME)
        self._sign_in(EVERYTHING)

    @property
    def auth(self) -> httpx.Auth:
        return Bearer(self._token)

    def hold(self, *events: Span) -> None:
        self._account.primary.events = [timed(*each) for each in events]

    def hold_kinds(self, *kinds: Kind) -> None:
        self._account.primary.events = list(map(_written, kinds))

    def hold_kinds_elsewhere(self, *kinds: Kind) -> None:
        self.remote_id = _TEAM
        self._account.add(_TEAM, "Team").events = list(map(_written, kinds))

    def publish_busy_times(self) -> None:
        self._sign_in(_NARROW)
        self.hold_kinds(Kind.PRIVATE, Kind.FREE)

    @staticmethod
    def whole_days(days: Sequence[date], zone: str) -> tuple[bytes, ...]:
        envelope = {"kind": "events", "address": "", "is_primary": True, "zone": zone, "name": "Work"}
        items = [whole_days("Leave", day, day + timedelta(days=1)) for day in days]
        return json.dumps(envelope).encode(), json.dumps({"items": items}).encode()

    def lose_access(self) -> None:
        self._google.revoke(ME)

    def vanish(self) -> None:
        self._account.calendars.clear()

    def be_busy(self, retry_after: timedelta) -> None:
        self._google.fail("events", status=429, retry_after=str(int(retry_after.total_seconds())))

    def break_down(self) -> None:
        for endpoint in ("events", "userinfo"):
            self._google.fail(endpoint, status=503)

    def _sign_in(self, scopes: Sequence[str]) -> None:
        self._token, _ = self._google.grant(ME, *scopes)
        self.credentials = {
            "api_url": self._google.api_url,
            "userinfo_url": self._google.userinfo_url,
            "scope": " ".join(scopes),
            "account": ME,
        }


def _written(kind: Kind) -> Item:
    when = TABLE[kind].when
    told = {"iCalUID": str(kind), "description": description_of(kind), **_SAID.get(kind, {})}
    if when.days:
        return whole_days(title_of(kind), *when.days, **told)
    return timed(title_of(kind), *when.times, **told)
