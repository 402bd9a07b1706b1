"""Outlook: a fake of Microsoft Graph, with one mailbox, and how it expresses each kind of event."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import httpx
import pytest

from oncall_ui.domain.availability.text import plain
from providers import outlook
from providers.outlook.envelope import Envelope
from tests.fakes.graph import Calendar, Microsoft
from tests.fakes.graph_events import Json, event, guest, invitation, person
from tests.fakes.graph_events import days as whole_days
from tests.fakes.oauth import Bearer
from tests.providers.helpers.case import ProductCase, Span
from tests.providers.helpers.kinds import ADDED, ALIAS, BOSS, ME, STRANGER, TABLE, Kind, description_of, title_of

_WIDE, _NARROW = "User.Read Calendars.Read", "User.Read Calendars.ReadBasic"
_UNSAID = {
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
    """An invitation to somebody else, moved here from another calendar: the owner has no answer."""
    return _invited("none", attendees=[guest(address, "accepted")], responseStatus=_NONE)


def _made_by(address: str) -> Json:
    return {"organizer": person(address), "isOrganizer": address == BOSS, "responseStatus": _NONE}


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
    Kind.BY_ME: _made_by(ME),
    Kind.BY_ADDED_ADDRESS: _made_by(ADDED),
    Kind.BY_SOMEBODY_ELSE: _made_by(BOSS),
    Kind.SOMEBODY_ELSE_IS_AWAY: {**_made_by(BOSS), **_AWAY},
}


class OutlookCase(ProductCase):
    product = outlook.PRODUCT
    button = "Connect Outlook"
    remote_id = "work"
    unsaid = _UNSAID
    names_zone = False

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._microsoft: Microsoft = request.getfixturevalue("microsoft")
        self._mailbox = self._microsoft.mailbox(ME)
        self._sign_in(_WIDE)

    @property
    def auth(self) -> httpx.Auth:
        return Bearer(self._token)

    def hold(self, *events: Span) -> None:
        self._mailbox.calendars["work"].events = [event(*each) for each in events]

    def hold_kinds(self, *kinds: Kind) -> None:
        self._mailbox.calendars["work"].events = list(map(_written, kinds))

    def hold_kinds_elsewhere(self, *kinds: Kind) -> None:
        self.remote_id = "bob"
        self._mailbox.calendars["bob"] = Calendar("Bob", list(map(_written, kinds)), owner=BOSS)

    def publish_busy_times(self) -> None:
        self._sign_in(_NARROW)
        self.hold_kinds(Kind.PRIVATE, Kind.FREE)

    @staticmethod
    def whole_days(days: Sequence[date], zone: str) -> tuple[bytes, ...]:
        assert not zone, "Graph doesn't say which zone a calendar is in"
        items = [whole_days("Leave", datetime(day.year, day.month, day.day, tzinfo=UTC)) for day in days]
        return Envelope((), narrow=False, is_default=True).to_bytes(), json.dumps({"value": items}).encode()

    def lose_access(self) -> None:
        self._microsoft.revoke(ME)

    def vanish(self) -> None:
        del self._mailbox.calendars["work"]

    def be_busy(self, retry_after: timedelta) -> None:
        seconds = str(int(retry_after.total_seconds()))
        self._microsoft.fail("view", status=429, retry_after=seconds, times=None)

    def break_down(self) -> None:
        for endpoint in ("me", "calendars", "view"):
            self._microsoft.fail(endpoint, status=503, times=None)

    def _sign_in(self, scope: str) -> None:
        self._token, _ = self._microsoft.grant(ME, *scope.split())
        self.credentials = {"api_url": self._microsoft.api_url, "userinfo_url": "", "scope": scope, "account": ME}


def _written(kind: Kind) -> Json:
    when = TABLE[kind].when
    # Asked for as text, which is what a reader sees of it.
    body = {"contentType": "text", "content": plain(description_of(kind))}
    told = {"id": str(kind), "iCalUId": str(kind), "body": body, **_SAID.get(kind, {})}
    if when.days:
        first, end = when.days
        midnight = datetime.combine(first, time(), UTC)
        return whole_days(title_of(kind), midnight, (end - first).days, **told)
    return event(title_of(kind), *when.times, **told)
