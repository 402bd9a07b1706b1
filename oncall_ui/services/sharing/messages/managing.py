"""Gaps that come close and plans that need somebody, for managers. What was settled meanwhile isn't sent."""

from datetime import timedelta

from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.messages.kinds import MessageKind
from oncall_ui.domain.schedules.messages.managing import (
    Gap,
    PlanNews,
    gap_email,
    held_back_email,
    plan_ready_email,
)
from oncall_ui.domain.schedules.messages.timing import GAPS_WITHIN
from oncall_ui.domain.schedules.plan_states import PlanStatus
from oncall_ui.models import Schedule, SchedulePlan
from oncall_ui.services.schedules.access import may
from oncall_ui.services.schedules.messages.gaps import ToldGap
from oncall_ui.services.schedules.messages.turns import gaps_between
from oncall_ui.services.sharing.messages.writing import Writing, Written


def write_gaps(writing: Writing) -> Written | None:
    schedule = _managed(writing)
    if schedule is None:
        return None
    told, moment = ToldGap.of(writing.message), writing.moment
    found = gaps_between(writing.session, schedule, moment, moment + GAPS_WITHIN[MessageKind.GAP])
    mine = [gap for gap in found if any(one.is_about(gap) for one in told)]
    open_now = [Gap(gap.role, max(gap.start, moment), gap.end) for gap in mine]
    if not open_now:
        return None
    zone, member = zone_of(writing.member.zone), writing.member
    kind, url = writing.message.kind, writing.schedule_url
    return Written(gap_email(kind, member.name, schedule.name, open_now, zone, url=url, stop_url=writing.stop_url))


def write_plan(writing: Writing) -> Written | None:
    schedule, plan = _managed(writing), writing.session.get(SchedulePlan, writing.message.payload["plan"])
    if schedule is None or plan is None or plan.status not in {PlanStatus.DRAFT, PlanStatus.FAILED}:
        return None
    last_day = plan.end_day - timedelta(days=1)
    news = PlanNews(writing.member.name, schedule.name, plan.number, plan.first_day, last_day)
    url = f"{writing.schedule_url}/drafts/{plan.number}"
    if writing.message.kind is MessageKind.PLAN_READY:
        return Written(plan_ready_email(news, url=url, stop_url=writing.stop_url))
    reasons = plan.result.get("held_back", ())
    return Written(held_back_email(news, reasons, url=url, stop_url=writing.stop_url)) if reasons else None


def _managed(writing: Writing) -> Schedule | None:
    """None: they don't manage it any more, or it is archived."""
    schedule = writing.session.get_one(Schedule, writing.message.schedule_id or 0)
    is_theirs = may(writing.session, writing.member.id or 0, schedule.id or 0, Access.MANAGER)
    return schedule if is_theirs and schedule.archived_at is None else None
