"""One Microsoft account: the Provider."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx

from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.ical import Limits
from providers.base import Content, Cursor, Discovery, Progress
from providers.http import too_large
from providers.json import NotExpected, digest
from providers.outlook import discovery
from providers.outlook.discovery import Ownership
from providers.outlook.envelope import Envelope
from providers.outlook.errors import NAME, garbled
from providers.outlook.graph import Graph
from providers.outlook.signing_in import is_narrow

TIMES = "id,iCalUId,seriesMasterId,type,start,end,isAllDay,showAs,isCancelled,responseStatus"
DETAILS = f"{TIMES},subject,body,categories,isOrganizer,organizer,attendees"
OWNER, DEFAULT, ACCOUNT = "owner", "default", "account"
"""Keys of the cursor: the calendar's Ownership, addresses separated by spaces, and the account that asked."""
TOP = 250
"""Events per page. With bodies and hundreds of guests in each, larger pages take a mailbox too long."""
_DAY = timedelta(days=1)
_LARGEST = Limits()


class OutlookAccount:
    """The granted scope decides what it may request; the token is in `client` alone."""

    def __init__(self, client: httpx.AsyncClient, credentials: Mapping[str, str]) -> None:
        self._graph = Graph(client, credentials["api_url"])
        self._own = credentials.get("account", "").strip().lower()
        self._narrow = is_narrow(credentials.get("scope", ""))

    async def discover(self) -> Discovery:
        return await discovery.discover(self._graph)

    async def fetch(self, remote_id: str, window: Window, cursor: Cursor, progress: Progress) -> Content | None:
        """Every occurrence from a day before `window` to a day after: days end at other times in other zones."""
        path = f"/me/calendars/{quote(remote_id, safe='')}"
        whose = await self._ownership(remote_id, cursor)
        envelope = Envelope(whose.owner, self._narrow, whose.is_default).to_bytes()
        query = {
            "startDateTime": f"{window.start - _DAY:%Y-%m-%dT%H:%M:%SZ}",
            "endDateTime": f"{window.end + _DAY:%Y-%m-%dT%H:%M:%SZ}",
            "$select": TIMES if self._narrow else DETAILS,
            "$top": str(TOP),
        }
        parts, digests, size = [envelope], [], 0
        async for page in self._graph.pages(f"{path}/calendarView", query):
            parts.append(page.raw)
            digests += _digests(page.items)
            size += len(page.raw)
            if size > _LARGEST.bytes or len(digests) > _LARGEST.events:
                raise too_large(NAME, f"is larger than {_LARGEST.bytes // 1024**2} MB or {_LARGEST.events:,} events")
            progress(None, len(digests))
        progress(1.0, len(digests))
        # Graph lists events that start at the same time in any order.
        version = hashlib.sha256(envelope + b"".join(sorted(digests))).hexdigest()
        if cursor.get("sha256") == version:
            return None
        known = {OWNER: " ".join(whose.owner), DEFAULT: "yes" if whose.is_default else "", ACCOUNT: self._own}
        return Content(tuple(parts), {"sha256": version, **known})

    async def _ownership(self, remote_id: str, cursor: Cursor) -> Ownership:
        """Looked up again at every full fetch, because a calendar may get another owner."""
        if {OWNER, DEFAULT} <= cursor.keys() and cursor.get(ACCOUNT) == self._own:
            return Ownership(tuple(cursor[OWNER].split()), bool(cursor[DEFAULT]))
        return await discovery.ownership(self._graph, remote_id, self._own)


def _digests(items: list[Any]) -> list[bytes]:
    """One per event, equal for equal events."""
    try:
        return [digest(_lasting(item)) for item in items]
    except NotExpected as error:
        raise garbled(str(error)) from None


def _lasting(item: Any) -> Any:
    """Without OData's annotations, which change with every answer, or when another guest responds."""
    if not isinstance(item, dict):
        return item
    return {key: value for key, value in item.items() if "@odata." not in key}
