"""Plans and publishes schedules in automatic mode: a job. What it did is on rows, so that nothing is done twice.

A plan is asked for once for the weeks that follow what is published: whatever became of it, managers decide then.
"""

from collections.abc import Iterator
from datetime import datetime

import structlog
from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.automatic.when import Ahead, is_due, span_of
from oncall_ui.domain.schedules.plan_states import PlanKind, PlanStatus
from oncall_ui.errors import InvalidInput
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Schedule, SchedulePlan, now
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.automatic.decide import decide
from oncall_ui.services.schedules.drafts.drafts import Wanted, ask_for, published_until

log = structlog.get_logger()

OPEN = (PlanStatus.PLANNING, PlanStatus.DRAFT, PlanStatus.FAILED)
AUTOMATIC = "automatic"


def run_automatic(app: App, at: datetime | None = None) -> None:
    """Publishes or holds back what is planned, and asks for what is due."""
    moment = at or now()
    for schedule_id, number in _planned(app):
        decide(app, schedule_id, number, moment)
    for schedule_id in _automatic(app):
        ask_if_due(app, schedule_id, moment)


def ask_if_due(app: App, schedule_id: int, at: datetime) -> int | None:
    """Asks for a plan of the next weeks, and returns its number; None: not now, or it was asked for before."""
    with app.db.write() as session:
        schedule = session.get(Schedule, schedule_id, with_for_update={"key_share": True}, populate_existing=True)
        if schedule is None or not schedule.is_automatic or schedule.archived_at is not None:
            return None
        until = published_until(session, schedule_id)
        ahead = Ahead(zone_of(schedule.zone), schedule.notice_days, schedule.horizon_days)
        if until is None or not is_due(ahead, until, at):
            return None
        span = span_of(ahead, until, at)
        if _is_busy(session, schedule_id, span.first.isoformat()):
            return None
        try:
            number = ask_for(session, schedule, Wanted(None, PlanKind.EXTEND, span.first, span.end))
        except InvalidInput as error:
            log.info("nothing to plan automatically", schedule=schedule_id, why=error.sentence)
            return None
        plan = session.exec(
            select(SchedulePlan).where(SchedulePlan.schedule_id == schedule_id, SchedulePlan.number == number)
        ).one()
        plan.is_automatic = True
        record(session, AuditAction.DRAFT_CREATED, by=None, what=schedule.name, number=number, also={"done": AUTOMATIC})
    log.info("planned automatically", schedule=schedule_id, plan=number)
    app.hub.publish(ScheduleChanged(schedule_id))
    return number


def _is_busy(session: Session, schedule_id: int, first: str) -> bool:
    """Whether a manager works on a draft, or these weeks were planned automatically before."""
    rows = session.exec(
        select(SchedulePlan).where(SchedulePlan.schedule_id == schedule_id, SchedulePlan.kind != PlanKind.WHAT_IF)
    )
    return any(row.status in OPEN or (row.is_automatic and row.first_day.isoformat() == first) for row in rows)


def _automatic(app: App) -> list[int]:
    with app.db.read() as session:
        rows = select(Schedule.id).where(col(Schedule.is_automatic), col(Schedule.archived_at).is_(None))
        return [each or 0 for each in session.exec(rows.order_by(col(Schedule.id)))]


def _planned(app: App) -> list[tuple[int, int]]:
    """Schedule id and number of automatic plans that nobody has decided about."""

    def waiting(rows: list[SchedulePlan]) -> Iterator[tuple[int, int]]:
        for row in rows:
            if "automatic" not in row.result:
                yield row.schedule_id, row.number

    with app.db.read() as session:
        rows = session.exec(
            select(SchedulePlan)
            .where(col(SchedulePlan.is_automatic), col(SchedulePlan.status).in_((PlanStatus.DRAFT, PlanStatus.FAILED)))
            .order_by(col(SchedulePlan.id))
        )
        return list(waiting(list(rows)))
