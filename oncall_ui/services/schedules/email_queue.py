"""Notes, together with a publishing, whom it concerns. A job sends the emails, so that no mail server delays it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.plan_format.fields import utc
from oncall_ui.domain.schedules.shift_email import due_at
from oncall_ui.models import Member, Participant, SchedulePlan, ShiftEmail
from oncall_ui.services.schedules.publish_slots import Change


def queue_emails(session: Session, plan: SchedulePlan, changes: Sequence[Change], moment: datetime) -> None:
    """One email to each member with a shift that came, went or has other times."""
    concerned: defaultdict[int, list[Change]] = defaultdict(list)
    for change in changes:
        for holder in {change.before, change.after}:
            if holder is not None:
                concerned[holder].append(change)
    rows = session.exec(
        select(Participant, Member)
        .join(Member, col(Participant.member_id) == col(Member.id))
        .where(col(Participant.id).in_(concerned))
    )
    for participant, member in rows:
        theirs = concerned[participant.id or 0]
        due = due_at(moment, zone_of(member.zone), (change.start for change in theirs))
        session.add(
            ShiftEmail(
                plan_id=plan.id or 0,
                member_id=member.id or 0,
                changes=list(_rows(theirs)),
                created_at=moment,
                due_at=due,
            )
        )


def _rows(changes: Iterable[Change]) -> Iterable[dict[str, Any]]:
    for each in changes:
        yield {
            "start": utc(each.start),
            "end": utc(each.end),
            "role": each.role,
            "before": each.before,
            "after": each.after,
        }
