"""Login sessions: rows in the database, checked on every page and before every change."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.errors import NotLoggedIn
from oncall_ui.hub import SessionEnded
from oncall_ui.models import LoginSession, Member, now
from oncall_ui.origin import current_origin
from oncall_ui.security.tokens import hash_token, new_token
from oncall_ui.services.accounts.members import MemberView, member_view

LIFETIME = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A member in one browser."""

    member: MemberView
    session_id: str


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session, as its member may see it. Which browser it belongs to is not stored."""

    created_at: datetime
    expires_at: datetime


def open_session(app: App, member_id: int, method: LoginMethod) -> str:
    """A session for a member who has just proved their identity with `method`. Returns the cookie's token."""
    with app.db.write() as session:
        return begin_session(session, member_id, method)


def session_for(app: App, token: str | None) -> LoggedIn:
    """The session that belongs to a cookie's token. Raises NotLoggedIn."""
    return require_session(app, hash_token(token or ""))


def require_session(app: App, session_id: str) -> LoggedIn:
    """The session of a page that is already open, checked before every change. Raises NotLoggedIn."""
    with app.db.read() as session:
        found = session.exec(
            select(LoginSession, Member)
            .where(LoginSession.id == session_id, LoginSession.member_id == Member.id)
            .where(col(LoginSession.expires_at) > now())
        ).first()
    if found is None:
        raise NotLoggedIn
    return LoggedIn(member_view(found[1]), session_id)


def log_out(app: App, session_id: str) -> None:
    """Ends the session and closes its open pages."""
    with app.db.write() as session:
        row = session.get(LoginSession, session_id, with_for_update=True)
        if row is None:
            return
        session.delete(row)
    app.hub.publish(SessionEnded(row.member_id, session_id))


def log_out_others(app: App, member_id: int, here: str) -> int:
    """Ends the member's sessions except `here`, and closes their open pages. Returns how many were still valid."""
    with app.db.write() as session:
        others = select(LoginSession).where(LoginSession.member_id == member_id, col(LoginSession.id) != here)
        rows = session.exec(others.with_for_update()).all()
        for row in rows:
            session.delete(row)
    for row in rows:
        app.hub.publish(SessionEnded(member_id, row.id))
    return sum(row.expires_at > now() for row in rows)


def sessions_of(session: Session, member_id: int) -> tuple[SessionView, ...]:
    """The member's valid sessions, newest first."""
    rows = session.exec(
        select(LoginSession)
        .where(LoginSession.member_id == member_id, col(LoginSession.expires_at) > now())
        .order_by(col(LoginSession.created_at).desc())
    )
    return tuple(SessionView(row.created_at, row.expires_at) for row in rows)


def begin_session(session: Session, member_id: int, method: LoginMethod) -> str:
    """As `open_session`, within a transaction."""
    token, origin = new_token(), current_origin()
    session.add(
        LoginSession(
            id=hash_token(token),
            member_id=member_id,
            expires_at=now() + LIFETIME,
            address=origin.address,
            user_agent=origin.user_agent,
            method=method,
        )
    )
    return token
