"""Reads a file of shifts for a manager, in a worker. Nothing of it is stored or logged."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from oncall_ui.app import App
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.planning.problem import FillKind
from oncall_ui.domain.schedules.rota_import.rota import NotARota, Rota
from oncall_ui.domain.schedules.rota_import.spreadsheet import Place
from oncall_ui.domain.schedules.shifts.from_rules import filled
from oncall_ui.domain.schedules.shifts.rules import Rule
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.models import Member, Schedule, now
from oncall_ui.services.one_at_a_time import one_preview
from oncall_ui.services.schedules.access import open_schedule
from oncall_ui.services.schedules.rota_import import in_worker
from oncall_ui.services.schedules.rules import roles_of, rules_of

FIELD = "File"
BACK = timedelta(days=366)
"""Of a tool: the longest span that counts, see MONTHS."""
AHEAD = timedelta(days=60)
"""Of a tool: shifts still to come, which a first draft can keep."""


async def read_rota_file(app: App, member_id: int, schedule_id: int, data: bytes) -> Rota:
    """The shifts in a CSV or ICS file. One at a time per member, and few in total.

    Raises NotAllowed unless the member manages the schedule, and InvalidInput, which says what is wrong with the file.
    """
    async with one_preview(app, member_id), app.previewing:
        place = await asyncio.to_thread(place_of_schedule, app, member_id, schedule_id)
        return await _read(app, data, place)


async def read_rota_file_for_new(app: App, member_id: int, place: Place, data: bytes) -> Rota:
    """The same for a schedule that the member is about to create. Raises NotAllowed, InvalidInput."""
    async with one_preview(app, member_id), app.previewing:
        await asyncio.to_thread(require_member, app, member_id)
        return await _read(app, data, place)


def require_member(app: App, member_id: int) -> None:
    """Any member may create a schedule. Raises NotAllowed for somebody whose account is gone."""
    with app.db.read() as session:
        if session.get(Member, member_id) is None:
            raise NotAllowed


async def _read(app: App, data: bytes, place: Place) -> Rota:
    try:
        return await app.workers.run(in_worker.read_file, data, place)
    except NotARota as error:
        raise InvalidInput(FIELD, str(error)) from None
    except Failure as failure:
        raise InvalidInput(FIELD, failure.sentence) from None


def place_of_schedule(app: App, member_id: int, schedule_id: int) -> Place:
    """What files leave open. Raises NotAllowed unless the member manages the schedule."""
    with app.db.read() as session:
        schedule = open_schedule(session, member_id, schedule_id, Access.MANAGER)
        return _place(session, schedule)


def _place(session: Session, schedule: Schedule) -> Place:
    return place_of(zone_of(schedule.zone), roles_of(schedule), rules_of(session, schedule.id or 0))


def place_of(zone: ZoneInfo, roles: tuple[str, ...], rules: Sequence[Rule]) -> Place:
    """A day begins when the first rule that wants somebody starts its shifts."""
    wanted = [
        rule
        for rule in rules
        if any(filler.kind is not FillKind.NOBODY for filler in filled(rule.fills, roles).values())
    ]
    handoff = wanted[0].at if wanted else now().min.time()
    return Place(zone, handoff, roles, now().astimezone(zone).date())
