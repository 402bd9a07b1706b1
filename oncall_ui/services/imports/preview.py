"""Previews what an import of a calendar would bring, before the member decides. Nothing of it is stored or logged.

Used by the page where a member chooses. It runs the same code as an import and leaves no row and no cursor behind.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.domain.availability.preview import CountingMode, Preview
from oncall_ui.domain.availability.window import Window, days_from
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.errors import NotAllowed
from oncall_ui.models import Calendar, Member, now
from oncall_ui.services.accounts.addresses import add_address, list_addresses, remove_address
from oncall_ui.services.connections.credentials import open_credentials
from oncall_ui.services.connections.views import owned
from oncall_ui.services.imports.fetching.fetch import Source
from oncall_ui.services.imports.fetching.fetch import preview as read_preview
from oncall_ui.services.imports.fetching.in_worker import Question
from oncall_ui.services.imports.rules import load_rules
from oncall_ui.services.one_at_a_time import one_preview

log = structlog.get_logger()

Counted = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class CalendarPreview:
    """What would count within `window`, in each counting mode; for its owner, while they look at it."""

    previews: Mapping[CountingMode, Preview]
    window: Window
    read_at: datetime


@dataclass(frozen=True, slots=True)
class _Request:
    source: Source
    question: Question
    others: frozenset[str]
    """Account emails of other members, which can't belong to this one."""


async def preview(app: App, member_id: int, calendar_id: int, counted: Counted) -> CalendarPreview:
    """Reads the calendar, on or off, in full; `counted` receives the number of events read so far.

    One preview per member at a time, and few in total; a cancelled one makes room at once. Raises NotAllowed unless the
    calendar is the member's, Failure when it can't be read.
    """
    async with one_preview(app, member_id), app.previewing:
        request = await asyncio.to_thread(_request, app, member_id, calendar_id)
        try:
            previews = await read_preview(app, request.source, request.question, request.others, counted)
        except Failure as failure:
            log.info("preview failed", calendar=calendar_id, cause=failure.cause.value, detail=failure.detail)
            raise
    return CalendarPreview(previews, request.question.window, now())


def trust(app: App, member_id: int, address: str) -> None:
    """Adds the address that a preview named to the member's. Raises InvalidInput where it can't be theirs."""
    if address not in list_addresses(app, member_id).everything:
        add_address(app, member_id, address, is_confirmed=True)


def distrust(app: App, member_id: int, address: str) -> None:
    """Takes back `trust`. Does nothing where the address is no longer one the member added."""
    with contextlib.suppress(NotAllowed):
        remove_address(app, member_id, address)


def _request(app: App, member_id: int, calendar_id: int) -> _Request:
    with app.db.read() as session:
        member, calendar = session.get(Member, member_id), session.get(Calendar, calendar_id)
        if member is None or calendar is None:
            raise NotAllowed
        connection = owned(session, member_id, calendar.connection_id)
        product = app.product(connection.product)
        assert product is not None  # products are never removed while connections of them exist
        zone = ZoneInfo(member.zone)
        return _Request(
            source=Source(product, open_credentials(app, connection), calendar.connection_id, connection.account),
            question=Question(
                calendar.remote_id,
                days_from(datetime.now(zone).date(), zone),
                zone,
                load_rules(session, member, connection, calendar),
            ),
            others=frozenset(session.exec(select(Member.email).where(col(Member.id) != member_id))),
        )
