"""Reads how each calendar that is on is doing, and asks the domain which of its member's days are known."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from oncall_ui.domain.availability.coverage import Coverage, coverage_of
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.imports.freshness import CalendarHealth
from oncall_ui.domain.imports.state import State
from oncall_ui.models import Calendar, Connection, Member


def calendar_health(row: Any) -> CalendarHealth:
    """Of a Calendar, a view of one, or a row with the same columns."""
    return CalendarHealth(row.state, row.attempts, row.last_read_at, row.broken_since, row.cause or "")


def is_read() -> ColumnElement[bool]:
    """Whether a calendar is imported: on, and that was saved."""
    return col(Calendar.is_on) & (col(Calendar.state) != State.OFF)


def healths_by_member(session: Session, member_ids: Collection[int]) -> dict[int, Sequence[CalendarHealth]]:
    """Member id → their calendars that are imported. Every id has a list, empty where there is none."""
    found: defaultdict[int, list[CalendarHealth]] = defaultdict(list)
    rows = session.exec(
        select(Connection.member_id, Calendar)
        .join(Calendar, col(Calendar.connection_id) == col(Connection.id))
        .where(col(Connection.member_id).in_(member_ids), is_read())
    )
    for member_id, calendar in rows:
        found[member_id].append(calendar_health(calendar))
    return {member_id: found[member_id] for member_id in member_ids}


def member_coverage(session: Session, member: Member, at: datetime) -> Coverage:
    """What is known of one member at `at`."""
    calendars = healths_by_member(session, [member.id or 0])[member.id or 0]
    return coverage_of(calendars, at, zone_of(member.zone))
