"""The fairness ledger as members read it: everybody's account by bucket, and every line of one with its cause."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.ledger.lines import MILLI, Entry
from oncall_ui.domain.schedules.plan_states import LedgerKind
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import LedgerLine, Member, Participant, PublishedShift, now
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.access import MAX_ID, lock_schedule, open_schedule
from oncall_ui.services.schedules.people import names_of
from oncall_ui.services.text_input import checked_line

MOST_POINTS = 10_000


@dataclass(frozen=True, slots=True)
class Account:
    """One participant in one bucket (`all`, `role:primary`, `type:weekend`), in points."""

    participant_id: int
    bucket: str
    due: Fraction
    done: Fraction

    @property
    def balance(self) -> Fraction:
        """Above zero: more than their share."""
        return self.done - self.due


@dataclass(frozen=True, slots=True)
class Fairness:
    """Everybody's accounts. In each bucket the balances sum to zero."""

    accounts: tuple[Account, ...]
    names: dict[int, str]
    """By participant id."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A line of an account. `start` and `end` are those of the shift it is about, if it is about one."""

    at: datetime
    end: datetime | None
    role: str
    type: str
    due: Fraction
    done: Fraction
    balance_after: Fraction
    kind: LedgerKind
    recorded_at: datetime
    by: str
    why: str


def read_fairness(app: App, member_id: int, schedule_id: int) -> Fairness:
    """Of everything published. Raises NotAllowed unless the member is on the schedule."""
    with app.db.read() as session:
        open_schedule(session, member_id, schedule_id, Access.MEMBER)
        sums: defaultdict[tuple[str, int], Entry] = defaultdict(Entry)
        columns = (LedgerLine.participant_id, LedgerLine.role, LedgerLine.type, LedgerLine.due, LedgerLine.done)
        for participant, role, kind, due, done in session.execute(
            select(*map(col, columns)).where(LedgerLine.schedule_id == schedule_id)
        ):
            for bucket in ("all", f"role:{role}" if role else "", f"type:{kind}" if kind else ""):
                was = sums[bucket, participant]
                sums[bucket, participant] = Entry(was.due + due, was.done + done)
        return Fairness(
            tuple(
                Account(participant, bucket, Fraction(entry.due, MILLI), Fraction(entry.done, MILLI))
                for (bucket, participant), entry in sorted(sums.items())
                if bucket
            ),
            names_of(session, schedule_id),
        )


def read_ledger(app: App, member_id: int, schedule_id: int, participant_id: int) -> tuple[LedgerEntry, ...]:
    """One participant's lines, by the time of what they are about. Raises NotAllowed unless on the schedule."""
    with app.db.read() as session:
        open_schedule(session, member_id, schedule_id, Access.MEMBER)
        participant = _participant(session, schedule_id, participant_id)
        return tuple(ledger_of(session, participant))


def ledger_of(session: Session, participant: Participant) -> list[LedgerEntry]:
    rows = session.exec(
        select(LedgerLine, PublishedShift.end, Member.name)
        .outerjoin(PublishedShift, col(LedgerLine.shift_id) == col(PublishedShift.id))
        .outerjoin(Member, col(LedgerLine.by_id) == col(Member.id))
        .where(LedgerLine.participant_id == participant.id)
        .order_by(col(LedgerLine.at), col(LedgerLine.id))
    )
    found, balance = [], 0
    for row, end, by in rows:
        balance += row.done - row.due
        found.append(
            LedgerEntry(
                at=row.at,
                end=end,
                role=row.role,
                type=row.type,
                due=Fraction(row.due, MILLI),
                done=Fraction(row.done, MILLI),
                balance_after=Fraction(balance, MILLI),
                kind=row.kind,
                recorded_at=row.recorded_at,
                by=by or "",
                why=row.why,
            )
        )
    return found


def adjust(
    app: App, member_id: int, schedule_id: int, from_participant: int, to_participant: int, points: Fraction, why: str
) -> None:
    """Moves points that were done from one account to another: a pair of lines with a reason.

    Raises NotAllowed unless the member manages the schedule, and InvalidInput.
    """
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        first = _participant(session, schedule_id, from_participant)
        second = _participant(session, schedule_id, to_participant)
        moved = _thousandths(points)
        if first.id == second.id:
            raise InvalidInput("To", "Choose somebody else.")
        reason = checked_line(why, "Reason", longest=200, sentence="Enter a reason of up to 200 characters.")
        for participant, done in ((first, -moved), (second, moved)):
            session.add(
                LedgerLine(
                    schedule_id=schedule_id,
                    participant_id=participant.id or 0,
                    at=now(),
                    done=done,
                    kind=LedgerKind.ADJUST,
                    by_id=member_id,
                    why=reason,
                )
            )
        record(session, AuditAction.LEDGER_ADJUSTED, by=member_id, what=schedule.name, points=str(points))
    app.hub.publish(ScheduleChanged(schedule_id))


def _thousandths(points: Fraction) -> int:
    moved = round(points * MILLI)
    if not 0 < moved <= MOST_POINTS * MILLI:
        raise InvalidInput("Points", f"Enter a number above 0, up to {MOST_POINTS:,}.")
    return moved


def _participant(session: Session, schedule_id: int, participant_id: int) -> Participant:
    row = session.get(Participant, participant_id) if 0 < participant_id <= MAX_ID else None
    if row is None or row.schedule_id != schedule_id:
        raise NotAllowed
    return row
