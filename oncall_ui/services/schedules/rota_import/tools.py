"""Reads who was on call from another tool, for a manager who typed its API key. The key is used once and not stored."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import structlog

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.domain.schedules.rota_import.rota import NotARota, Rota, RotaSource
from oncall_ui.domain.schedules.rota_import.rotations import RulesFound, rules_of_rotations, zone_of_rotations
from oncall_ui.domain.schedules.rota_import.spreadsheet import Place
from oncall_ui.errors import InvalidInput
from oncall_ui.models import now
from oncall_ui.services.imports.fetching.requests import Requests
from oncall_ui.services.one_at_a_time import one_preview
from oncall_ui.services.schedules.rota_import import in_worker
from oncall_ui.services.schedules.rota_import.reading import AHEAD, BACK, place_of_schedule, require_member
from providers.rotas.tool import Ask, ReadTool, Tool

SECONDS = 120
LARGEST_ANSWER = 8 * 1024 * 1024
KEY = re.compile(r"[!-~]{8,300}")
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a manager typed. The key is in no log and no text of this object."""

    schedule: str
    key: str = field(repr=False)
    region: str = ""


@dataclass(frozen=True, slots=True)
class FromTool:
    """`rules` are what the tool's rotations come to; None where it doesn't tell them."""

    rota: Rota
    rules: RulesFound | None
    zone: str = ""
    """That the rules are read in."""


def tools_of(app: App) -> Sequence[Tool]:
    """Those that can be asked."""
    return app.rota_tools


async def read_from_tool(app: App, member_id: int, schedule_id: int, source: RotaSource, asked: Asked) -> FromTool:
    """The shifts of the last 12 months and the next two. One reading at a time per member, and few in total.

    Raises NotAllowed unless the member manages the schedule, and InvalidInput, whose field is a label of the form.
    """
    async with one_preview(app, member_id), app.previewing:
        place = await asyncio.to_thread(place_of_schedule, app, member_id, schedule_id)
        return await _found(app, place, source, asked)


async def read_from_tool_for_new(app: App, member_id: int, place: Place, source: RotaSource, asked: Asked) -> FromTool:
    """The same for a schedule that the member is about to create. Raises NotAllowed, InvalidInput."""
    async with one_preview(app, member_id), app.previewing:
        await asyncio.to_thread(require_member, app, member_id)
        return await _found(app, place, source, asked, is_new=True)


async def _found(app: App, place: Place, source: RotaSource, asked: Asked, *, is_new: bool = False) -> FromTool:
    """A schedule that is new takes over the zone of the rotations."""
    tool = next((each for each in app.rota_tools if each.source is source), None)
    if tool is None:
        raise InvalidInput("Tool", "Choose one of the tools.")
    ask = _ask(tool, asked, place.roles)
    try:
        found = await _read(app, tool, ask, asked.key.strip())
    except NotARota as error:
        raise InvalidInput(tool.schedule_label, str(error)) from None
    except Failure as failure:
        log.info("history not read", tool=source.value, cause=failure.cause.value, detail=failure.detail)
        raise InvalidInput(tool.schedule_label, failure.sentence) from None
    if not found.rotations and not found.left_out:
        return FromTool(found.rota, None)
    zone = (zone_of_rotations(found.rotations) if is_new else None) or place.zone
    rules = rules_of_rotations(found.rotations, zone.key)
    return FromTool(found.rota, replace(rules, notes=(*rules.notes, *found.left_out)), zone.key)


def _ask(tool: Tool, asked: Asked, roles: tuple[str, ...]) -> Ask:
    if not KEY.fullmatch(asked.key.strip()):
        raise InvalidInput(tool.key_label, "Enter the API key: 8 characters or more, without spaces.")
    try:
        place = tool.place(asked.schedule, asked.region)
    except ValueError as error:
        raise InvalidInput(tool.schedule_label, str(error)) from None
    until = now()
    return Ask(place, until - BACK, until + AHEAD, roles)


async def _read(app: App, tool: Tool, ask: Ask, key: str) -> ReadTool:
    """The key stays in this process; the worker asks for addresses below the tool's own, and nothing else is sent."""
    limits = replace(app.limits(SECONDS), compressed_bytes=LARGEST_ANSWER, decompressed_bytes=LARGEST_ANSWER)
    between = "" if not tool.scheme or tool.scheme.endswith("=") else " "
    headers = {"Authorization": f"{tool.scheme}{between}{key}"}
    async with app.http.client(limits=limits, headers=headers) as client:
        requests = Requests(client, partial(tool.may_ask, ask.place.origin), None, app.large_bodies)
        try:
            return await app.workers.converse(in_worker.read_tool, tool.read, ask, served=requests.served)
        finally:
            await requests.close()
