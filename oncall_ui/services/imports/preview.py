"""What an import of a calendar would bring, looked at before anything is decided. Nothing of it is stored or logged.

Used by the page on which one chooses. It goes the way an import goes, and leaves nothing behind: no row, no cursor.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from sqlmodel import col, select

from oncall_ui.app import CHECK_SECONDS, App
from oncall_ui.domain.availability.preview import Forecast, Way, foresee
from oncall_ui.domain.availability.rules import Rules
from oncall_ui.domain.availability.window import Window, days_from
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.errors import NotAllowed
from oncall_ui.models import Calendar, Member, now
from oncall_ui.services.accounts.addresses import add_address, list_addresses
from oncall_ui.services.connections.credentials import open_credentials
from oncall_ui.services.connections.views import owned
from oncall_ui.services.imports.fetch import open_provider
from oncall_ui.services.imports.rules import rules_for
from providers.base import Interpret, Product

log = structlog.get_logger()

Counted = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class CalendarPreview:
    """What would count, by way of counting, within `window`; for its owner, for as long as they look at it."""

    forecasts: Mapping[Way, Forecast]
    window: Window
    read_at: datetime


@dataclass(frozen=True, slots=True)
class _Asked:
    connection_id: int
    account: str
    product: Product
    credentials: Mapping[str, str]
    remote_id: str
    window: Window
    zone: ZoneInfo
    rules: Rules
    others: frozenset[str]
    """Accounts of other members: addresses this one can't have."""


async def preview(app: App, member_id: int, calendar_id: int, counted: Counted) -> CalendarPreview:
    """Reads the calendar, on or off, in full; `counted` hears how many events have arrived.

    One at a time for a member, and few at once for all of them together: whoever is cancelled gives way at once.
    Raises NotAllowed unless it is the member's, Failure when it can't be read.
    """
    async with app.preview_lock(member_id), app.previewing:
        asked = await asyncio.to_thread(_asked, app, member_id, calendar_id)
        try:
            forecasts = await _read(app, asked, counted)
        except Failure as failure:
            log.info("preview failed", calendar=calendar_id, cause=failure.cause.value, detail=failure.detail)
            raise
    return CalendarPreview(forecasts, asked.window, now())


def trust(app: App, member_id: int, address: str) -> None:
    """The member said that the address a preview named is theirs. Raises InvalidInput where it can't be."""
    if address not in list_addresses(app, member_id).everything:
        add_address(app, member_id, address, is_confirmed=True)


async def _read(app: App, asked: _Asked, counted: Counted) -> Mapping[Way, Forecast]:
    def arrived(share: float | None, events: int = 0) -> None:
        counted(events)

    async with open_provider(
        app,
        asked.product,
        asked.credentials,
        CHECK_SECONDS,
        connection_id=asked.connection_id,
        account=asked.account,
    ) as provider:
        content = await provider.fetch(asked.remote_id, asked.window, {}, arrived)
    assert content is not None  # an empty cursor always fetches
    return await app.workers.run(
        interpret_and_foresee,
        asked.product.interpret,
        content.parts,
        asked.window,
        asked.zone,
        asked.rules,
        asked.others,
        counted=counted,
    )


def interpret_and_foresee(
    interpret: Interpret,
    parts: tuple[bytes, ...],
    window: Window,
    zone: ZoneInfo,
    rules: Rules,
    others: frozenset[str],
    counted: Counted,
) -> dict[Way, Forecast]:
    """Runs in the worker. The few titles a preview shows are all that leaves it."""
    return foresee(interpret(parts, window, zone, None, counted).reading, rules, others)


def _asked(app: App, member_id: int, calendar_id: int) -> _Asked:
    with app.db.read() as session:
        member, calendar = session.get(Member, member_id), session.get(Calendar, calendar_id)
        if member is None or calendar is None:
            raise NotAllowed
        connection = owned(session, member_id, calendar.connection_id)
        product = app.product(connection.product)
        assert product is not None  # products are never removed while connections of them exist
        zone = ZoneInfo(member.zone)
        return _Asked(
            connection_id=calendar.connection_id,
            account=connection.account,
            product=product,
            credentials=open_credentials(app, connection),
            remote_id=calendar.remote_id,
            window=days_from(datetime.now(zone).date(), zone),
            zone=zone,
            rules=rules_for(session, member, connection, calendar),
            others=frozenset(session.exec(select(Member.email).where(col(Member.id) != member_id))),
        )
