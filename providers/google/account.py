"""One Google account, as the rest of the app knows providers."""

import asyncio
import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx

from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater
from providers.base import Content, Cursor, Discovery, Progress
from providers.google import discovery, errors
from providers.google.api import Api, Page
from providers.google.envelope import BUSY, EVENTS, Envelope
from providers.google.scopes import show_events
from providers.google.values import NotExpected, address, part, several, text

_EVENT = (
    "id,iCalUID,recurringEventId,status,summary,description,start,end,transparency,eventType,"
    "organizer(email,self),attendees(email,self,responseStatus)"
)
FIELDS = f"nextPageToken,timeZone,summary,accessRole,items({_EVENT})"
"""The rules look at these and nothing else (partial response)."""
_A_DAY = timedelta(days=1)
_BUSY_SPAN = timedelta(days=60)
"""Asked for at once: Google refuses more than about three months."""


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
        """Everything that touches the window: its events, or its busy times where no more is to be seen."""
        pages = await self._events(remote_id, window, progress) if self._sees_events else None
        envelope = self._envelope(remote_id, pages)
        if pages is None:
            pages = await self._busy(remote_id, window)
        items = [item for page in pages for item in (page.items if envelope.kind == EVENTS else [page.content])]
        sha256 = await asyncio.to_thread(_hash, envelope, items)
        if cursor.get("sha256") == sha256:
            return None
        progress(1.0, len(items))
        return Content((envelope.to_bytes(), *(page.body for page in pages)), {"sha256": sha256})

    async def _events(self, remote_id: str, window: Window, progress: Progress) -> list[Page] | None:
        """None for a calendar shared as free or busy: of its events only parts are handed out."""
        query = {
            "singleEvents": "true",
            # A day of the calendar may begin or end a day away from the window's, which is in UTC.
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

    def _envelope(self, remote_id: str, pages: list[Page] | None) -> Envelope:
        own = address(self._account) if "@" in self._account else ""
        first = pages[0].content if pages else {}
        return Envelope(
            kind=BUSY if pages is None else EVENTS,
            address=own,
            # The primary calendar bears the account's own address as its id.
            is_primary=remote_id == "primary" or (own != "" and address(remote_id) == own),
            zone=text(first.get("timeZone")),
            name=text(first.get("summary")),
        )


def _check_busy(page: Page) -> None:
    """One calendar may be refused inside an answer that is fine. Raises a Failure then."""
    try:
        (calendar,) = part(page.content.get("calendars")).values()
        refused = several(part(calendar).get("errors"))
        several(part(calendar).get("busy"))
    except (NotExpected, ValueError):
        raise errors.garbled("free/busy of another shape") from None
    if refused:
        raise _no_busy({text(part(error).get("reason")) for error in refused})


def _no_busy(reasons: set[str]) -> Failure:
    if "notFound" in reasons:
        return MemberMustAct(Cause.NOT_FOUND, errors.GONE, detail="free/busy: not found")
    sentence = "Google does not tell when this calendar is busy. It is tried again by itself."
    return TryLater(Cause.SERVER_ERROR, sentence, detail="free/busy: refused")


def _hash(envelope: Envelope, items: Iterable[Any]) -> str:
    """The same for the same items, in whichever order and form they came."""
    each = sorted(hashlib.sha256(json.dumps(item, sort_keys=True).encode()).digest() for item in items)
    return hashlib.sha256(envelope.to_bytes() + b"".join(each)).hexdigest()


def _moment(moment: datetime) -> str:
    """RFC 3339 with an offset, to the second."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
