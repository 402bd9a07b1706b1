"""Opens an Outlook account as the service does: through the guarded client, with a token."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import days_from
from oncall_ui.domain.imports.events import Occurrence, Reading
from oncall_ui.security.http.client import AllowedHosts, GuardedHttp
from providers.base import Content, Cursor, Provider
from providers.outlook import PRODUCT
from providers.outlook.envelope import Envelope
from tests.fakes.graph import Microsoft
from tests.fakes.oauth import Bearer

ALICE = "alice@contoso.example"
BERLIN = ZoneInfo("Europe/Berlin")
WINDOW = days_from(datetime.now(UTC).date(), BERLIN)
WIDE, NARROW = "User.Read Calendars.Read", "User.Read Calendars.ReadBasic"


@asynccontextmanager
async def opened(microsoft: Microsoft, scope: str = WIDE, *, account: str = ALICE) -> AsyncIterator[Provider]:
    """Alice's account, granted `scope`; `account` is its address as stored."""
    microsoft.mailbox(ALICE)
    token, _ = microsoft.grant(ALICE, *scope.split())
    credentials = {"api_url": microsoft.api_url, "userinfo_url": "", "scope": scope, "account": account}
    async with GuardedHttp(AllowedHosts.parse("127.0.0.1")).client(auth=Bearer(token)) as client:
        yield PRODUCT.open(client, credentials)


async def fetched(
    microsoft: Microsoft,
    remote_id: str = "work",
    cursor: Cursor | None = None,
    *,
    scope: str = WIDE,
    account: str = ALICE,
) -> Content | None:
    async with opened(microsoft, scope, account=account) as provider:
        return await provider.fetch(remote_id, WINDOW, cursor or {}, lambda _share, _events=0: None)


def understood(content: Content | None, zone: ZoneInfo = BERLIN) -> Reading:
    assert content is not None
    return interpreted(*content.parts, zone=zone)


def interpreted(*parts: bytes, zone: ZoneInfo = BERLIN) -> Reading:
    return PRODUCT.interpret(parts, WINDOW, zone, None, lambda _count: None).reading


def read(*items: Any, owner: tuple[str, ...] = (ALICE,), narrow: bool = False, zone: ZoneInfo = BERLIN) -> Reading:
    """Items of one page, as if they had been fetched from the default calendar."""
    head = Envelope(owner, narrow, is_default=True).to_bytes()
    return interpreted(head, json.dumps({"value": items}).encode(), zone=zone)


def only(*items: Any, owner: tuple[str, ...] = (ALICE,), narrow: bool = False, zone: ZoneInfo = BERLIN) -> Occurrence:
    reading = read(*items, owner=owner, narrow=narrow, zone=zone)
    assert reading.problems == []
    (occurrence,) = reading.occurrences
    return occurrence


def titles(content: Content | None) -> list[str]:
    return [each.event.title for each in understood(content).occurrences]
