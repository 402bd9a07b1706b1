"""Opens a CalDAV account as the service does: through the guarded client, with a password."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import days_from
from oncall_ui.domain.imports.events import Reading
from oncall_ui.security.http.client import AllowedHosts, GuardedHttp
from providers.base import Content, Cursor, Provider
from providers.caldav import PRODUCT
from tests.fakes.radicale import PASSWORD
from tests.security.http.certificates import trusting
from tests.security.http.servers import here

BERLIN = ZoneInfo("Europe/Berlin")
WINDOW = days_from(datetime.now(UTC).date(), BERLIN)
HOSTS = "127.0.0.1, cloud.test, other.test, caldav.icloud.com, p42-caldav.icloud.com"


@asynccontextmanager
async def opened(url: str, *, user: str = "alice", password: str = PASSWORD) -> AsyncIterator[Provider]:
    """Every host name is this machine, and the tests' certificate authority is trusted."""
    outbound = GuardedHttp(AllowedHosts.parse(HOSTS), resolve=here, trust=trusting())
    async with outbound.client(auth=(user, password)) as client:
        yield PRODUCT.open(client, {"url": url, "user": user, "password": password})


async def fetched(url: str, remote_id: str, cursor: Cursor | None = None) -> Content | None:
    async with opened(url) as provider:
        return await provider.fetch(remote_id, WINDOW, cursor or {}, lambda _share, _events=0: None)


def understood(content: Content | None) -> Reading:
    assert content is not None
    return PRODUCT.interpret(content.parts, WINDOW, BERLIN, None, lambda _count: None).reading


def titles(content: Content | None) -> list[str]:
    return [each.event.title for each in understood(content).occurrences]
