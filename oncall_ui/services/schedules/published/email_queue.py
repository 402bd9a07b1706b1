"""Notes, together with a change of the published schedule, whom it concerns.

A job sends the emails, so that no mail server delays the change.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.plan_format.fields import utc
from oncall_ui.domain.schedules.shift_email import UNDO, Occasion, due_at
from oncall_ui.models import Member, Participant, ShiftEmail
from oncall_ui.services.schedules.published.publish_slots import Change


@dataclass(frozen=True, slots=True)
class News:
    """What happened to which shifts, and who did it."""

    schedule_id: int
    by: int
    occasion: Occasion
    changes: Sequence[Change]


def queue_emails(session: Session, news: News, moment: datetime) -> list[ShiftEmail]:
    """One email to each member with a shift that came, went or has other times. Returns them, none of them sent.

    A shift that was handed over joins an email about others that still waits: what is given back meanwhile isn't told.
    """
    concerned: defaultdict[int, list[Change]] = defaultdict(list)
    for change in news.changes:
        for holder in {change.before, change.after}:
            if holder is not None:
                concerned[holder].append(change)
    rows = session.exec(
        select(Participant, Member)
        .join(Member, col(Participant.member_id) == col(Member.id))
        .where(col(Participant.id).in_(concerned))
    ).all()
    return [_queue(session, news, member, concerned[each.id or 0], moment) for each, member in rows]


def _queue(session: Session, news: News, member: Member, theirs: Sequence[Change], moment: datetime) -> ShiftEmail:
    due = due_at(moment, zone_of(member.zone), (change.start for change in theirs))
    row = None
    if news.occasion is Occasion.HANDED_OVER:
        due = max(due, moment + UNDO)
        row = _waiting(session, news, member.id or 0)
    if row is None:
        row = ShiftEmail(
            schedule_id=news.schedule_id,
            member_id=member.id or 0,
            by_id=news.by,
            occasion=news.occasion,
            created_at=moment,
            due_at=due,
            changes=[],
        )
    row.changes = [*row.changes, *_rows(theirs)]
    row.due_at = min(row.due_at, due)
    session.add(row)
    return row


def _waiting(session: Session, news: News, member_id: int) -> ShiftEmail | None:
    rows = (
        select(ShiftEmail)
        .where(ShiftEmail.schedule_id == news.schedule_id, ShiftEmail.member_id == member_id)
        .where(ShiftEmail.by_id == news.by, ShiftEmail.occasion == news.occasion, col(ShiftEmail.sent_at).is_(None))
        .order_by(col(ShiftEmail.id).desc())
        .with_for_update()
    )
    return session.exec(rows).first()


def _rows(changes: Iterable[Change]) -> Iterable[dict[str, Any]]:
    for each in changes:
        yield {
            "start": utc(each.start),
            "end": utc(each.end),
            "role": each.role,
            "before": each.before,
            "after": each.after,
            "of_shift": utc(each.of_shift) if each.of_shift else None,
        }
