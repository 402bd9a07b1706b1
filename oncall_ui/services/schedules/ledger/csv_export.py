"""A schedule's published shifts and its ledger as CSV, for pay and for spreadsheets. Each export is recorded."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction

from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.ledger.lines import MILLI
from oncall_ui.domain.schedules.plan_format.fields import utc
from oncall_ui.models import Assignment, LedgerLine, Member, PublishedShift, Schedule
from oncall_ui.services.audit.csv_writer import csv_line
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.access import open_schedule
from oncall_ui.services.schedules.people import names_of
from oncall_ui.services.schedules.rules import role_points_of

SHIFT_COLUMNS = ("start", "end", "hours", "role", "type", "points", "person", "shift_start", "shift_end")
LEDGER_COLUMNS = ("time", "person", "role", "type", "due", "done", "cause", "why", "by", "recorded")
HOUR = timedelta(hours=1)


def export_shifts(app: App, member_id: int, schedule_id: int) -> Iterator[str]:
    """Every published slot, or the parts people have of it, by time; a gap has no person. Times are UTC.

    Raises NotAllowed unless the member is on the schedule, before any line.
    """
    with app.db.write() as session:
        schedule = _opened(session, member_id, schedule_id)
        record(session, AuditAction.DATA_EXPORTED, by=member_id, what=schedule.name, export="shifts")
        return iter([csv_line(SHIFT_COLUMNS), *map(csv_line, _shifts(session, schedule))])


def export_ledger(app: App, member_id: int, schedule_id: int) -> Iterator[str]:
    """Every line of everybody's account, by the time of what it is about. Due and done sum to the same.

    Raises NotAllowed unless the member is on the schedule, before any line.
    """
    with app.db.write() as session:
        schedule = _opened(session, member_id, schedule_id)
        record(session, AuditAction.DATA_EXPORTED, by=member_id, what=schedule.name, export="ledger")
        return iter([csv_line(LEDGER_COLUMNS), *map(csv_line, _lines(session, schedule))])


def _opened(session: Session, member_id: int, schedule_id: int) -> Schedule:
    return open_schedule(session, member_id, schedule_id, Access.MEMBER)


def _shifts(session: Session, schedule: Schedule) -> Iterator[tuple[str | float, ...]]:
    names, weights = names_of(session, schedule.id or 0), role_points_of(schedule)
    rows = session.exec(
        select(PublishedShift, Assignment)
        .join(Assignment, col(Assignment.shift_id) == col(PublishedShift.id))
        .where(PublishedShift.schedule_id == schedule.id, col(PublishedShift.cancelled_at).is_(None))
        .where(col(Assignment.ended_at).is_(None))
        .order_by(col(Assignment.start), col(Assignment.role), col(Assignment.id))
    )
    for shift, part in rows:
        share = Fraction((part.end - part.start) / HOUR) / Fraction((shift.end - shift.start) / HOUR)
        points = shift.points * weights.get(part.role, Fraction(1)) * share
        yield (
            utc(part.start),
            utc(part.end),
            _number((part.end - part.start) / HOUR),
            part.role,
            shift.type,
            _number(points),
            names.get(part.participant_id or 0, ""),
            utc(shift.start),
            utc(shift.end),
        )


def _lines(session: Session, schedule: Schedule) -> Iterator[tuple[str | float, ...]]:
    names = names_of(session, schedule.id or 0)
    rows = session.exec(
        select(LedgerLine, Member.name)
        .outerjoin(Member, col(LedgerLine.by_id) == col(Member.id))
        .where(LedgerLine.schedule_id == schedule.id)
        .order_by(col(LedgerLine.at), col(LedgerLine.id))
    )
    for line, by in rows:
        yield (
            utc(line.at),
            names.get(line.participant_id, ""),
            line.role,
            line.type,
            _number(line.due / MILLI),
            _number(line.done / MILLI),
            line.kind.value,
            line.why,
            by or "",
            _second(line.recorded_at),
        )


def _number(value: float | Fraction) -> float:
    """Up to three decimals."""
    rounded = round(float(value), 3)
    return int(rounded) if rounded.is_integer() else rounded


def _second(moment: datetime) -> str:
    return utc(moment.replace(microsecond=0))
