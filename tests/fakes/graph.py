"""A small strict Microsoft: Entra ID's endpoints for signing in, and Graph's for calendars.

    with Microsoft(redirects=["http://localhost:8080/oauth/microsoft/callback"]) as microsoft:
        mailbox = microsoft.mailbox("alice@contoso.example")
        mailbox.calendars["work"] = Calendar("Work", events=[event("Lunch", start, end)])

A request Graph would refuse for its form fails the test, and so does a fifth one at once. Every answer has other ETags.
"""

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.fakes.endpoints import Answer, Request, Wrong, json_answer, once
from tests.fakes.oauth import Asked, AuthorizationServer, Grant

TENANT = "/common/oauth2/v2.0"
SCOPES = ("openid", "email", "profile", "offline_access", "User.Read", "Calendars.Read", "Calendars.ReadBasic")
RESOURCE = "https://graph.microsoft.com/"
PREFERENCES = {'outlook.timezone="UTC"', 'IdType="ImmutableId"', 'outlook.body-content-type="text"'}
AT_ONCE = 4
ME = {"id", "displayName", "mail", "userPrincipalName"}
CALENDAR = {"id", "name", "isDefaultCalendar", "owner", "canShare", "color"}
BASIC = {
    *("id", "iCalUId", "seriesMasterId", "type", "subject", "start", "end", "isAllDay", "showAs", "sensitivity"),
    *("isCancelled", "isOrganizer", "organizer", "attendees", "responseStatus", "categories"),
}
"""What `Calendars.ReadBasic` opens of an event."""
EVENT = BASIC | {"body", "bodyPreview"}
Json = dict[str, Any]


@dataclass
class Calendar:
    """`events` are as Graph gives them: see tests.fakes.graph_events. `owner` is an address, or empty."""

    name: str
    events: list[Any] = field(default_factory=list)
    owner: str = ""
    is_default: bool = False


@dataclass
class Mailbox:
    """What is behind one account. Without `has_rest` Graph finds no mailbox, as with an account without a licence."""

    id: str
    mail: str | None
    upn: str
    calendars: dict[str, Calendar]
    has_rest: bool = True


class Microsoft(AuthorizationServer):
    """Endpoints `me`, `calendars` and `view` beside those for signing in."""

    def __init__(self, *, redirects: Iterable[str] = ()) -> None:
        super().__init__(
            redirects=redirects,
            scopes=[*SCOPES, *(f"{RESOURCE}{scope}" for scope in SCOPES)],
            authorize_path=f"{TENANT}/authorize",
            token_path=f"{TENANT}/token",
            authorization_parameters=["response_mode", "domain_hint"],
            token_parameters=["scope"],
        )
        self.rotates = True
        self.mailboxes: dict[str, Mailbox] = {}
        self.page_size = 2
        self.link: Callable[[str], str] = lambda link: link
        """What becomes of the address of a next page."""
        self.repeats: Callable[[int], str] | None = None
        """What marks the link in the last page, which leads to that page again; it gets the number of the answer."""
        self.empty_pages = 0
        """How many pages without an event come first."""
        self.writes_full_scopes = False
        self._consented: dict[str, frozenset[str]] = {}
        self._answers = itertools.count()
        self.api_url = self.url("/v1.0")
        for name, path, respond in (
            ("me", "/v1.0/me", self._me),
            ("calendars", "/v1.0/me/calendars", self._calendars),
            ("view", "/v1.0/me/calendars/([^/]+)/calendarView", self._view),
        ):
            self.endpoint(name, "GET", path, self._guarded(respond))

    def mailbox(self, address: str) -> Mailbox:
        """The account's, made when it isn't there: with a default calendar, `work`, and nothing in it."""
        if address not in self.mailboxes:
            work = Calendar("Calendar", owner=address, is_default=True)
            number = f"00000000-0000-0000-0000-{len(self.mailboxes):012}"
            self.mailboxes[address] = Mailbox(number, address, address, {"work": work})
            self.accounts.append(address)
        return self.mailboxes[address]

    def granted(self, account: str, asked: Asked, allowed: frozenset[str]) -> frozenset[str]:
        """Everything the account ever allowed comes along again, whatever is asked for this time."""
        bare = frozenset(scope.removeprefix(RESOURCE) for scope in allowed)
        self._consented[account] = self._consented.get(account, frozenset()) | bare
        return self._consented[account] - {"offline_access"}

    def gives_refresh(self, account: str, asked: Asked, scopes: frozenset[str]) -> bool:
        return any(scope.removeprefix(RESOURCE) == "offline_access" for scope in asked.scopes)

    def token_extras(self, grant: Grant, asked: Asked | None) -> dict[str, Any]:
        extras: dict[str, Any] = {"ext_expires_in": self.access_seconds}
        if self.writes_full_scopes:
            extras["scope"] = " ".join(
                f"{RESOURCE}{scope}" if "." in scope else scope for scope in sorted(grant.scopes)
            )
        return extras

    def _guarded(self, respond: Callable[[Request, Mailbox, Grant], Answer]) -> Callable[[Request], Answer]:
        def guarded(request: Request) -> Answer:
            if self._under_way() > AT_ONCE:
                self.complaints.append(f"{self._under_way()} requests at once")
                return _error(429, "ApplicationThrottled", {"Retry-After": "1"})
            grant = self.bearer(request)
            if grant is None:
                return _error(401, "InvalidAuthenticationToken")
            return respond(request, self.mailbox(grant.account), grant)

        return guarded

    def _under_way(self) -> int:
        return sum(self._busy[name] for name in ("me", "calendars", "view"))

    def _me(self, request: Request, mailbox: Mailbox, grant: Grant) -> Answer:
        select, _ = _options(request, ME)
        if "User.Read" not in grant.scopes:
            return _error(403, "Authorization_RequestDenied")
        me = {"id": mailbox.id, "displayName": "Somebody", "mail": mailbox.mail, "userPrincipalName": mailbox.upn}
        return json_answer({"@odata.context": f"{self.api_url}/$metadata#users/$entity", **_selected(me, select)})

    def _calendars(self, request: Request, mailbox: Mailbox, grant: Grant) -> Answer:
        select, values = _options(request, CALENDAR, "$top", "$skip", "$skiptoken")
        if refused := self._refused(mailbox, grant):
            return refused
        listed = [self._with_etag(_selected(self._described(key, mailbox), select)) for key in mailbox.calendars]
        return self._page(request, values, listed)

    def _view(self, request: Request, mailbox: Mailbox, grant: Grant) -> Answer:
        select, values = _options(request, EVENT, "startDateTime", "endDateTime", "$top", "$skip", "$skiptoken")
        begin, end = (_bound(values, name) for name in ("startDateTime", "endDateTime"))
        if missing := PREFERENCES - {each.strip() for each in request.headers.get("prefer", "").split(",")}:
            raise Wrong(f"without Prefer: {', '.join(sorted(missing))}")
        if not 1 <= int(values.get("$top", "10")) <= 1000:
            raise Wrong("$top is 1 to 1000")
        if refused := self._refused(mailbox, grant, request.parts[0]):
            return refused
        if not select <= BASIC and "Calendars.Read" not in grant.scopes:
            return _error(403, "ErrorAccessDenied")
        events = mailbox.calendars[request.parts[0]].events
        shown = [self._shown(each, select) for each in events if _touches(each, begin, end)]
        return self._page(request, values, shown)

    def _refused(self, mailbox: Mailbox, grant: Grant, calendar: str | None = None) -> Answer | None:
        if not grant.scopes & {"Calendars.Read", "Calendars.ReadBasic"}:
            return _error(403, "ErrorAccessDenied")
        if not mailbox.has_rest:
            return _error(404, "MailboxNotEnabledForRESTAPI")
        if calendar is not None and calendar not in mailbox.calendars:
            return _error(404, "ErrorItemNotFound")
        return None

    def _described(self, key: str, mailbox: Mailbox) -> Json:
        calendar = mailbox.calendars[key]
        owner = {"name": "Somebody", "address": calendar.owner} if calendar.owner else None
        fixed = {"canShare": True, "color": "auto"}
        return {"id": key, "name": calendar.name, "isDefaultCalendar": calendar.is_default, "owner": owner, **fixed}

    def _shown(self, event: Any, select: set[str]) -> Any:
        return self._with_etag(_selected(event, select)) if isinstance(event, dict) else event

    def _with_etag(self, item: Json) -> Json:
        return {"@odata.etag": f'W/"{next(self._answers)}"', **item}

    def _page(self, request: Request, values: Mapping[str, str], items: list[Any]) -> Answer:
        """`$skip` counts empty pages as if they held one item each."""
        size = min(self.page_size, int(values.get("$top", "10")))
        begin = int(values.get("$skip", "0"))
        items = [None] * self.empty_pages + items
        end = begin + 1 if begin < self.empty_pages else begin + size
        page: Json = {"@odata.context": "…", "value": [] if begin < self.empty_pages else items[begin:end]}
        if end < len(items) or self.repeats:
            token = self.repeats(next(self._answers)) if self.repeats and end >= len(items) else ""
            skip = {"$skip": str(end if end < len(items) else begin)} | ({"$skiptoken": token} if token else {})
            query = urlencode({**values, **skip}, safe="$,:")
            page["@odata.nextLink"] = self.link(f"{self.url(request.path)}?{query}")
        return json_answer(page)


@pytest.fixture
def microsoft() -> Iterator[Microsoft]:
    """No account yet; a request that no client should send fails the test."""
    with Microsoft(redirects=["http://localhost:8080/oauth/microsoft/callback"]) as server:
        yield server


def _options(request: Request, known: set[str], *others: str) -> tuple[set[str], dict[str, str]]:
    """What is selected, and every query option. Raises Wrong for what Graph doesn't know."""
    values = once(request.query, known={"$select", *others})
    select = {each for each in values.get("$select", "").split(",") if each}
    if not select:
        raise Wrong("nothing selected: more is asked for than needed")
    if strange := select - known:
        raise Wrong(f"unknown properties: {', '.join(sorted(strange))}")
    return select, values


def _selected(item: Json, select: set[str]) -> Json:
    return {key: value for key, value in item.items() if key in select}


def _bound(values: Mapping[str, str], name: str) -> datetime:
    if not values.get(name, "").endswith("Z"):
        raise Wrong(f"{name} is missing or not in UTC")
    return datetime.fromisoformat(values[name])


def _touches(event: Any, begin: datetime, end: datetime) -> bool:
    """Events without readable times are listed."""
    try:
        first, last = (
            datetime.fromisoformat(event[key]["dateTime"].rstrip("Z")).replace(tzinfo=UTC) for key in ("start", "end")
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return True
    return first < end and last > begin


def _error(status: int, code: str, headers: Mapping[str, str] | None = None) -> Answer:
    message = "The words of it may quote an id: AAMkAGI2."
    inner = {"date": "2026-11-02T08:00:00", "request-id": "0", "client-request-id": "0"}
    return json_answer({"error": {"code": code, "message": message, "innerError": inner}}, status, headers)


def error(code: str) -> Json:
    """A body of Graph's for `fail`."""
    found: Json = json.loads(_error(400, code).body)
    return found
