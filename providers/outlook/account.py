"""One Microsoft account, as the rest of the app knows providers."""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx

from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.ical import Limits
from providers.base import Content, Cursor, Discovery, Progress
from providers.outlook import discovery
from providers.outlook.envelope import Envelope
from providers.outlook.errors import garbled, too_large
from providers.outlook.graph import Graph
from providers.outlook.scopes import is_narrow

TIMES = "id,iCalUId,seriesMasterId,type,start,end,isAllDay,showAs,isCancelled,responseStatus"
DETAILS = f"{TIMES},subject,body,categories,isOrganizer,organizer,attendees"
OWNER, ACCOUNT = "owner", "account"
"""Keys of the cursor: whose the calendar is, as addresses with spaces between, and who asked."""
TOP = 250
"""Events in a page: with bodies and hundreds of guests in each, the largest page allowed takes a mailbox too long."""
_DAY = timedelta(days=1)
_LARGEST = Limits()


class OutlookAccount:
    """What it may ask for is in the scope that was granted; who asks, and with which token, only `client` knows."""

    def __init__(self, client: httpx.AsyncClient, credentials: Mapping[str, str]) -> None:
        self._graph = Graph(client, credentials["api_url"])
        self._own = credentials.get("account", "").strip().lower()
        self._narrow = is_narrow(credentials.get("scope", ""))

    async def discover(self) -> Discovery:
        return await discovery.discover(self._graph)

    async def fetch(self, remote_id: str, window: Window, cursor: Cursor, progress: Progress) -> Content | None:
        """Every occurrence from a day before `window` to a day after, since days end elsewhere in other zones."""
        path = f"/me/calendars/{quote(remote_id, safe='')}"
        # Asked anew whenever everything is: a calendar may have been handed on to somebody else.
        is_known = OWNER in cursor and cursor.get(ACCOUNT) == self._own
        owner = cursor[OWNER] if is_known else await discovery.owner_of(self._graph, remote_id, self._own)
        envelope = Envelope(tuple(owner.split()), self._narrow).to_bytes()
        query = {
            "startDateTime": f"{window.start - _DAY:%Y-%m-%dT%H:%M:%SZ}",
            "endDateTime": f"{window.end + _DAY:%Y-%m-%dT%H:%M:%SZ}",
            "$select": TIMES if self._narrow else DETAILS,
            "$top": str(TOP),
        }
        parts, hashes, size = [envelope], [], 0
        async for page in self._graph.pages(f"{path}/calendarView", query):
            parts.append(page.raw)
            hashes += await _hashes(page.items)
            size += len(page.raw)
            if size > _LARGEST.bytes or len(hashes) > _LARGEST.events:
                raise too_large(f"is larger than {_LARGEST.bytes // 1024**2} MB or {_LARGEST.events:,} events")
            progress(None, len(hashes))
        progress(1.0, len(hashes))
        # Graph lists events that start together in any order.
        version = hashlib.sha256(envelope + b"".join(sorted(hashes))).hexdigest()
        if cursor.get("sha256") == version:
            return None
        return Content(tuple(parts), {"sha256": version, OWNER: owner, ACCOUNT: self._own})


async def _hashes(items: list[Any]) -> list[bytes]:
    """One for each event, the same whenever the event is."""
    try:
        return await asyncio.to_thread(lambda: list(map(_hash, items)))
    except RecursionError:
        raise garbled("nested too deeply") from None


def _hash(item: Any) -> bytes:
    if isinstance(item, dict):
        # What OData adds changes with every answer, an event's ETag when somebody else replies to it.
        item = {key: value for key, value in item.items() if "@odata." not in key}
    return hashlib.sha256(json.dumps(item, sort_keys=True).encode()).digest()
