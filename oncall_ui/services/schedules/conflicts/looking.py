"""Writes down which published slots need a change: a row for each that is found, closed once it ends.

Looking compares what is found with the rows, so it can be done at any time and as often as one likes: what a process
that was killed didn't write down, the next look does.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.schedules.conflicts.trouble import Ending, Trouble
from oncall_ui.domain.schedules.destinations.kinds import EventKind
from oncall_ui.domain.schedules.plan_states import AssignmentCause
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Assignment, PublishedShift, Schedule, ShiftConflict, now
from oncall_ui.services.schedules.conflicts.emails import queue_conflict_emails
from oncall_ui.services.schedules.conflicts.events import queue_conflict_events
from oncall_ui.services.schedules.conflicts.finding import Finding, findings_of
from oncall_ui.services.schedules.messages.outbox import reaches_members

log = structlog.get_logger()


def look_at(app: App, schedule_id: int, *, with_limits: bool = True) -> bool:
    """Brings the rows of a schedule up to date, and returns whether any changed. Without limits theirs stay."""
    with app.db.read() as session:
        schedule = session.get(Schedule, schedule_id)
        if schedule is None or schedule.archived_at is not None:
            return False
        if not _compare(session, schedule, now(), with_limits=with_limits):
            return False
    with app.db.write() as session:
        locked = session.get(Schedule, schedule_id, with_for_update={"key_share": True})
        has_changed = locked is not None and bring_up_to_date(
            session, locked, now(), has_email=reaches_members(app, session), with_limits=with_limits
        )
    if has_changed:
        app.hub.publish(ScheduleChanged(schedule_id))
    return has_changed


def bring_up_to_date(
    session: Session, schedule: Schedule, at: datetime, *, has_email: bool, with_limits: bool = True
) -> bool:
    """As `look_at`, in the caller's transaction, which holds the schedule's lock."""
    compared = _compare(session, schedule, at, with_limits=with_limits)
    for row, about in compared.changed:
        row.about = about
    for row, how in compared.ended:
        row.closed_at, row.how = at, how
    added = [
        ShiftConflict(
            schedule_id=schedule.id or 0,
            assignment_id=each.live.part.id or 0,
            kind=each.trouble,
            about=each.about,
            found_at=at,
        )
        for each in compared.found
    ]
    session.add_all(added)
    session.flush()
    if has_email:
        queue_conflict_emails(session, schedule, added, at)
    queue_conflict_events(session, schedule.id or 0, EventKind.CONFLICT_OPENED, added, at)
    queue_conflict_events(session, schedule.id or 0, EventKind.CONFLICT_CLOSED, [row for row, _ in compared.ended], at)
    if compared:
        log.info("conflicts", schedule=schedule.id, found=len(added), ended=len(compared.ended))
    return bool(compared)


def open_rows(session: Session, schedule_ids: Iterable[int]) -> list[ShiftConflict]:
    """In the order they were found."""
    rows = select(ShiftConflict).where(col(ShiftConflict.schedule_id).in_(schedule_ids))
    return list(session.exec(rows.where(col(ShiftConflict.closed_at).is_(None)).order_by(col(ShiftConflict.id))))


@dataclass(slots=True)
class _Compared:
    """What differs between the rows and what is found."""

    found: list[Finding] = field(default_factory=list)
    changed: list[tuple[ShiftConflict, dict[str, Any]]] = field(default_factory=list)
    ended: list[tuple[ShiftConflict, Ending]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.found or self.changed or self.ended)


def _compare(session: Session, schedule: Schedule, at: datetime, *, with_limits: bool) -> _Compared:
    findings = findings_of(session, schedule, at, with_limits=with_limits)
    left = {(each.live.part.id, each.trouble): each for each in findings}
    compared = _Compared()
    for row in open_rows(session, [schedule.id or 0]):
        found = left.pop((row.assignment_id, row.kind), None)
        how = None if found else _ending(session, row, at)
        if found and found.about != row.about:
            compared.changed.append((row, found.about))
        elif how and (with_limits or row.kind is not Trouble.LIMIT or how is not Ending.GONE):
            compared.ended.append((row, how))
    compared.found = list(left.values())
    return compared


def _ending(session: Session, row: ShiftConflict, at: datetime) -> Ending:
    part = session.get_one(Assignment, row.assignment_id)
    if part.ended_at is None:
        return Ending.OVER if part.end <= at else Ending.GONE
    follows = (
        select(Assignment.cause)
        .join(PublishedShift, col(Assignment.shift_id) == col(PublishedShift.id))
        .where(Assignment.shift_id == part.shift_id, Assignment.role == part.role)
        .where(col(Assignment.id) > part.id, col(Assignment.start) < part.end, col(Assignment.end) > part.start)
        .order_by(col(Assignment.id))
    )
    return Ending.REPAIRED if session.exec(follows).first() is AssignmentCause.REPAIR else Ending.MOVED
