"""Claiming destinations that are due: each in its own transaction, so that one that can’t be claimed fails alone.

Used by the job, in a thread.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import or_
from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.domain.schedules.destinations.kinds import DestinationKind, DestinationState
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Channel, Destination, Schedule, now
from oncall_ui.services.imports.fetching.places import Holder, Room
from oncall_ui.services.schedules.destinations import state
from oncall_ui.services.schedules.destinations.secrets import open_secrets

log = structlog.get_logger()

PAGE = 50


@dataclass(frozen=True, slots=True)
class Sending:
    """One claimed destination with everything sending needs, so that no row is held open meanwhile."""

    destination_id: int
    schedule_id: int
    kind: DestinationKind
    name: str
    options: Mapping[str, Any]
    secrets: Mapping[str, str] = field(repr=False)
    lease: str
    wanted: int
    """What to note as told once all has been sent."""
    holder: Holder


def claim_due(app: App, room: Room, *, retries: bool | None = None) -> list[Sending]:
    """Takes destinations that are due, most overdue first, as far as `room` admits; each is leased to the caller alone.

    `retries`: only those that failed the last time, or only the others.
    """
    found = []
    for destination_id in _due(app, room, retries):
        if room.free <= 0:
            break
        try:
            sending = _claim(app, destination_id, room)
        except Failure as failure:
            log.warning("not sent", destination=destination_id, cause=failure.cause.value, detail=failure.detail)
            continue
        if sending is not None:
            found.append(sending)
    return found


def _due(app: App, room: Room, retries: bool | None) -> list[int]:
    return due_ids(app, Destination, col(Destination.schedule_id), room, retries)


def due_ids(
    app: App, table: type[Destination] | type[Channel], owner: Any, room: Room, retries: bool | None
) -> list[int]:
    """Most overdue first, without those for which `room` has no place. `owner` is a column: whose share counts."""
    full_owners, full_hosts = room.full_members, room.full_hosts
    rows = select(table.id).where(*is_due(table, now()))
    if full_owners:
        rows = rows.where(owner.not_in(full_owners))
    if full_hosts:
        rows = rows.where(col(table.account).not_in(full_hosts))
    if retries is not None:
        rows = rows.where(col(table.attempts) > 0 if retries else col(table.attempts) == 0)
    with app.db.read() as session:
        return [row or 0 for row in session.exec(rows.order_by(col(table.next_at)).limit(PAGE))]


def is_due(table: type[Destination] | type[Channel], moment: datetime) -> list[Any]:
    is_free = or_(col(table.lease).is_(None), col(table.lease_until) < moment)
    return [col(table.state) != DestinationState.OFF, col(table.next_at) <= moment, is_free]


def _claim(app: App, destination_id: int, room: Room) -> Sending | None:
    """None: it waits for a place, or another process was faster. Raises Failure once it is stored."""
    rows = (
        select(Destination, Schedule)
        .join(Schedule, col(Destination.schedule_id) == col(Schedule.id))
        .where(Destination.id == destination_id, *is_due(Destination, now()))
        .with_for_update(skip_locked=True, of=Destination)
    )
    failed: Failure | None = None
    with app.db.write() as session:
        if (found := session.exec(rows).first()) is None:
            return None
        destination, schedule = found
        if schedule.archived_at is not None:
            state.switch_off(destination)
            return None
        holder = Holder(destination.schedule_id, f"destination {destination_id}", destination.account)
        try:
            opened = open_secrets(app, destination)
        except Failure as failure:
            state.fail(destination, failure)
            failed = failure
        else:
            if not room.take(holder):
                return None
            lease = secrets.token_hex(16)
            state.claim(destination, lease)
            sending = Sending(
                destination_id,
                destination.schedule_id,
                destination.kind,
                destination.name,
                dict(destination.options),
                opened,
                lease,
                destination.wanted,
                holder,
            )
    if failed is not None:
        app.hub.publish(ScheduleChanged(schedule.id or 0))
        raise failed
    return sending
