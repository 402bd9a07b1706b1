"""Publishes a plan that was made automatically, or holds it back for the managers and tells them why, once."""

from collections.abc import Iterator
from datetime import datetime

import structlog
from sqlmodel import Session

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.imports.freshness import Freshness
from oncall_ui.domain.schedules.automatic.when import Ahead, span_of
from oncall_ui.domain.schedules.plan_states import PlanStatus
from oncall_ui.domain.schedules.planning.result import Stage
from oncall_ui.errors import InvalidInput, NotAllowed, PlanNotReady, PlanOutdated
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Schedule, SchedulePlan
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.drafts.drafts import plan_of, published_until
from oncall_ui.services.schedules.drafts.outdated import changes_since
from oncall_ui.services.schedules.drafts.results import slots_of, stages_of
from oncall_ui.services.schedules.messages.outbox import reaches_members
from oncall_ui.services.schedules.messages.plans import note_held_back
from oncall_ui.services.schedules.people import names_of
from oncall_ui.services.schedules.published.publish import Publishing, publish_in

log = structlog.get_logger()

UNTOUCHED = 2
"""The revision of a plan that was planned once and never changed by a manager."""
FIRST = {
    Stage.GAPS: "Not every shift has somebody on call.",
    Stage.BLOCKS: "Somebody would be on call while they are blocked.",
    Stage.LIMITS: "A limit can’t be kept.",
}
RELIABLE = {Freshness.UP_TO_DATE, Freshness.NOTHING_CONNECTED}
"""Who has connected no calendar has none that could be out of date."""
OFF = "Automatic mode was switched off."


def decide(app: App, schedule_id: int, number: int, at: datetime) -> bool:
    """Whether it was published. Nothing happens to a plan that was decided about, or that a manager has changed."""
    with app.db.write() as session:
        schedule = session.get(Schedule, schedule_id, with_for_update={"key_share": True}, populate_existing=True)
        if schedule is None or schedule.archived_at is not None:
            return False
        try:
            plan = plan_of(session, schedule_id, number)
        except NotAllowed:
            return False
        if not plan.is_automatic or plan.status not in {PlanStatus.DRAFT, PlanStatus.FAILED} or _is_decided(plan):
            return False
        reasons = list(_reasons(session, schedule, plan, at))
        if not reasons:
            reasons = _publish(app, session, schedule, plan, at)
        plan.result = plan.result | {"automatic": "held back" if reasons else "published"}
        if reasons:
            held = [f"Not published automatically: {each}" for each in reasons]
            problems = [*plan.result.get("problems", ()), *held]
            plan.result = plan.result | {"problems": problems, "held_back": list(reasons)}
            if reaches_members(app, session):
                note_held_back(session, plan, at)
    log.info("automatic plan", plan=number, schedule=schedule_id, published=not reasons)
    app.hub.publish(ScheduleChanged(schedule_id))
    return not reasons


def _is_decided(plan: SchedulePlan) -> bool:
    changed = plan.revision != UNTOUCHED and plan.status is PlanStatus.DRAFT
    return "automatic" in plan.result or changed


def _reasons(session: Session, schedule: Schedule, plan: SchedulePlan, at: datetime) -> Iterator[str]:
    """Why managers have to decide, as sentences; the most important first."""
    if plan.status is PlanStatus.FAILED:
        yield plan.note
        return
    if not schedule.is_automatic:
        yield OFF
        return
    for stage in stages_of(plan):
        if stage.name in FIRST and stage.value:
            yield FIRST[stage.name]
    rows = slots_of(session, plan)
    found = changes_since(session, schedule, plan, [row.shift_start for row in rows], at)
    yield from found.reasons
    if found.built is not None:
        names, freshness = names_of(session, schedule.id or 0), found.built.calendars.freshness
        stale = sorted(names[int(who)] for who, state in freshness.items() if state not in RELIABLE)
        if stale:
            yield f"The calendars of {_listed(stale)} aren’t up to date."


def _publish(app: App, session: Session, schedule: Schedule, plan: SchedulePlan, at: datetime) -> list[str]:
    """Publishes the days of the horizon; else the sentence that says what keeps it from being published."""
    until = published_until(session, schedule.id or 0)
    ahead = Ahead(zone_of(schedule.zone), schedule.notice_days, schedule.horizon_days)
    end = min(span_of(ahead, until or at, at).until, plan.end_day)
    wanted = Publishing(by=None, until=None if end == plan.end_day else end, at=at)
    try:
        changes, slots = publish_in(app, session, schedule, plan, wanted)
    except (PlanOutdated, PlanNotReady, InvalidInput) as error:
        return [error.sentence]
    record(
        session,
        AuditAction.PLAN_PUBLISHED,
        by=None,
        what=schedule.name,
        number=plan.number,
        changes=len(changes),
        blocked=0,
        empty=sum(row.participant_id is None for row in slots),
        also={"done": "automatic"},
    )
    return []


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
