"""Notes, together with a change of the published schedule, whom it concerns.

A job sends the emails, so that no mail server delays the change.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from oncall_ui.domain.schedules.messages.kinds import MessageKind, Occasion
from oncall_ui.domain.schedules.messages.timing import UNDO
from oncall_ui.domain.schedules.plan_format.fields import utc
from oncall_ui.models import Member, Message, Participant
from oncall_ui.services.schedules.messages.outbox import Note, due_now, put
from oncall_ui.services.schedules.published.publish_slots import Change


@dataclass(frozen=True, slots=True)
class News:
    """What happened to which shifts, and who did it."""

    schedule_id: int
    by: int | None
    occasion: Occasion
    changes: Sequence[Change]


def queue_emails(session: Session, news: News, moment: datetime) -> list[Message]:
    """One email to each member with a shift that came, went or has other times. Returns them, none of them sent.

    A shift that was handed over joins an email about others that still waits: what is given back meanwhile isn't told.
    """
    concerned: defaultdict[int, list[Change]] = defaultdict(list)
    for change in news.changes:
        for holder in {change.before, change.after}:
            if holder is not None:
                concerned[holder].append(change)
    rows = session.exec(
        select(Participant.id, Member)
        .join(Member, col(Participant.member_id) == col(Member.id))
        .where(col(Participant.id).in_(concerned))
        .order_by(col(Participant.id))
    ).all()
    found = [_queue(session, news, member, concerned[participant or 0], moment) for participant, member in rows]
    return [each for each in found if each is not None]


def _queue(session: Session, news: News, member: Member, theirs: Sequence[Change], moment: datetime) -> Message | None:
    starts = tuple(change.start for change in theirs if change.end > moment)
    is_handed_over = news.occasion is Occasion.HANDED_OVER
    if is_handed_over and (row := _waiting(session, news, member.id or 0)):
        _join(session, row, theirs, starts, moment)
        return row
    note = Note(
        MessageKind(news.occasion),
        member.id or 0,
        news.schedule_id,
        {"changes": [*_rows(theirs)]},
        by=news.by,
        starts=starts,
    )
    row = put(session, note, moment)
    if row is not None and is_handed_over:
        row.due_at = max(row.due_at, moment + UNDO)
    return row


def _join(
    session: Session, row: Message, theirs: Sequence[Change], starts: Sequence[datetime], moment: datetime
) -> None:
    row.payload = {"changes": [*row.payload["changes"], *_rows(theirs)]}
    row.starts_at = min([*filter(None, [row.starts_at]), *starts], default=None)
    row.due_at = min(row.due_at, max(due_now(session, row, moment), moment + UNDO))
    session.add(row)


def _waiting(session: Session, news: News, member_id: int) -> Message | None:
    rows = (
        select(Message)
        .where(Message.schedule_id == news.schedule_id, Message.member_id == member_id)
        .where(Message.by_id == news.by, Message.kind == MessageKind(news.occasion), col(Message.sent_at).is_(None))
        .order_by(col(Message.id).desc())
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
