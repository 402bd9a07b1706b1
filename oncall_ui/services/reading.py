"""From credentials to an outcome: fetched on the loop, understood in a worker. Check and import both go this way."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import httpx

from oncall_ui.domain.availability import Outcome, conclude
from oncall_ui.domain.ical import Digest
from oncall_ui.domain.rules import Rules
from oncall_ui.domain.window import Window, days_from
from oncall_ui.services.installation import Installation
from providers.base import Discovery, Interpret, Product

NOWHERE = ZoneInfo("UTC")


def open_client(app: Installation, credentials: Mapping[str, str], seconds: float) -> httpx.AsyncClient:
    """The guarded client, carrying the credentials a provider must not know."""
    user = credentials.get("user")
    auth = (user, credentials.get("password", "")) if user else None
    return app.outbound.client(limits=app.limits(seconds), auth=auth)


async def understand(
    app: Installation,
    product: Product,
    parts: tuple[bytes, ...],
    *,
    window: Window,
    zone: ZoneInfo,
    rules: Rules,
    previous: bytes | None = None,
    counted: Callable[[int], None] | None = None,
) -> Outcome:
    """What fetched content comes to, given the digest the last import left, if it still stands. Raises Unreadable."""
    assert product.interpret is not None  # whatever can be fetched can be interpreted
    return await app.workers.run(
        interpret_and_conclude, product.interpret, parts, window, zone, rules, previous, counted=counted
    )


def interpret_and_conclude(
    interpret: Interpret,
    parts: tuple[bytes, ...],
    window: Window,
    zone: ZoneInfo,
    rules: Rules,
    previous: bytes | None,
    counted: Callable[[int], None],
) -> Outcome:
    """Runs in the worker, so that only what is kept comes back: not one title leaves that process."""
    digest = Digest.from_bytes(previous) if previous else None
    return conclude(interpret(parts, window, zone, digest, counted), rules)


async def sample(app: Installation, product: Product, found: Discovery) -> Discovery:
    """`found`, once its content has proved readable, with the name and zone its calendar gives itself."""
    assert found.content is not None  # the caller asked
    today = days_from(datetime.now(UTC).date(), NOWHERE)
    outcome = await understand(app, product, found.content.parts, window=today, zone=NOWHERE, rules=Rules())
    (calendar,) = found.calendars
    named = replace(calendar, name=calendar.name or outcome.name, zone=calendar.zone or outcome.zone)
    return replace(found, calendars=(named,))
