"""A schedule whose drafts are published one after another, and what is wrong with what is stored of that."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from sqlmodel import Session, col, func, select

from bench.due.team import PASSWORD, email_of
from bench.faults.stage.acts import settings_for
from bench.faults.stage.world import QUICK_PASSWORDS
from oncall_ui.app import open_app
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.schedules.membership import Terms
from oncall_ui.domain.schedules.plan_states import PlanStatus
from oncall_ui.migrations import migrate
from oncall_ui.models import Assignment, AuditEntry, LedgerLine, Message, Participant, PlanSlot, SchedulePlan
from oncall_ui.services.accounts.members import add_member
from oncall_ui.services.schedules.create import NewSchedule, create_schedule
from oncall_ui.services.schedules.drafts.results import slots_of
from oncall_ui.services.schedules.settings import Settings as ScheduleSettings
from oncall_ui.worker import Workers
from tests.services.helpers.schedules import DAILY, balances_by_bucket, draft_by_hand, next_monday

T = TypeVar("T")
MEMBERS, DAYS = 4, 84


class Published:
    """Four members, and drafts of twelve weeks in which every shift changes hands."""

    def __init__(self, folder: Path, database_url: str | None, **settings: Any) -> None:
        self.folder = folder
        self.url = database_url or f"sqlite:///{folder / 'oncall.db'}"
        self.app = open_app(
            settings_for(folder, self.url, **settings), passwords=QUICK_PASSWORDS, workers=Workers(processes=1)
        )
        migrate(self.app.db)
        self.manager, *others = [self._member(number) for number in range(MEMBERS)]
        terms = {member: Terms() for member in (self.manager, *others)}
        new = NewSchedule(ScheduleSettings("Platform", "UTC"), next_monday(), terms, [DAILY])
        self.schedule = create_schedule(self.app, self.manager, new)
        with self.app.db.read() as session:
            self._people = list(session.exec(select(Participant.id).order_by(col(Participant.id))))

    def _member(self, number: int) -> int:
        name, email = f"Member {number}", email_of(number)
        return add_member(self.app, name=name, email=email, password=PASSWORD, zone="UTC", is_admin=not number)

    def draft(self) -> int:
        """The number of a new draft, in which nobody keeps a shift of the one before."""
        with self.app.db.read() as session:
            before = len(session.exec(select(SchedulePlan.id)).all())
        holders = [self._people[(day + before) % MEMBERS] for day in range(DAYS)]
        return draft_by_hand(self.app, self.schedule, holders)

    def is_published(self, number: int) -> bool:
        with self.app.db.read() as session:
            plan = session.exec(select(SchedulePlan).where(SchedulePlan.number == number)).one()
            return plan.status is PlanStatus.PUBLISHED

    def faults(self) -> list[str]:
        """What a plan lacks or has twice, of all that publishing stores; empty: each is there whole or not at all."""
        with self.app.db.read() as session:
            return self.faults_in(session)

    def faults_in(self, session: Session) -> list[str]:
        return list(_faults(session, self.schedule))


def _faults(session: Session, schedule: int) -> Iterator[str]:
    plans = list(session.exec(select(SchedulePlan).order_by(col(SchedulePlan.number))))
    published = [plan for plan in plans if plan.status is PlanStatus.PUBLISHED]
    rows = defaultdict(list)
    for row in session.exec(select(Assignment)):
        rows[row.cause_id].append(row)
    for plan in plans:
        slots = slots_of(session, plan) if plan in published else []
        wanted = Counter((slot.shift_start, slot.shift_end, slot.participant_id) for slot in slots)
        found = Counter((row.start, row.end, row.participant_id) for row in rows[plan.id])
        yield from _differ(f"plan {plan.number}", wanted, found)
        ended = sum(row.ended_at is not None for row in rows[plan.id])
        if plan in published and ended != (0 if plan is published[-1] else DAYS):
            yield f"{ended} assignments of plan {plan.number} are ended"
    if published:
        yield from _ledger(session, schedule, slots_of(session, published[-1]))
    moments = [plan.published_at for plan in published if plan.published_at for _ in range(MEMBERS)]
    yield from _differ("emails", Counter(moments), Counter(session.exec(select(Message.created_at)).all()))
    entries = session.exec(select(func.count()).where(AuditEntry.action == AuditAction.PLAN_PUBLISHED)).one()
    if entries != len(published):
        yield f"{entries} lines in the audit log for {len(published)} plans"


def _ledger(session: Session, schedule: int, slots: list[PlanSlot]) -> Iterator[str]:
    if any(balances_by_bucket(session, schedule)):
        yield "the ledger doesn’t sum to zero"
    wanted: Counter[int] = Counter()
    for slot in slots:
        wanted[slot.participant_id or 0] += 1000 * slot.points
    done = select(LedgerLine.participant_id, func.sum(LedgerLine.done)).group_by(col(LedgerLine.participant_id))
    yield from _differ("ledger", wanted, Counter({person: int(total) for person, total in session.exec(done)}))


def _differ(what: str, wanted: Counter[T], found: Counter[T]) -> Iterator[str]:
    if lost := (wanted - found).total():
        yield f"{what}: {lost} lost"
    if doubled := (found - wanted).total():
        yield f"{what}: {doubled} too many"
