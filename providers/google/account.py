"""One Google account: the Provider."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx

from oncall_ui.domain.availability.window import Window
from providers.base import Content, Cursor, Discovery, Progress
from providers.google import discovery, errors
from providers.google.api import Api, Page
from providers.google.envelope import BUSY, EVENTS, Envelope
from providers.google.signing_in import show_events
from providers.json import NotExpected, digest, first_text, record, records

_EVENT = (
    "id,iCalUID,recurringEventId,status,summary,description,start,end,transparency,eventType,"
    "creator(email,self),organizer(email,self),attendees(email,self,responseStatus)"
)
FIELDS = f"nextPageToken,timeZone,summary,accessRole,items({_EVENT})"
"""A partial response: only what the rules look at."""
PRIMARY = "primary"
"""Key of the cursor: whether the calendar is the account's own, empty if not."""
_A_DAY = timedelta(days=1)
_BUSY_SPAN = timedelta(days=60)
"""Per free/busy query: Google refuses more than about three months."""


class GoogleAccount:
    def __init__(self, client: httpx.AsyncClient, credentials: Mapping[str, str]) -> None:
        self._api = Api(client, credentials["api_url"])
        self._userinfo_url = credentials["userinfo_url"]
        self._account = credentials.get("account", "")
        self._sees_events = show_events(credentials.get("scope", ""))

    async def discover(self) -> Discovery:
        found = await discovery.discover(self._api, self._userinfo_url)
        self._account = self._account or found.account
        return found

    async def fetch(self, remote_id: str, window: Window, cursor: Cursor, progress: Progress) -> Content | None:
        """The events that touch the window, or its busy times if the calendar or the grant shows no more."""
        pages = await self._events(remote_id, window, progress) if self._sees_events else None
        is_primary = await self._is_primary(remote_id, cursor)
        envelope = self._envelope(is_primary, pages)
        if pages is None:
            pages = await self._busy(remote_id, window)
        items = [item for page in pages for item in (page.items if envelope.kind == EVENTS else [page.content])]
        try:
            sha256 = _version(envelope, items)
        except NotExpected as error:
            raise errors.garbled(str(error)) from None
        if cursor.get("sha256") == sha256:
            return None
        progress(1.0, len(items))
        return Content(
            (envelope.to_bytes(), *(page.body for page in pages)),
            {"sha256": sha256, PRIMARY: "yes" if is_primary else ""},
        )

    async def _events(self, remote_id: str, window: Window, progress: Progress) -> list[Page] | None:
        """None for a calendar shared as free/busy: Google returns incomplete events for it."""
        query = {
            "singleEvents": "true",
            # The window is in UTC; a day of the calendar may begin or end up to a day away from it.
            "timeMin": _moment(window.start - _A_DAY),
            "timeMax": _moment(window.end + _A_DAY),
            "maxResults": "2500",
            "fields": FIELDS,
        }
        pages: list[Page] = []
        arrived = 0
        async for page in self._api.pages(f"calendars/{quote(remote_id, safe='')}/events", query):
            if page.content.get("accessRole") == "freeBusyReader":
                return None
            pages.append(page)
            arrived += len(page.items)
            progress(None, arrived)
        return pages

    async def _busy(self, remote_id: str, window: Window) -> list[Page]:
        pages = []
        begin = window.start
        while begin < window.end:
            end = min(begin + _BUSY_SPAN, window.end)
            question = {"timeMin": _moment(begin), "timeMax": _moment(end), "items": [{"id": remote_id}]}
            page = await self._api.answer("freeBusy", {"fields": "calendars"}, question)
            _check_busy(page)
            pages.append(page)
            begin = end
        return pages

    async def _is_primary(self, remote_id: str, cursor: Cursor) -> bool:
        """Looked up at every full fetch, so that calendars connected by an earlier version need nothing stored."""
        # Usually the primary calendar's id is the account's address; under an alias only Google knows.
        if remote_id == "primary" or (self._own and remote_id.strip().lower() == self._own):
            return True
        return bool(cursor[PRIMARY]) if PRIMARY in cursor else await discovery.is_primary(self._api, remote_id)

    @property
    def _own(self) -> str:
        """The account's address, lower case; empty while it isn't known."""
        return self._account.strip().lower() if "@" in self._account else ""

    def _envelope(self, is_primary: bool, pages: list[Page] | None) -> Envelope:
        first = pages[0].content if pages else {}
        return Envelope(
            kind=BUSY if pages is None else EVENTS,
            address=self._own,
            is_primary=is_primary,
            zone=first_text(first, "timeZone"),
            name=first_text(first, "summary"),
        )


async def whose(client: httpx.AsyncClient, credentials: Mapping[str, str]) -> str:
    """The account's `Discovery.identity`; empty if Google doesn't say."""
    return await discovery.whose(Api(client, credentials["api_url"]), credentials["userinfo_url"])


def _check_busy(page: Page) -> None:
    """Raises a Failure if the calendar is refused inside an answer that is otherwise fine."""
    try:
        calendars = record(page.content, "calendars")
        (key,) = calendars
        calendar = record(calendars, key)
        refused = records(calendar, "errors")
        records(calendar, "busy")
    except ValueError:  # NotExpected, or not exactly one calendar
        raise errors.garbled("not the free/busy it should be") from None
    if refused:
        raise errors.no_busy_times({first_text(each, "reason") for each in refused})


def _version(envelope: Envelope, items: Iterable[Any]) -> str:
    """Equal for equal items, whatever their order."""
    return hashlib.sha256(envelope.to_bytes() + b"".join(sorted(map(digest, items)))).hexdigest()


def _moment(moment: datetime) -> str:
    """RFC 3339, to the second."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
