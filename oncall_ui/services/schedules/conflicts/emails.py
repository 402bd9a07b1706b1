"""Emails about shifts that need a change: noted together with the conflict, written when they are sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from oncall_ui.domain.accounts.emails import Email
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.conflicts.email_text import ConflictNews, Line, conflict_email
from oncall_ui.domain.schedules.conflicts.trouble import Trouble
from oncall_ui.domain.schedules.conflicts.words import why_words
from oncall_ui.domain.schedules.plan_states import AssignmentCause
from oncall_ui.domain.schedules.shift_email import Occasion, due_at
from oncall_ui.models import (
    Assignment,
    Member,
    Participant,
    Schedule,
    ScheduleAccess,
    ShiftConflict,
    ShiftEmail,
)
from oncall_ui.services.schedules.people import names_of

URGENT = timedelta(days=3)
"""News about a shift that begins sooner doesn't wait for the morning."""
GATHER = timedelta(minutes=1)
"""What is found meanwhile joins the same email, and what goes away isn't told."""
ROUTE = "repair"


def queue_conflict_emails(
    session: Session, schedule: Schedule, rows: Sequence[ShiftConflict], moment: datetime
) -> None:
    """One email to each holder and to each manager. A gap that was published isn't news."""
    parts = _parts(session, rows)
    told = [row for row in rows if not _is_published_gap(row, parts[row.assignment_id])]
    members = _members_of(session, parts)
    managers = set(_managers(session, schedule.id or 0)) if told else set()
    holders = {members.get(parts[row.assignment_id].participant_id or 0) for row in told}
    for member in session.exec(select(Member).where(col(Member.id).in_({*managers, *holders} - {None}))):
        theirs = [
            row
            for row in told
            if member.id in managers or members.get(parts[row.assignment_id].participant_id or 0) == member.id
        ]
        _queue(session, schedule, member, theirs, [parts[row.assignment_id].start for row in theirs], moment)


class ConflictEmail:
    """What is left to tell by now, to the member of the row. Without lines there is nothing."""

    def __init__(self, session: Session, row: ShiftEmail) -> None:
        self._schedule = session.get_one(Schedule, row.schedule_id)
        self.member = session.get_one(Member, row.member_id)
        ids = [int(each["conflict"]) for each in row.changes]
        rows = select(ShiftConflict).where(col(ShiftConflict.id).in_(ids), col(ShiftConflict.closed_at).is_(None))
        found = session.exec(rows).all()
        parts, names = _parts(session, found), names_of(session, row.schedule_id)
        members = _members_of(session, parts)
        self.lines = [_line(each, parts[each.assignment_id], names, members, row.member_id) for each in found]
        self.lines.sort(key=lambda line: (line.start, line.role))
        self._is_manager = row.member_id in _managers(session, row.schedule_id)

    def email(self, public_url: str, stop_url: str) -> Email:
        zone = zone_of(self.member.zone)
        news = ConflictNews(self.member.name, self._schedule.name, self.lines, zone, self._is_manager)
        return conflict_email(news, url=f"{public_url}/schedules/{self._schedule.id}/{ROUTE}", stop_url=stop_url)


def _line(
    row: ShiftConflict, part: Assignment, names: Mapping[int, str], members: Mapping[int, int | None], reader: int
) -> Line:
    who = names.get(part.participant_id or 0, "")
    is_mine = part.participant_id is not None and members.get(part.participant_id) == reader
    return Line(part.start, part.end, part.role, why_words(row.kind, row.about, "" if is_mine else who))


def _queue(
    session: Session,
    schedule: Schedule,
    member: Member,
    rows: Sequence[ShiftConflict],
    starts: Sequence[datetime],
    moment: datetime,
) -> None:
    """Joins an email that still waits."""
    due = max(due_at(moment, zone_of(member.zone), starts, urgent=URGENT), moment + GATHER)
    waiting = (
        select(ShiftEmail)
        .where(ShiftEmail.schedule_id == schedule.id, ShiftEmail.member_id == member.id)
        .where(ShiftEmail.occasion == Occasion.CONFLICT, col(ShiftEmail.sent_at).is_(None))
        .with_for_update()
    )
    email = session.exec(waiting).first() or ShiftEmail(
        schedule_id=schedule.id or 0,
        member_id=member.id or 0,
        occasion=Occasion.CONFLICT,
        created_at=moment,
        due_at=due,
        changes=[],
    )
    email.changes = [*email.changes, *({"conflict": row.id} for row in rows)]
    email.due_at = min(email.due_at, due)
    session.add(email)


def _is_published_gap(row: ShiftConflict, part: Assignment) -> bool:
    return row.kind is Trouble.GAP and part.cause in {AssignmentCause.PLAN, AssignmentCause.REPAIR}


def _parts(session: Session, rows: Sequence[ShiftConflict]) -> dict[int, Assignment]:
    ids = {row.assignment_id for row in rows}
    return {part.id or 0: part for part in session.exec(select(Assignment).where(col(Assignment.id).in_(ids)))}


def _members_of(session: Session, parts: Mapping[int, Assignment]) -> dict[int, int | None]:
    """Participant → member."""
    ids = {part.participant_id for part in parts.values()}
    rows = session.exec(select(Participant).where(col(Participant.id).in_(ids)))
    return {row.id or 0: row.member_id for row in rows}


def _managers(session: Session, schedule_id: int) -> list[int]:
    rows = select(ScheduleAccess.member_id).where(
        ScheduleAccess.schedule_id == schedule_id, col(ScheduleAccess.access) == Access.MANAGER
    )
    return list(session.exec(rows))
