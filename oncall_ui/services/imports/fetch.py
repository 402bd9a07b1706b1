"""From credentials to an outcome: fetched on the event loop, parsed in a worker. For checks and imports alike."""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from oncall_ui.app import App
from oncall_ui.domain.availability.evaluate import Outcome, evaluate
from oncall_ui.domain.availability.rules import Rules
from oncall_ui.domain.availability.window import Window, days_from
from oncall_ui.domain.ical import Digest, read_changes
from oncall_ui.security.oauth import Bearer
from oncall_ui.services.connections.oauth_tokens import access_token
from providers.base import Discovery, Interpret, Product, Provider

NOWHERE = ZoneInfo("UTC")
_REHEARSED = b"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:rehearsal
BEGIN:VEVENT
UID:rehearsal
DTSTAMP:20260101T000000Z
DTSTART;TZID=Europe/Berlin:20260105T100000
DTEND;TZID=Europe/Berlin:20260105T110000
RRULE:FREQ=WEEKLY;BYDAY=MO
SUMMARY:rehearsal
END:VEVENT
END:VCALENDAR
""".replace(b"\n", b"\r\n")


@contextlib.asynccontextmanager
async def open_provider(
    app: App,
    product: Product,
    credentials: Mapping[str, str],
    seconds: float,
    *,
    connection_id: int | None = None,
    account: str = "",
) -> AsyncIterator[Provider]:
    """The provider over a guarded client that carries what the provider must not know.

    Without a `connection_id` nothing is stored yet: an access token among the credentials is used as it is.
    """
    limits = app.limits(seconds)
    authority = app.oauth_client(product)
    if authority is None:
        async with app.http.client(limits=limits, auth=product.login(credentials)) as client:
            yield product.open(client, credentials)
        return

    async def token(stale: str) -> str:
        if connection_id is None:
            return credentials["access_token"]
        return await access_token(app, product, connection_id, stale)

    settings = {
        "api_url": authority.api_url,
        "userinfo_url": authority.userinfo_url,
        "scope": credentials["scope"],
        "account": account,
    }
    bearer = Bearer(authority, token)
    async with app.operator_http.client(limits=limits, auth=bearer, concurrency=app.concurrency_of(product)) as client:
        yield product.open(client, settings)


async def understand(
    app: App,
    product: Product,
    parts: tuple[bytes, ...],
    *,
    window: Window,
    zone: ZoneInfo,
    rules: Rules,
    previous: bytes | None = None,
    counted: Callable[[int], None] | None = None,
) -> Outcome:
    """The availability in fetched content; `previous` is the last import's digest, if valid. Raises Unreadable."""
    return await app.workers.run(
        interpret_and_evaluate, product.interpret, parts, window, zone, rules, previous, counted=counted
    )


def interpret_and_evaluate(
    interpret: Interpret,
    parts: tuple[bytes, ...],
    window: Window,
    zone: ZoneInfo,
    rules: Rules,
    previous: bytes | None,
    counted: Callable[[int], None],
) -> Outcome:
    """Runs in the worker, so that only what is stored comes back: no title leaves that process."""
    digest = Digest.from_bytes(previous) if previous else None
    return evaluate(interpret(parts, window, zone, digest, counted), rules)


def rehearse() -> None:
    """Reads a calendar of one series: what that imports, compiles and caches, all workers share from then on."""
    window = days_from(datetime.now(UTC).date(), NOWHERE)
    evaluate(read_changes(_REHEARSED, window, None, default_zone=NOWHERE), Rules())


async def sample(app: App, product: Product, found: Discovery) -> Discovery:
    """`found`, once its content has proved readable, with the name and zone its calendar gives itself."""
    assert found.content is not None  # the caller asked
    today = days_from(datetime.now(UTC).date(), NOWHERE)
    outcome = await understand(app, product, found.content.parts, window=today, zone=NOWHERE, rules=Rules())
    (calendar,) = found.calendars
    named = replace(calendar, name=calendar.name or outcome.name, zone=calendar.zone or outcome.zone)
    return replace(found, calendars=(named,))
