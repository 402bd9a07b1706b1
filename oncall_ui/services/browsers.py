"""The browsers a member is logged in with."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from oncall_ui.events import SessionEnded
from oncall_ui.models import LoginSession, now
from oncall_ui.services.installation import Installation


@dataclass(frozen=True, slots=True)
class Browser:
    """One that is logged in. Which of them it is, nobody noted."""

    created_at: datetime
    expires_at: datetime
    is_here: bool


def browsers_of(session: Session, member_id: int, here: str = "") -> tuple[Browser, ...]:
    """The last to log in first; `here` is the session one asks from."""
    rows = session.exec(
        select(LoginSession)
        .where(LoginSession.member_id == member_id, col(LoginSession.expires_at) > now())
        .order_by(col(LoginSession.created_at).desc())
    )
    return tuple(Browser(row.created_at, row.expires_at, row.id == here) for row in rows)


def log_others_out(app: Installation, member_id: int, here: str) -> int:
    """Ends every login of the member but `here`, and the pages open in them; how many there were."""
    with app.db.write() as session:
        rows = session.exec(
            select(LoginSession).where(LoginSession.member_id == member_id, col(LoginSession.id) != here)
        ).all()
        for row in rows:
            session.delete(row)
    for row in rows:
        app.hub.publish(SessionEnded(member_id, row.id))
    return sum(row.expires_at > now() for row in rows)
