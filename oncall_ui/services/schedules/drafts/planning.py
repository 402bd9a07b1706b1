"""Plans the drafts that wait for it, one after another: a job. A draft whose process was killed is planned again.

The row says that a draft waits, and who is planning it until when (a lease that is renewed). Nothing else remembers it.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from math import isfinite
from typing import Any
from uuid import uuid4

import structlog
from sqlmodel import Session, col, or_, select

from oncall_ui.app import App
from oncall_ui.domain.schedules.plan_format.canonical import input_hash
from oncall_ui.domain.schedules.plan_format.fields import UnusableInput
from oncall_ui.domain.schedules.plan_states import PlanKind, PlanStatus
from oncall_ui.domain.schedules.planning.result import Result
from oncall_ui.domain.schedules.what_if.leave import leave_words
from oncall_ui.domain.schedules.what_if.stored import from_row as from_stored
from oncall_ui.errors import InvalidInput
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Schedule, SchedulePlan, now
from oncall_ui.planner import PlanningFailed
from oncall_ui.reporting.ids import carrying
from oncall_ui.services.schedules.bending.offers import kept_offers
from oncall_ui.services.schedules.drafts.build import Asked, Built, build
from oncall_ui.services.schedules.drafts.drafts import newest_assignment, published_until
from oncall_ui.services.schedules.drafts.editing.choices import from_row
from oncall_ui.services.schedules.drafts.elsewhere import explained
from oncall_ui.services.schedules.drafts.results import result_as_row, store_input, store_slots
from oncall_ui.services.schedules.messages.outbox import reaches_members
from oncall_ui.services.schedules.messages.plans import note_ready
from oncall_ui.services.schedules.what_if.effect import slots_as_rows, today_as_row

log = structlog.get_logger()

LEASE = timedelta(seconds=20)
BEAT_SECONDS = 0.5
"""How often progress is written down, and a stop is noticed."""
MOST_TRIES = 3
NO_LUCK = "Planning was interrupted three times. The server’s log says why. Plan again."
TWICE = "Somebody is pinned, or named by a rule, on two shifts at the same time. Unpin one, then plan again."
RULED_OUT = "A rule names somebody for a shift that they can’t take. Change the rule, then plan again."
TRY_SECONDS = 10.0
"""A try is looked at and changed again: nobody waits longer for it, whatever a draft may take."""
NAME = "schedule plans"


@dataclass(slots=True)
class PlanJob:
    """A draft that this process plans."""

    plan_id: int
    schedule_id: int
    lease: str
    progress: dict[str, object] = field(default_factory=dict)
    stop: asyncio.Event = field(default_factory=asyncio.Event)


async def run_due_plans(app: App) -> int:
    """Plans every draft that waits, and returns how many it took. Cancelling gives the one at work back."""
    taken = 0
    while job := await asyncio.to_thread(claim_plan, app):
        taken += 1
        try:
            with carrying(plan=job.plan_id, schedule=job.schedule_id):
                await run_plan(app, job)
        except asyncio.CancelledError:
            await asyncio.shield(asyncio.to_thread(release_plan, app, job))
            raise
    return taken


def claim_plan(app: App) -> PlanJob | None:
    """The oldest draft that waits, or whose lease ran out. One that was begun three times fails instead."""
    with app.db.write() as session:
        moment = now()
        due = select(SchedulePlan).where(
            SchedulePlan.status == PlanStatus.PLANNING,
            or_(col(SchedulePlan.lease).is_(None), col(SchedulePlan.lease_until) < moment),
        )
        plan = session.exec(due.order_by(col(SchedulePlan.id)).limit(1).with_for_update(skip_locked=True)).first()
        if plan is None:
            return None
        tries = int(plan.progress.get("tries", 0)) + 1
        job = PlanJob(plan.id or 0, plan.schedule_id, uuid4().hex)
        if tries > MOST_TRIES:
            log.warning("planning was interrupted too often", plan=plan.id)
            _fail(plan, NO_LUCK)
        else:
            plan.lease, plan.lease_until = job.lease, moment + LEASE
            plan.progress = {"tries": tries, "since": moment.isoformat()}
        job.progress = dict(plan.progress)
    app.hub.publish(ScheduleChanged(job.schedule_id))
    return job


async def run_plan(app: App, job: PlanJob) -> None:
    """Plans it, and stores what came out if the draft still waits for this job."""
    built = await asyncio.to_thread(_prepare, app, job)
    if built is None:
        return
    planning = asyncio.create_task(app.planner.plan(built.problem, _told(job), _wait(job)))
    began = time.monotonic()
    beating = asyncio.create_task(_beat(app, job, planning.cancel))
    try:
        result = await planning
    except PlanningFailed as error:
        await asyncio.to_thread(_store_failure, app, job, str(error))
    except asyncio.CancelledError:
        planning.cancel()
        if (task := asyncio.current_task()) and task.cancelling():
            raise
        log.info("planning ended: the draft was discarded, or is planned elsewhere", plan=job.plan_id)
    else:
        await asyncio.to_thread(_store, app, job, built, result, time.monotonic() - began)
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating
        app.hub.publish(ScheduleChanged(job.schedule_id))


def release_plan(app: App, job: PlanJob) -> None:
    """Makes it due again at once, without counting the try: the process ends, the draft is not to blame."""
    with app.db.write() as session:
        if plan := _mine(session, job):
            tries = int(plan.progress.get("tries", 1)) - 1
            plan.lease, plan.lease_until, plan.progress = None, None, {"tries": max(tries, 0)}


def _told(job: PlanJob) -> Callable[[str, float, float], None]:
    def told(stage: str, best: float, bound: float) -> None:
        known = {"best": best, "bound": bound}
        job.progress |= {"stage": stage, **{name: value if isfinite(value) else None for name, value in known.items()}}

    return told


def _wait(job: PlanJob) -> Callable[[], asyncio.Future[None]]:
    async def wait() -> None:
        await job.stop.wait()

    return lambda: asyncio.ensure_future(wait())


async def _beat(app: App, job: PlanJob, cancel: Callable[[], object]) -> None:
    """Renews the lease until the draft doesn't wait for this job any more, which cancels planning."""
    while True:
        found = await asyncio.to_thread(_renew, app, job)
        if found is None:
            cancel()
            return
        if found:
            job.stop.set()
        await asyncio.sleep(BEAT_SECONDS)


def _renew(app: App, job: PlanJob) -> bool | None:
    """Whether a stop was asked for; None: the draft doesn't wait for this job any more."""
    with app.db.write() as session:
        plan = _mine(session, job)
        if plan is None:
            return None
        plan.lease_until = now() + LEASE
        has_moved, plan.progress = plan.progress != job.progress, dict(job.progress)
        is_stop_asked = plan.is_stop_asked
    if has_moved:
        app.hub.publish(ScheduleChanged(job.schedule_id, is_progress=True))
    return is_stop_asked


def _prepare(app: App, job: PlanJob) -> Built | None:
    """Builds the problem and stores it. None: there is nothing to solve, and the row says why."""
    try:
        built, based_on, today = _built(app, job)
    except (InvalidInput, UnusableInput) as error:
        _store_failure(app, job, error.sentence if isinstance(error, InvalidInput) else _in_words(error))
        return None
    with app.db.write() as session:
        plan = _mine(session, job)
        if plan is None:
            return None
        plan.based_on, plan.input_hash = based_on, input_hash(built.problem)
        if plan.kind is PlanKind.WHAT_IF:
            plan.result = {"today": today}
        store_input(session, job.plan_id, built.problem, built.calendars.read_at)
    return built


def _in_words(error: UnusableInput) -> str:
    """The problem names people by id; what can be wrong with what managers decided has sentences of its own."""
    return {"fixed": TWICE, "excluded": RULED_OUT}.get(error.field, f"{error}.")


def _built(app: App, job: PlanJob) -> tuple[Built, int, dict[str, Any]]:
    """The problem, the newest assignment before it was built, and for a try what is published of its days."""
    with app.db.read() as session:
        plan, schedule = session.get_one(SchedulePlan, job.plan_id), session.get_one(Schedule, job.schedule_id)
        based_on = newest_assignment(session, job.schedule_id)
        moment = plan.as_of or now()
        begins = published_until(session, job.schedule_id) if plan.kind is PlanKind.EXTEND else None
        tried = from_stored(plan.tried)
        asked = Asked(
            plan.first_day,
            plan.end_day,
            from_row(plan.choices),
            plan.number if tried.seed is None else tried.seed,
            min(app.settings.plan_seconds, TRY_SECONDS) if plan.kind is PlanKind.WHAT_IF else app.settings.plan_seconds,
            begins,
            tried,
        )
        built = build(session, schedule, asked, moment)
        is_try = plan.kind is PlanKind.WHAT_IF and bool(built.problem.shifts)
        return built, based_on, today_as_row(session, schedule, built.problem, moment) if is_try else {}


def _store(app: App, job: PlanJob, built: Built, result: Result, took: float) -> None:
    problem = built.problem
    with app.db.write() as session:
        plan = _mine(session, job)
        if plan is None:
            return
        result = explained(result, problem, built.elsewhere, from_row(plan.choices).barred)
        # What was decided before: later decisions don't make the draft outdated.
        known = {"choices": plan.choices, "took_seconds": round(took, 1)} | kept_offers(plan.result, problem)
        stored = result_as_row(problem, result) | known
        tried = from_stored(plan.tried)
        if plan.kind is PlanKind.WHAT_IF:
            today = plan.result.get("today", {})
            stored |= {"today": today, "slots": slots_as_rows(result, today)}
        else:
            store_slots(session, plan, problem, result.slots)
            stored["broken"] = [*stored["broken"], *(each.as_json() for each in leave_words(tried.changes))]
        plan.result = stored
        plan.status, plan.note = PlanStatus.DRAFT, ""
        plan.revision += 1
        plan.lease, plan.lease_until, plan.progress, plan.is_stop_asked = None, None, {}, False
        if plan.by_id is None and not plan.is_automatic and reaches_members(app, session):
            note_ready(session, plan, now())
    log.info("draft planned", plan=job.plan_id, slots=len(result.slots))


def _store_failure(app: App, job: PlanJob, sentence: str) -> None:
    with app.db.write() as session:
        if plan := _mine(session, job):
            _fail(plan, sentence)
    log.info("draft not planned", plan=job.plan_id, why=sentence)
    app.hub.publish(ScheduleChanged(job.schedule_id))


def _fail(plan: SchedulePlan, sentence: str) -> None:
    plan.status, plan.note = PlanStatus.FAILED, sentence
    plan.lease, plan.lease_until, plan.progress, plan.is_stop_asked = None, None, {}, False


def _mine(session: Session, job: PlanJob) -> SchedulePlan | None:
    """The row, locked, if it still waits for this job."""
    plan = session.get(SchedulePlan, job.plan_id, with_for_update={"key_share": True}, populate_existing=True)
    is_mine = plan is not None and plan.status is PlanStatus.PLANNING and plan.lease == job.lease
    return plan if is_mine else None
