"""How an installation is doing, in numbers from the database: for /metrics."""

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import and_, col, func, or_, select

from oncall_ui.app import App
from oncall_ui.domain.imports.state import State
from oncall_ui.domain.schedules.plan_states import PlanStatus
from oncall_ui.models import Calendar, Channel, Destination, Message, SchedulePlan
from oncall_ui.reporting.metrics import Measured


def read_figures(app: App, at: datetime) -> Iterator[Measured]:
    """As known `at`. Blocking."""
    with app.db.read() as session:
        rows = session.exec(select(Calendar.state, func.count()).group_by(col(Calendar.state))).all()
        read = col(Calendar.is_on), col(Calendar.last_read_at).is_not(None)
        oldest = session.exec(select(func.min(Calendar.last_read_at)).where(*read)).one()
        is_free = or_(col(Calendar.lease).is_(None), col(Calendar.lease_until) < at)
        due = and_(col(Calendar.is_on), col(Calendar.next_import_at) <= at, is_free)
        number, first = session.exec(select(func.count(), func.min(Calendar.next_import_at)).where(due)).one()
        waiting = session.exec(
            select(func.count()).select_from(Message).where(col(Message.sent_at).is_(None), col(Message.due_at) <= at)
        ).one()
        plans = session.exec(
            select(func.count()).select_from(SchedulePlan).where(SchedulePlan.status == PlanStatus.PLANNING)
        ).one()
        sendings = sum(
            session.exec(select(func.count()).select_from(table).where(col(table.next_at) <= at)).one()
            for table in (Destination, Channel)
        )
    found = {State(state): count for state, count in rows}
    for state in State:
        yield Measured("oncall_calendars", "Calendars by state.", found.get(state, 0), {"state": state.value})
    yield Measured("oncall_oldest_data_seconds", "Since the calendar was read that was read first.", _since(oldest, at))
    yield Measured("oncall_imports_due", "Calendars that wait to be imported now.", number)
    yield Measured("oncall_imports_late_seconds", "How long the first of them has waited.", _since(first, at))
    yield Measured("oncall_messages_due", "Messages that wait to be sent now.", waiting)
    yield Measured("oncall_sendings_due", "Destinations and channels that wait to be sent to now.", sendings)
    yield Measured("oncall_plans_due", "Drafts that are planned, or wait for it.", plans)


def _since(moment: datetime | None, at: datetime) -> float:
    return max((at - moment).total_seconds(), 0) if moment else 0
