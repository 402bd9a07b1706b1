"""A small strict Google: signing in, and as much of the Calendar API (v3) as the app asks for, over real HTTP.

    with Google() as google:
        alice = google.account("alice@example.org")
        alice.primary.events = [timed("noc", start, end)]
        google.fail("events", status=403, body=error(403, "rateLimitExceeded"))

Lists come two at a time. Endpoints: `authorize`, `token`, `revoke`, `userinfo`, `calendarList`, `events`, `freeBusy`.
"""

import json
import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.fakes import fields
from tests.fakes.endpoints import Answer, Request, Wrong, json_answer, once
from tests.fakes.google_calendars import Account, Calendar, Item
from tests.fakes.oauth import Asked, AuthorizationServer

_AUTH = "https://www.googleapis.com/auth"
CALENDARS = f"{_AUTH}/calendar.calendarlist.readonly"
EVENTS = f"{_AUTH}/calendar.events.readonly"
FREE_BUSY = f"{_AUTH}/calendar.freebusy"
EMAIL = f"{_AUTH}/userinfo.email"
EVERYTHING = ("openid", EMAIL, CALENDARS, EVENTS, FREE_BUSY)
_API = "/calendar/v3"
_WRITTEN_OUT = {"email": EMAIL}
_PERSON: fields.Tree = {"email": {}, "self": {}, "displayName": {}}
_EVENT: fields.Tree = {
    **{name: {} for name in ("id", "iCalUID", "recurringEventId", "status", "summary", "description", "transparency")},
    **{name: {} for name in ("visibility", "eventType", "etag", "htmlLink", "location")},
    **{name: {"date": {}, "dateTime": {}, "timeZone": {}} for name in ("start", "end")},
    "creator": _PERSON,
    "organizer": _PERSON,
    "attendees": {**_PERSON, "responseStatus": {}},
}
_LIST: fields.Tree = {name: {} for name in ("kind", "etag", "nextPageToken", "summary", "timeZone", "accessRole")}
_ENTRY = ("id", "summary", "summaryOverride", "timeZone", "accessRole", "primary", "deleted")
_KNOWN: dict[str, fields.Tree] = {
    "events": {**_LIST, "items": _EVENT},
    "calendarList": {**_LIST, "items": {name: {} for name in _ENTRY}},
    "calendar": {name: {} for name in _ENTRY},
    "freeBusy": {"kind": {}, "timeMin": {}, "timeMax": {}, "calendars": {}},
}
_LONGEST_QUESTION = timedelta(days=90)


class Google(AuthorizationServer):
    def __init__(self) -> None:
        super().__init__(
            scopes=("openid", "email", CALENDARS, EVENTS, FREE_BUSY),
            authorize_path="/o/oauth2/v2/auth",
            authorization_parameters=("access_type", "include_granted_scopes"),
        )
        self.page_size = 2
        self.has_empty_pages = False
        """Whether an empty page, with a token for the next, comes before each other one."""
        self.is_endless = False
        """Whether every page names another one."""
        self.repeats_last = False
        """Whether the last page names one more, with the same items and so on."""
        self.busy_refusals: dict[str, str] = {}
        """Calendar → reason to refuse its free/busy times inside an answer that is otherwise fine."""
        self.people: dict[str, Account] = {}
        self._consented: dict[str, frozenset[str]] = {}
        self._pages: dict[str, tuple[Mapping[str, str], int]] = {}
        self.api_url, self.userinfo_url, self.revoke_url = self.url(_API), self.url("/v1/userinfo"), self.url("/revoke")
        self.endpoint("revoke", "POST", "/revoke", self._revoke)
        self.endpoint("userinfo", "GET", "/v1/userinfo", self._userinfo)
        self.endpoint("calendarList", "GET", f"{_API}/users/me/calendarList", self._calendar_list)
        self.endpoint("calendar", "GET", f"{_API}/users/me/calendarList/([^/]+)", self._calendar_entry)
        self.endpoint("events", "GET", f"{_API}/calendars/([^/]+)/events", self._events)
        self.endpoint("freeBusy", "POST", f"{_API}/freeBusy", self._free_busy)

    def account(self, email: str, **primary: Any) -> Account:
        """A new account with its primary calendar."""
        account = self.people[email] = Account(email, str(10**20 + len(self.people)))
        account.add(email, email, is_primary=True, **primary)
        self.accounts.append(email)
        return account

    def granted(self, account: str, asked: Asked, allowed: frozenset[str]) -> frozenset[str]:
        scopes = frozenset(_WRITTEN_OUT.get(scope, scope) for scope in allowed)
        if asked.parameters.get("include_granted_scopes") == "true":
            scopes |= self._consented.get(account, frozenset())
        return scopes

    def gives_refresh(self, account: str, asked: Asked, scopes: frozenset[str]) -> bool:
        """Only where a member was asked: the first time, for more than before, or when the client wants it so."""
        before = self._consented.get(account, frozenset())
        self._consented[account] = before | scopes
        was_asked = "consent" in asked.parameters.get("prompt", "").split() or not scopes <= before
        return asked.parameters.get("access_type") == "offline" and was_asked

    def revoke(self, account: str) -> None:
        super().revoke(account)
        self._consented.pop(account, None)

    def _revoke(self, request: Request) -> Answer:
        token = once(request.form, known={"token"}).get("token", "")
        grant = self.known_grant(token)
        if grant is None:
            return json_answer({"error": "invalid_token", "error_description": "Token expired or revoked"}, 400)
        self.revoke(grant.account)
        return json_answer({})

    def _userinfo(self, request: Request) -> Answer:
        once(request.query, known=set())
        account, refusal = self._let_in(request, {"openid", EMAIL})
        if account is None:
            return refusal
        grant = self.bearer(request)
        sees_email = grant is not None and EMAIL in grant.scopes
        return json_answer({"sub": account.subject} | ({"email": account.email} if sees_email else {}))

    def _calendar_list(self, request: Request) -> Answer:
        account, refusal = self._let_in(request, {CALENDARS})
        if account is None:
            return refusal
        query = once(request.query, known={"maxResults", "fields", "pageToken"})
        return self._page(
            query,
            250,
            {"kind": "calendar#calendarList"},
            [each.entry() for each in account.calendars.values() if each.is_listed],
        )

    def _calendar_entry(self, request: Request) -> Answer:
        account, refusal = self._let_in(request, {CALENDARS})
        if account is None:
            return refusal
        query = once(request.query, known={"fields"})
        calendar = _find(account, request.parts[0])
        if calendar is None or not calendar.is_listed:
            return error_answer(404, "notFound")
        return _masked(calendar.entry(), query, "calendar")

    def _events(self, request: Request) -> Answer:
        account, refusal = self._let_in(request, {EVENTS})
        if account is None:
            return refusal
        known = {"singleEvents", "timeMin", "timeMax", "maxResults", "fields", "pageToken"}
        query = once(request.query, known=known)
        if query.get("singleEvents") != "true":
            raise Wrong("this Google hands out single events only")
        begin, end = _moment(query, "timeMin"), _moment(query, "timeMax")
        calendar = _find(account, request.parts[0])
        if calendar is None:
            return error_answer(404, "notFound")
        about = {"kind": "calendar#events", "summary": calendar.summary, "timeZone": calendar.zone}
        return self._page(query, 2500, about | {"accessRole": calendar.role}, calendar.between(begin, end))

    def _free_busy(self, request: Request) -> Answer:
        account, refusal = self._let_in(request, {FREE_BUSY})
        if account is None:
            return refusal
        query = once(request.query, known={"fields"})
        question = json.loads(request.body)
        if request.headers.get("content-type") != "application/json" or set(question) != {
            "timeMin",
            "timeMax",
            "items",
        }:
            raise Wrong("not a question about free and busy time")
        begin, end = _moment(question, "timeMin"), _moment(question, "timeMax")
        if end - begin > _LONGEST_QUESTION:
            raise Wrong("timeRangeTooLong")
        told = {item["id"]: self._busy_of(account, item["id"], begin, end) for item in question["items"]}
        answer = {"kind": "calendar#freeBusy", "timeMin": question["timeMin"], "timeMax": question["timeMax"]}
        return _masked(answer | {"calendars": told}, query, "freeBusy")

    def _busy_of(self, account: Account, calendar_id: str, begin: datetime, end: datetime) -> Item:
        calendar = _find(account, calendar_id)
        reason = self.busy_refusals.get(calendar_id, "" if calendar else "notFound")
        if reason or calendar is None:
            return {"errors": [{"domain": "global", "reason": reason}], "busy": []}
        return {"busy": calendar.busy(begin, end)}

    def _let_in(self, request: Request, scopes: set[str]) -> tuple[Account | None, Answer]:
        """Whose token this is, if it allows one of `scopes`; else what to say."""
        grant = self.bearer(request)
        if grant is None:
            return None, error_answer(401, "authError")
        if not grant.scopes & scopes:
            return None, error_answer(403, "insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT")
        return self.people[grant.account], Answer()

    def _page(self, query: Mapping[str, str], most: int, about: Item, items: list[Item]) -> Answer:
        if not 1 <= int(query.get("maxResults", "250")) <= most:
            raise Wrong("maxResults out of range")
        token = query.get("pageToken", "")
        question = {name: value for name, value in query.items() if name != "pageToken"}
        asked, at = self._pages.get(token, (question, 0))
        if (token and token not in self._pages) or asked != question:
            raise Wrong("a page token that wasn't issued, or was for another query")
        size = 0 if self.has_empty_pages and at % 2 == 0 else self.page_size
        # Positions count in halves, so that an empty page and the full one after it differ.
        begin = at // 2
        page = {**about, "items": items[begin : begin + size]}
        following = at + 1 if size == 0 else 2 * (begin + size)
        if self.repeats_last and following // 2 >= len(items):
            page["nextPageToken"] = secrets.token_hex(8)
            self._pages[page["nextPageToken"]] = (question, at)
        elif self.is_endless or following // 2 < len(items):
            page["nextPageToken"] = secrets.token_hex(8)
            self._pages[page["nextPageToken"]] = (question, following)
        return _masked(page, query, "events" if about["kind"] == "calendar#events" else "calendarList")


def error(status: int, reason: str, detail: str = "") -> Item:
    """The body of a refusal; `detail` is the reason in the newer form."""
    statuses = {401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED"}
    about: Item = {
        "code": status,
        "message": reason,
        "errors": [{"domain": "global", "reason": reason, "message": reason}],
    }
    about |= {"status": statuses[status]} if status in statuses else {}
    kind = "type.googleapis.com/google.rpc.ErrorInfo"
    return {"error": about | ({"details": [{"@type": kind, "reason": detail}]} if detail else {})}


def error_answer(status: int, reason: str, detail: str = "") -> Answer:
    return json_answer(error(status, reason, detail), status)


@pytest.fixture
def google() -> Iterator[Google]:
    """An empty Google: accounts are the test's to make."""
    with Google() as server:
        yield server


def _find(account: Account, calendar_id: str) -> Calendar | None:
    return account.primary if calendar_id == "primary" else account.calendars.get(calendar_id)


def _masked(answer: Item, query: Mapping[str, str], kind: str) -> Answer:
    if not query.get("fields"):
        raise Wrong("asked for everything there is")
    tree = fields.parse(query["fields"])
    fields.check(tree, _KNOWN[kind])
    return json_answer(fields.masked(answer, tree))


def _moment(values: Mapping[str, Any], name: str) -> datetime:
    moment = datetime.fromisoformat(values.get(name, ""))
    if moment.tzinfo is None:
        raise Wrong(f"{name} needs an offset (RFC 3339)")
    return moment
