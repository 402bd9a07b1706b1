"""Recovery codes: for a member who has lost the second factor. Each works once; only slow hashes are stored."""

from sqlmodel import Session, col, delete, select, update

from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.models import RecoveryCode, now
from oncall_ui.security.recovery_codes import hash_code, new_code
from oncall_ui.services.audit.record import record

NUMBER = 10


def make_codes(session: Session, member_id: int) -> tuple[str, ...]:
    """Replaces the member's codes. They are returned only now, to be shown once."""
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.member_id) == member_id))
    codes = tuple(new_code() for _ in range(NUMBER))
    session.add_all(RecoveryCode(member_id=member_id, code_hash=hash_code(member_id, code)) for code in codes)
    record(session, AuditAction.RECOVERY_CODES_MADE, by=member_id, codes=NUMBER)
    return codes


def use_code(session: Session, member_id: int, code: str) -> int | None:
    """Uses up the code. Returns how many are left; None if it isn't one of the member's, or was used before."""
    used = session.execute(
        update(RecoveryCode)
        .where(col(RecoveryCode.member_id) == member_id, col(RecoveryCode.used_at).is_(None))
        .where(col(RecoveryCode.code_hash) == hash_code(member_id, code))
        .values(used_at=now())
        .returning(col(RecoveryCode.id))
    ).first()
    if used is None:
        return None
    left = select(RecoveryCode).where(RecoveryCode.member_id == member_id, col(RecoveryCode.used_at).is_(None))
    number = len(session.exec(left).all())
    record(session, AuditAction.RECOVERY_CODE_USED, by=member_id, left=number)
    return number


def delete_codes(session: Session, member_id: int) -> None:
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.member_id) == member_id))
