"""A published schedule whose holders are blocked one after another, and what is wrong with what is stored of that."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session, col, func, select

from bench.faults.stage.published import Published
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.imports.state import State
from oncall_ui.domain.schedules.conflicts.trouble import Ending
from oncall_ui.domain.schedules.messages.kinds import MessageKind
from oncall_ui.domain.schedules.plan_states import AssignmentCause, PlanKind
from oncall_ui.models import (
    Assignment,
    AuditEntry,
    Availability,
    Calendar,
    Connection,
    Message,
    Participant,
    PlanSlot,
    SchedulePlan,
    ShiftConflict,
)
from oncall_ui.services.schedules.published.publish import publish
from tests.services.helpers.schedules import balances_by_bucket, in_plan


class Repaired:
    """Four members on twelve weeks of daily shifts, each with a calendar."""

    def __init__(self, folder: Path, database_url: str | None) -> None:
        self.published = Published(folder, database_url)
        self.app, self.folder, self.url = self.published.app, folder, self.published.url
        self.manager, self.schedule = self.published.manager, self.published.schedule
        publish(self.app, self.manager, self.schedule, self.published.draft(), 1)
        with self.app.db.write() as session:
            members = [row.member_id or 0 for row in session.exec(select(Participant))]
            self.calendars = {member: _calendar(session, member) for member in members}

    def holder(self, day: int) -> int:
        """The member who has the shift of that day now."""
        with self.app.db.read() as session:
            rows = (
                select(Participant.member_id)
                .join(Assignment, col(Assignment.participant_id) == col(Participant.id))
                .where(Assignment.start == in_plan(day), col(Assignment.ended_at).is_(None))
            )
            return session.exec(rows).one() or 0

    @staticmethod
    def at(day: int) -> datetime:
        """In the middle of that day's shift."""
        return in_plan(day) + timedelta(hours=12)

    def is_blocked(self, day: int) -> bool:
        """Whether the import was stored: its conflict may be missing yet."""
        with self.app.db.read() as session:
            return session.exec(select(func.count()).where(Availability.start == self.at(day))).one() > 0

    def open_conflicts(self) -> int:
        with self.app.db.read() as session:
            rows = select(func.count()).select_from(ShiftConflict).where(col(ShiftConflict.closed_at).is_(None))
            return session.exec(rows).one()

    def faults(self) -> list[str]:
        """What is lost or there twice; empty: everything is there whole or not at all."""
        with self.app.db.read() as session:
            return self.faults_in(session)

    def faults_in(self, session: Session) -> list[str]:
        return list(_faults(session, self.schedule, self.manager))


def _calendar(session: Session, member: int) -> int:
    connection = Connection(
        member_id=member, product="ics", nickname="Work", account="work", fingerprint=str(member), sealed="sealed"
    )
    session.add(connection)
    session.flush()
    calendar = Calendar(connection_id=connection.id or 0, remote_id="work", name="Work", state=State.UP_TO_DATE)
    session.add(calendar)
    session.flush()
    return calendar.id or 0


def _faults(session: Session, schedule: int, manager: int) -> Iterator[str]:
    rows = list(session.exec(select(ShiftConflict)))
    opened = Counter((row.assignment_id, row.kind) for row in rows if row.closed_at is None)
    if any(number > 1 for number in opened.values()):
        yield "a conflict is open twice"
    plans = list(session.exec(select(SchedulePlan).where(SchedulePlan.kind == PlanKind.REPAIR)))
    parts = list(session.exec(select(Assignment)))
    given = Counter(part.cause_id for part in parts if part.cause is AssignmentCause.REPAIR)
    for plan in plans:
        wanted = session.exec(select(func.count()).where(PlanSlot.plan_id == plan.id)).one()
        if given[plan.id] != wanted:
            yield f"repair {plan.number} gave {given[plan.id]} of {wanted} slots"
    if set(given) - {plan.id for plan in plans}:
        yield "slots were given by no repair"
    live = Counter((part.shift_id, part.role) for part in parts if part.ended_at is None)
    if any(number != 1 for number in live.values()) or len(live) != len({(each.shift_id, each.role) for each in parts}):
        yield "a slot has no holder, or two"
    if any(balances_by_bucket(session, schedule)):
        yield "the ledger doesn’t sum to zero"
    recorded = session.exec(select(func.count()).where(AuditEntry.action == AuditAction.PLAN_REPAIRED)).one()
    if recorded != len(plans):
        yield f"{recorded} lines in the audit log for {len(plans)} repairs"
    if sum(row.how is Ending.REPAIRED for row in rows) != len(plans):
        yield "a repair left a conflict open, or closed another"
    yield from _emails(session, rows, {part.id: part for part in parts}, sum(given.values()), manager)


def _emails(
    session: Session, rows: list[ShiftConflict], parts: dict[int | None, Assignment], moves: int, manager: int
) -> Iterator[str]:
    members = {row.id: row.member_id for row in session.exec(select(Participant))}
    emails = list(session.exec(select(Message)))
    told: Counter[tuple[int | None, int | None]] = Counter(
        (each, email.member_id)
        for email in emails
        if email.kind is MessageKind.CONFLICT
        for each in email.payload["conflicts"]
    )
    wanted: Counter[tuple[int | None, int | None]] = Counter(
        (row.id, who) for row in rows for who in {manager, members[parts[row.assignment_id].participant_id]}
    )
    if told != wanted:
        yield f"emails about conflicts: {(wanted - told).total()} lost, {(told - wanted).total()} too many"
    changes = sum(len(email.payload["changes"]) for email in emails if email.kind is MessageKind.REPAIRED)
    if changes != 2 * moves:
        yield f"emails about repairs: {changes} changes for {moves} moves"
