"""A member's part of the schedules, for the export: what was agreed, every shift they had, their ledger."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, or_, select

from oncall_ui.domain.schedules.plan_format.fields import utc
from oncall_ui.models import (
    Assignment,
    Membership,
    Participant,
    PublishedShift,
    RequestAnswer,
    Schedule,
    ScheduleAccess,
    ShiftConflict,
    ShiftRequest,
)
from oncall_ui.services.schedules.ledger.fairness import ledger_of


def schedules_of(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Of every schedule they may see or are on, by id. Nothing in it is about anybody else."""
    theirs = {row.schedule_id: row for row in session.exec(_participants(member_id))}
    allowed = session.exec(select(ScheduleAccess).where(ScheduleAccess.member_id == member_id)).all()
    access = {row.schedule_id: row.access.value for row in allowed}
    rows = session.exec(select(Schedule).where(col(Schedule.id).in_({*theirs, *access})).order_by(col(Schedule.id)))
    return [
        {
            "name": schedule.name,
            "zone": schedule.zone,
            "access": access.get(schedule.id or 0),
            **(_part(session, theirs[schedule.id or 0]) if schedule.id in theirs else {}),
        }
        for schedule in rows
    ]


def _participants(member_id: int) -> Any:
    return select(Participant).where(Participant.member_id == member_id)


def _part(session: Session, participant: Participant) -> dict[str, Any]:
    return {
        "agreed": [_agreed(row) for row in session.exec(_memberships(participant))],
        "shifts": [_shift(part, shift) for part, shift in session.exec(_shifts(participant))],
        "requests": [_request(row, answer, participant) for row, answer in session.exec(_requests(participant))],
        "conflicts": [_conflict(row, part) for row, part in session.exec(_conflicts(participant))],
        "ledger": [
            {
                "at": utc(line.at),
                "role": line.role,
                "type": line.type,
                "due": float(line.due),
                "done": float(line.done),
                "balance": float(line.balance_after),
                "kind": line.kind.value,
                "recorded_at": _instant(line.recorded_at),
                "why": line.why,
            }
            for line in ledger_of(session, participant)
        ],
    }


def _memberships(participant: Participant) -> Any:
    return select(Membership).where(Membership.participant_id == participant.id).order_by(col(Membership.id))


def _shifts(participant: Participant) -> Any:
    return (
        select(Assignment, PublishedShift)
        .join(PublishedShift, col(Assignment.shift_id) == col(PublishedShift.id))
        .where(Assignment.participant_id == participant.id)
        .order_by(col(Assignment.start), col(Assignment.id))
    )


def _requests(participant: Participant) -> Any:
    """What they asked for, and what they were asked and answered."""
    asked = select(RequestAnswer.request_id).where(RequestAnswer.participant_id == participant.id)
    return (
        select(ShiftRequest, RequestAnswer)
        .outerjoin(
            RequestAnswer,
            (col(RequestAnswer.request_id) == col(ShiftRequest.id))
            & (col(RequestAnswer.participant_id) == participant.id),
        )
        .where(
            or_(
                ShiftRequest.holder_id == participant.id,
                col(ShiftRequest.taker_id) == participant.id,
                col(ShiftRequest.id).in_(asked),
            )
        )
        .order_by(col(ShiftRequest.id))
    )


def _request(row: ShiftRequest, answer: RequestAnswer | None, participant: Participant) -> dict[str, Any]:
    return {
        "kind": row.kind.value,
        "state": row.state.value,
        "start": utc(row.start),
        "end": utc(row.end),
        "role": row.role,
        "note": row.note if row.by_id == participant.member_id else "",
        "created_at": _instant(row.created_at),
        "answer": answer.answer.value if answer and answer.answer else None,
        "answered_at": _instant(answer.answered_at) if answer else None,
    }


def _conflicts(participant: Participant) -> Any:
    return (
        select(ShiftConflict, Assignment)
        .join(Assignment, col(ShiftConflict.assignment_id) == col(Assignment.id))
        .where(Assignment.participant_id == participant.id)
        .order_by(col(ShiftConflict.id))
    )


def _agreed(row: Membership) -> dict[str, Any]:
    return {
        "from": row.from_day.isoformat(),
        "to": row.to_day.isoformat() if row.to_day else None,
        "share": row.share,
        "roles": row.roles,
        "weekdays": row.weekdays,
        "paused": row.is_paused,
        "recorded_at": _instant(row.recorded_at),
        "ended_at": _instant(row.ended_at),
    }


def _shift(part: Assignment, shift: PublishedShift) -> dict[str, Any]:
    return {
        "start": utc(part.start),
        "end": utc(part.end),
        "role": part.role,
        "type": shift.type,
        "recorded_at": _instant(part.recorded_at),
        "ended_at": _instant(part.ended_at),
        "cause": part.cause.value,
    }


def _conflict(row: ShiftConflict, part: Assignment) -> dict[str, Any]:
    """About a shift of theirs."""
    return {
        "start": utc(part.start),
        "role": part.role,
        "kind": row.kind.value,
        "blocked": row.about.get("spans", []),
        "found_at": _instant(row.found_at),
        "closed_at": _instant(row.closed_at),
        "how": row.how.value if row.how else None,
    }


def _instant(moment: datetime | None) -> str | None:
    return utc(moment) if moment else None
