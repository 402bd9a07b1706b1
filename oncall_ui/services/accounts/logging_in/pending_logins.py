"""Log-ins that wait for their second factor. Their token is in the browser's session, and opens nothing else."""

from datetime import timedelta

from sqlmodel import Session, col, delete

from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.models import PendingLogin, now
from oncall_ui.security.tokens import hash_token, new_token

LIFETIME = timedelta(minutes=10)


def begin_pending(session: Session, member_id: int, method: LoginMethod) -> str:
    """A log-in whose first factor, `method`, was right. Returns its token."""
    session.exec(delete(PendingLogin).where(col(PendingLogin.expires_at) <= now()))
    token = new_token()
    session.add(PendingLogin(id=hash_token(token), member_id=member_id, method=method, expires_at=now() + LIFETIME))
    return token


def find_pending(session: Session, token: str, *, lock: bool = False) -> PendingLogin | None:
    """The log-in of this token, if it hasn't expired. With `lock` nobody else changes it meanwhile."""
    row = session.get(PendingLogin, hash_token(token), with_for_update=lock)
    return row if row is not None and row.expires_at > now() else None


def end_pending(session: Session, member_id: int) -> None:
    """Ends all log-ins of the member that wait."""
    session.exec(delete(PendingLogin).where(col(PendingLogin.member_id) == member_id))
