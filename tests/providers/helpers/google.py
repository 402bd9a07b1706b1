"""Opens a Google account as the service does: through the guarded client, which sends the token."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import days_from
from oncall_ui.domain.imports.events import Event, Reading
from oncall_ui.security.http.client import AllowedHosts, GuardedHttp
from providers.base import Content, Cursor, Discovery, Provider
from providers.google import PRODUCT
from tests.fakes.google import EVERYTHING, Google
from tests.fakes.oauth import Bearer

ALICE = "alice@example.org"
BERLIN = ZoneInfo("Europe/Berlin")
TODAY = datetime.now(UTC).date()
WINDOW = days_from(TODAY, BERLIN)


@asynccontextmanager
async def opened(
    google: Google, *, scopes: Sequence[str] = EVERYTHING, account: str = ALICE, who: str = ALICE
) -> AsyncIterator[Provider]:
    """`account` is its address as stored, empty while connecting; `who` signed in."""
    access, _ = google.grant(who, *scopes)
    credentials = {"api_url": google.api_url, "userinfo_url": google.userinfo_url, "scope": " ".join(scopes)}
    async with GuardedHttp(AllowedHosts.parse("127.0.0.1")).client(auth=Bearer(access)) as client:
        yield PRODUCT.open(client, credentials | {"account": account})


async def discovered(google: Google, *, scopes: Sequence[str] = EVERYTHING) -> Discovery:
    async with opened(google, scopes=scopes, account="") as provider:
        return await provider.discover()


async def fetched(
    google: Google,
    remote_id: str = ALICE,
    cursor: Cursor | None = None,
    *,
    scopes: Sequence[str] = EVERYTHING,
    account: str = ALICE,
) -> Content | None:
    async with opened(google, scopes=scopes, account=account) as provider:
        return await provider.fetch(remote_id, WINDOW, cursor or {}, lambda _share, _events=0: None)


def understood(content: Content | None, zone: ZoneInfo = BERLIN) -> Reading:
    assert content is not None
    return PRODUCT.interpret(content.parts, WINDOW, zone, None, lambda _count: None).reading


async def read(google: Google, remote_id: str = ALICE, *, scopes: Sequence[str] = EVERYTHING) -> Reading:
    return understood(await fetched(google, remote_id, scopes=scopes))


async def only(google: Google, remote_id: str = ALICE) -> Event:
    (occurrence,) = (await read(google, remote_id)).occurrences
    return occurrence.event


def on(day: int) -> date:
    """A day of the window, which begins with day 0."""
    return TODAY + timedelta(days=day)


def in_days(day: int, hour: int = 0) -> datetime:
    """An hour of such a day, UTC: the same one also when it is tomorrow by now."""
    return datetime.combine(on(day), time(hour), UTC)
