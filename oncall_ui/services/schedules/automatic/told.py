"""Tells the managers of a schedule why its next weeks weren't published automatically."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.automatic.email import HeldBack, subject_of, text_of
from oncall_ui.models import Member, Schedule, ScheduleAccess, SchedulePlan


def tell_managers(
    app: App, session: Session, schedule: Schedule, plan: SchedulePlan, reasons: Sequence[str]
) -> list[tuple[str, str, str]]:
    """Address, subject and text for each manager, to be posted once the transaction is over."""
    address = f"{app.settings.public_url}/schedules/{schedule.id}/drafts/{plan.number}"
    held = HeldBack(schedule.name, plan.first_day, plan.end_day, reasons, address)
    rows = session.exec(
        select(Member)
        .join(ScheduleAccess, col(ScheduleAccess.member_id) == col(Member.id))
        .where(ScheduleAccess.schedule_id == schedule.id, ScheduleAccess.access == Access.MANAGER)
        .order_by(col(Member.id))
    )
    return [(member.email, subject_of(held), text_of(held, member.name)) for member in rows]
