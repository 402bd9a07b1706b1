"""Who changed what a schedule follows, and when: its settings, rules and people, as the audit log has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.models import AuditEntry, Member

MOST = 200
ACTIONS = (
    AuditAction.SCHEDULE_CREATED,
    AuditAction.SCHEDULE_CHANGED,
    AuditAction.SCHEDULE_PEOPLE_CHANGED,
    AuditAction.SCHEDULE_ACCESS_CHANGED,
    AuditAction.SCHEDULE_ARCHIVED,
)


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """`by` and `about` are empty where the account is gone, which the audit log itself still names for a while."""

    at: datetime
    action: AuditAction
    by: str
    about: str
    facts: Mapping[str, Any]


def settings_changes(session: Session, schedule_id: int) -> tuple[SettingsChange, ...]:
    """The newest first, as far back as the audit log goes."""
    rows = session.exec(
        select(AuditEntry)
        .where(col(AuditEntry.action).in_(ACTIONS), col(AuditEntry.facts)["schedule"].as_integer() == schedule_id)
        .order_by(col(AuditEntry.at).desc(), col(AuditEntry.id).desc())
        .limit(MOST)
    ).all()
    return tuple(
        SettingsChange(
            row.at,
            AuditAction(row.action),
            _name(session, row.actor_id, row.at),
            _name(session, row.subject_id, row.at),
            row.facts,
        )
        for row in rows
    )


def _name(session: Session, member_id: int | None, at: datetime) -> str:
    """Not of somebody who got the number of an erased account later."""
    row = session.get(Member, member_id) if member_id else None
    return row.name if row is not None and row.created_at <= at else ""
