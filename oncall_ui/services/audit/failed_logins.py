"""Failed log-ins in the audit log: counted in few lines, so that guessing passwords doesn't flood it.

Why text that was typed isn't kept: docs/decisions/0705.
"""

from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, func, select

from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.models import AuditEntry, Member, now
from oncall_ui.origin import NOWHERE, current_origin
from oncall_ui.services.text_input import is_email

TOGETHER = timedelta(minutes=10)
"""Failures with the same account, from the same address, within this time are one line."""
MOST_LINES = 100
"""New lines in that time. Everything beyond them is counted in one more line, without account and address."""


def record_failed_login(session: Session, typed: str = "", *, member_id: int | None = None) -> None:
    """Counts a failed log-in: with `typed` in the field for the email address, or of a member who is known by then."""
    origin = current_origin()
    member = session.get(Member, member_id) if member_id is not None else _member(session, typed)
    about, name = (member.id, member.name) if member else (None, _shortened(session, typed))
    line = _line(session, about, name, origin.address)
    if line is None and _recent_lines(session) >= MOST_LINES:
        about, name, origin = None, "", NOWHERE
        line = _line(session, about, name, origin.address)
    if line is None:
        line = AuditEntry(
            action=AuditAction.LOGIN_FAILED,
            subject_id=about,
            subject_name=name,
            facts={"count": 0},
            address=origin.address,
            user_agent=origin.user_agent,
        )
    until = now().astimezone(UTC).replace(microsecond=0).isoformat()
    line.facts = {**line.facts, "count": int(line.facts.get("count", 0)) + 1, "until": until}
    session.add(line)


def _line(session: Session, about: int | None, name: str, address: str) -> AuditEntry | None:
    """The line to count in, locked."""
    same = select(AuditEntry).where(
        AuditEntry.action == AuditAction.LOGIN_FAILED,
        col(AuditEntry.at) > _since(),
        col(AuditEntry.subject_id).is_not_distinct_from(about),
        AuditEntry.subject_name == name,
        AuditEntry.address == address,
    )
    return session.exec(same.order_by(col(AuditEntry.id).desc()).limit(1).with_for_update()).first()


def _recent_lines(session: Session) -> int:
    recent = select(func.count()).select_from(AuditEntry)
    recent = recent.where(AuditEntry.action == AuditAction.LOGIN_FAILED, col(AuditEntry.at) > _since())
    return session.exec(recent).one()


def _since() -> datetime:
    return now() - TOGETHER


def _member(session: Session, typed: str) -> Member | None:
    email = typed.strip().lower()
    return session.exec(select(Member).where(Member.email == email)).first() if is_email(email) else None


def _shortened(session: Session, typed: str) -> str:
    """`g…@example.org` if members have addresses there; else nothing: it may be a password in the wrong field."""
    email = typed.strip().lower()
    if not is_email(email):
        return ""
    host = email.partition("@")[2]
    is_ours = session.exec(select(Member.id).where(col(Member.email).endswith(f"@{host}", autoescape=True)).limit(1))
    return f"{email[0]}…@{host}" if is_ours.first() is not None else ""
