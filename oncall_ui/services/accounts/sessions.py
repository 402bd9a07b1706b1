"""Who is logged in: rows in the database, asked in every page and before every change."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from oncall_ui.app import App
from oncall_ui.errors import NotLoggedIn
from oncall_ui.hub import SessionEnded
from oncall_ui.models import LoginSession, Member, now
from oncall_ui.security.passwords import check_password, hash_password, needs_rehash, waste_time
from oncall_ui.services.accounts.members import MemberView, view

LASTS = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A member in one browser."""

    member: MemberView
    session_id: str


def log_in(app: App, email: str, password: str) -> str | None:
    """A new session's token for the cookie; None when e-mail or password are wrong, after the same time either way."""
    with app.db.read() as session:
        member = session.exec(select(Member).where(Member.email == email.strip().lower())).first()
    if member is None or member.id is None:
        waste_time(password)
        return None
    if not check_password(member.password_hash, password):
        return None
    with app.db.write() as session:
        if needs_rehash(member.password_hash):
            member.password_hash = hash_password(password)
            session.add(member)
        session.exec(delete(LoginSession).where(col(LoginSession.expires_at) < now()))
        return _begin(session, member.id)


def open_session(app: App, member_id: int) -> str:
    """A session for a member who has just proved who they are in another way than by password."""
    with app.db.write() as session:
        return _begin(session, member_id)


def who(app: App, token: str | None) -> LoggedIn:
    """The member behind a cookie's token. Raises NotLoggedIn."""
    return still(app, _hash(token or ""))


def still(app: App, session_id: str) -> LoggedIn:
    """The same for a page that is already open: asked again before anything is changed. Raises NotLoggedIn."""
    with app.db.read() as session:
        found = session.exec(
            select(LoginSession, Member)
            .where(LoginSession.id == session_id, LoginSession.member_id == Member.id)
            .where(col(LoginSession.expires_at) > now())
        ).first()
    if found is None:
        raise NotLoggedIn
    return LoggedIn(view(found[1]), session_id)


def log_out(app: App, session_id: str) -> None:
    """Ends the session and every page open in it."""
    with app.db.write() as session:
        row = session.get(LoginSession, session_id)
        if row is None:
            return
        session.delete(row)
    app.hub.publish(SessionEnded(row.member_id, session_id))


def _begin(session: Session, member_id: int) -> str:
    token = secrets.token_urlsafe(32)
    session.add(LoginSession(id=_hash(token), member_id=member_id, expires_at=now() + LASTS))
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


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


def log_others_out(app: App, member_id: int, here: str) -> int:
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
