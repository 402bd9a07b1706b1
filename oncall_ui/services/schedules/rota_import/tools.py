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
from oncall_ui.domain.schedules.rota_import.rotations import RulesFound, rules_of_rotations
from oncall_ui.errors import InvalidInput
from oncall_ui.models import now
from oncall_ui.services.imports.requests import Requests
from oncall_ui.services.schedules.rota_import import in_worker
from oncall_ui.services.schedules.rota_import.reading import BACK, place_of_schedule
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


def tools_of(app: App) -> Sequence[Tool]:
    """Those that can be asked."""
    return app.rota_tools


async def read_from_tool(app: App, member_id: int, schedule_id: int, source: RotaSource, asked: Asked) -> FromTool:
    """The shifts of the last 12 months. One reading at a time per member, and few in total.

    Raises NotAllowed unless the member manages the schedule, and InvalidInput, whose field is a label of the form.
    """
    async with app.preview_lock(member_id), app.previewing:
        place = await asyncio.to_thread(place_of_schedule, app, member_id, schedule_id)
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
    rules = rules_of_rotations(found.rotations, place.zone.key) if found.rotations else None
    return FromTool(found.rota, rules)


def _ask(tool: Tool, asked: Asked, roles: tuple[str, ...]) -> Ask:
    if not KEY.fullmatch(asked.key.strip()):
        raise InvalidInput(tool.key_label, "Enter the API key: 8 characters or more, without spaces.")
    try:
        place = tool.place(asked.schedule, asked.region)
    except ValueError as error:
        raise InvalidInput(tool.schedule_label, str(error)) from None
    until = now()
    return Ask(place, until - BACK, until, roles)


async def _read(app: App, tool: Tool, ask: Ask, key: str) -> ReadTool:
    """The key stays in this process; the worker asks for addresses below the tool's own, and nothing else is sent."""
    limits = replace(app.limits(SECONDS), compressed_bytes=LARGEST_ANSWER, decompressed_bytes=LARGEST_ANSWER)
    headers = {"Authorization": f"{tool.scheme}{'' if tool.scheme.endswith('=') else ' '}{key}"}
    async with app.http.client(limits=limits, headers=headers) as client:
        requests = Requests(client, partial(tool.may_ask, ask.place.origin), None, app.large_bodies)
        try:
            return await app.workers.converse(in_worker.read_tool, tool.read, ask, served=requests.served)
        finally:
            await requests.close()
