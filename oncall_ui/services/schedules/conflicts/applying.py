"""Uses a fix: one transaction, refused where anything it rests on has changed since it was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.conflicts.fixes import Move, RepairFix
from oncall_ui.domain.schedules.destinations.kinds import EventKind
from oncall_ui.domain.schedules.messages.kinds import Occasion
from oncall_ui.domain.schedules.plan_format.canonical import input_hash
from oncall_ui.domain.schedules.plan_states import AssignmentCause, PlanKind, PlanStatus, SlotHow
from oncall_ui.domain.schedules.planning.result import Result
from oncall_ui.errors import PlanOutdated
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import PlanSlot, PublishedShift, Schedule, SchedulePlan, now
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.access import lock_schedule
from oncall_ui.services.schedules.conflicts.looking import bring_up_to_date
from oncall_ui.services.schedules.conflicts.repairing import Broken, broken_problem
from oncall_ui.services.schedules.cover import emails as requests
from oncall_ui.services.schedules.cover.parts import Handed, HeldSlot, give, held_slot
from oncall_ui.services.schedules.cover.rows import close_lost
from oncall_ui.services.schedules.destinations.outbox import queue_changes
from oncall_ui.services.schedules.drafts.drafts import newest_assignment
from oncall_ui.services.schedules.drafts.outdated import differences
from oncall_ui.services.schedules.drafts.results import result_as_row, store_input
from oncall_ui.services.schedules.messages.outbox import reaches_members
from oncall_ui.services.schedules.people import names_of
from oncall_ui.services.schedules.published.email_queue import News, queue_emails
from oncall_ui.services.schedules.published.other_schedules import lock_people
from oncall_ui.services.schedules.published.publish_slots import Change

AGAIN = "since these fixes were found. Find fixes again."
PUBLISHED = f"The published schedule has changed {AGAIN}"
BEGUN = f"A shift that would change hands has begun {AGAIN}"


def use_repair(app: App, member_id: int, schedule_id: int, broken: Broken, fix: RepairFix) -> tuple[Change, ...]:
    """Gives the slots of the fix to their new holders, and returns what changed hands.

    The ledger moves with them, those concerned get an email, and the conflicts it ends are closed. Raises NotAllowed
    unless the member manages the schedule, and PlanOutdated, with what has changed; then nothing has changed here.
    """
    moment = now()
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        lock_people(session, map(int, fix.people))
        _check(session, schedule, broken, fix, moment)
        using = _Using(session, schedule, member_id, moment)
        changes = using.use(broken, fix)
        if reaches_members(app, session):
            queue_emails(session, News(schedule_id, member_id, Occasion.REPAIRED, changes), moment)
        queue_changes(
            session, schedule_id, EventKind.ASSIGNMENT_CHANGED, changes, by=member_id, at=moment, cause="repair"
        )
        requests.lost(app, session, close_lost(session, schedule_id, moment), moment)
        bring_up_to_date(session, schedule, moment, has_email=reaches_members(app, session))
        record(
            session,
            AuditAction.PLAN_REPAIRED,
            by=member_id,
            what=schedule.name,
            number=using.number,
            changes=len(changes),
            blocked=sum(move.blocked > 0 for move in fix.moves),
        )
    app.hub.publish(ScheduleChanged(schedule_id))
    return tuple(changes)


def _check(session: Session, schedule: Schedule, broken: Broken, fix: RepairFix, moment: datetime) -> None:
    if newest_assignment(session, schedule.id or 0) != broken.based_on:
        raise PlanOutdated(PUBLISHED)
    if any(move.slot.start <= moment for move in fix.moves):
        raise PlanOutdated(BEGUN)
    problem = broken_problem(session, schedule, broken.needed, broken.at)
    names = names_of(session, schedule.id or 0)
    for reason in differences(broken.problem, problem, names, fix.people):
        raise PlanOutdated(f"{reason} {AGAIN}")


@dataclass(slots=True)
class _Using:
    """Within the caller's transaction. `number` is that of the plan that is kept of it."""

    session: Session
    schedule: Schedule
    by: int
    at: datetime
    number: int = 0

    def use(self, broken: Broken, fix: RepairFix) -> list[Change]:
        slots = [self._slot(move) for move in fix.moves]
        plan = self._plan(broken, fix, [slot.shift for slot in slots])
        changes: list[Change] = []
        for move, slot in zip(fix.moves, slots, strict=True):
            after = int(move.after) if move.after else None
            span, why = (slot.shift.start, slot.shift.end), f"plan {plan.number}"
            cause, is_accepted = AssignmentCause.REPAIR, move.blocked > 0
            new = Handed(after, *span, self.by, self.at, cause, why, plan.id, is_accepted)
            changes += give(self.session, self.schedule, slot, new)
        return changes

    def _slot(self, move: Move) -> HeldSlot:
        slot = held_slot(self.session, self.schedule.id or 0, move.slot.start, move.slot.role)
        if slot is None:
            raise PlanOutdated(PUBLISHED)
        return slot

    def _plan(self, broken: Broken, fix: RepairFix, shifts: Sequence[PublishedShift]) -> SchedulePlan:
        """What is kept of it: the problem, the certificate, and the slots that changed hands."""
        zone = zone_of(self.schedule.zone)
        numbers = select(func.max(SchedulePlan.number)).where(col(SchedulePlan.schedule_id) == self.schedule.id)
        self.number = (self.session.exec(numbers).one() or 0) + 1
        end = max(shift.end for shift in shifts).astimezone(zone).date() + timedelta(days=1)
        plan = SchedulePlan(
            schedule_id=self.schedule.id or 0,
            number=self.number,
            kind=PlanKind.REPAIR,
            status=PlanStatus.PUBLISHED,
            first_day=min(shift.start for shift in shifts).astimezone(zone).date(),
            end_day=end,
            based_on=broken.based_on,
            by_id=self.by,
            created_at=broken.at,
            as_of=broken.at,
            input_hash=input_hash(broken.problem),
            result=result_as_row(broken.problem, Result((), fix.stages)),
            published_by=self.by,
            published_at=self.at,
            published_until=end,
        )
        self.session.add(plan)
        self.session.flush()
        store_input(self.session, plan.id or 0, broken.problem, {})
        for move, shift in zip(fix.moves, shifts, strict=True):
            self.session.add(
                PlanSlot(
                    plan_id=plan.id or 0,
                    shift_start=shift.start,
                    shift_end=shift.end,
                    role=move.slot.role,
                    type=shift.type,
                    points=shift.points,
                    label=shift.label,
                    participant_id=int(move.after) if move.after else None,
                    how=SlotHow.SOLVER,
                    blocked=move.blocked,
                    changed=True,
                )
            )
        return plan
