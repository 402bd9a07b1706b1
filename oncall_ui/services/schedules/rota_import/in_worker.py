"""What a worker does: it finds the shifts in a file, or asks a tool for them through the app.

Nothing here knows the database, the pages or a key.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta

import httpx

from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.schedules.rota_import.ics import read_ics
from oncall_ui.domain.schedules.rota_import.rota import NotARota, Rota
from oncall_ui.domain.schedules.rota_import.spreadsheet import Place, read_csv
from oncall_ui.domain.schedules.rota_import.table import LARGEST
from oncall_ui.services.imports.fetching.remote import RemoteClient
from oncall_ui.worker import Link
from providers.rotas.tool import Ask, ReadTool

BACK, AHEAD = timedelta(days=400), timedelta(days=60)
"""Of a calendar: repeating events have neither a first nor a last shift of their own."""
_BEGINS = b"BEGIN:VCALENDAR"


def read_file(data: bytes, place: Place, counted: Callable[[int], None]) -> Rota:
    """A calendar if it begins like one, else a table. Raises NotARota, and Unreadable for a broken calendar."""
    if len(data) > LARGEST:
        raise NotARota(f"This file is larger than {LARGEST // 1024 // 1024} MB. Import a shorter span.")
    if _BEGINS in data[:4096].upper():
        now = datetime.combine(place.today, time(), UTC)
        window = Window(now - BACK, now + AHEAD)
        return read_ics(data, window, place.zone, place.handoff, place.roles, counted)
    return read_csv(data, place)


def read_tool(read: Callable[[httpx.AsyncClient, Ask], Awaitable[ReadTool]], ask: Ask, link: Link) -> ReadTool:
    """What `read` of a Tool finds. Raises a Failure, and NotARota."""

    async def work() -> ReadTool:
        return await read(RemoteClient(link), ask)

    return link.run(work())
