"""Login sessions: rows in the database, checked on every page and before every change.

A session ends when it isn't used for ONCALL_SESSION_IDLE_DAYS, and ONCALL_SESSION_DAYS after it began. Both are looked
up at each check, so that a new setting also holds for sessions that are older.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select, update

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.accounts.login import LoginMethod, SecondFactorRule
from oncall_ui.errors import NotAllowed, NotLoggedIn
from oncall_ui.hub import MemberChanged, MembersChanged, SessionEnded
from oncall_ui.models import LoginRules, LoginSession, Member, now
from oncall_ui.origin import Origin, current_origin
from oncall_ui.security.tokens import hash_token, new_token
from oncall_ui.services.accounts.logging_in.browsers import browser_of
from oncall_ui.services.accounts.members import MemberView, member_view
from oncall_ui.services.audit.record import record
from oncall_ui.settings import Settings

NOTED_EVERY = timedelta(minutes=1)
"""How exactly is kept when a session was last used: a write for every check would slow every page down."""


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A member in one browser."""

    member: MemberView
    session_id: str


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session, as its member may see it. `id` is a hash: nobody can log in with it."""

    id: str
    created_at: datetime
    last_used_at: datetime
    address: str
    browser: str
    """Such as `Firefox on macOS`."""
    is_phone: bool
    method: LoginMethod


def open_session(app: App, member_id: int, method: LoginMethod) -> str:
    """A session for a member who has just proved their identity with `method`. Returns the cookie's token."""
    with app.db.write() as session:
        return begin_session(session, member_id, method)


def session_for(app: App, token: str | None) -> LoggedIn:
    """The session that belongs to a cookie's token. Raises NotLoggedIn."""
    return require_session(app, session_id_of(token))


def session_id_of(token: str | None) -> str:
    """Of the session that a cookie's token would belong to; nobody can log in with it."""
    return hash_token(token or "")


def require_session(app: App, session_id: str) -> LoggedIn:
    """The session of a page that is already open, checked before every change. Raises NotLoggedIn.

    Keeps when and from where it was last used, and when its member was last seen, to the minute.
    """
    found, _ = sessions_and_rule(app, {session_id: current_origin()})
    if session_id not in found:
        raise NotLoggedIn
    return found[session_id]


def sessions_and_rule(app: App, used: Mapping[str, Origin]) -> tuple[Mapping[str, LoggedIn], SecondFactorRule]:
    """As `require_session`, for many at once, given where each session is used; what has ended is left out.

    With who has to have a second factor: pages ask for both, all the time.
    """
    moment = now()
    with app.db.read() as session:
        rows = session.exec(
            _logins_and_rule().where(col(LoginSession.id).in_(used), *_is_valid(app.settings, moment))
        ).all()
    _note_late(app, used, {row.id: row.last_used_at for row, _, _ in rows}, moment)
    return {row.id: LoggedIn(member_view(member), row.id) for row, member, _ in rows}, _rule_in(rows)


def valid_sessions(app: App, used: Mapping[str, Origin]) -> tuple[Collection[str], SecondFactorRule]:
    """As `sessions_and_rule`, for pages that are open and know whose they are: which of the sessions are valid."""
    moment = now()
    with app.db.read() as session:
        rows = session.execute(
            _times_and_rule().where(col(LoginSession.id).in_(used), *_is_valid(app.settings, moment))
        ).all()
    found = {session_id: used_at for session_id, used_at, _ in rows}
    _note_late(app, used, found, moment)
    return found.keys(), _rule_in(rows)


def _rule_in(rows: Iterable[Any]) -> SecondFactorRule:
    """Each row ends with it; None before the first one is stored."""
    return next((row[-1] for row in rows if row[-1]), SecondFactorRule.NOBODY)


@cache  # put together once: every page asks it, several times
def _logins_and_rule() -> Any:
    return select(LoginSession, Member, _rule()).where(LoginSession.member_id == Member.id)


@cache
def _times_and_rule() -> Any:
    return select(LoginSession.id, LoginSession.last_used_at, _rule())


def _rule() -> Any:
    return select(LoginRules.second_factor).where(LoginRules.id == 1).scalar_subquery()


def log_out(app: App, session_id: str) -> None:
    """Ends the session and closes its open pages."""
    with app.db.write() as session:
        row = session.get(LoginSession, session_id, with_for_update=True)
        if row is None:
            return
        session.delete(row)
        record(session, AuditAction.LOGGED_OUT, by=row.member_id)
    announce_ended(app, row.member_id, [session_id])


def end_session(app: App, member_id: int, session_id: str) -> None:
    """Logs out one of the member's browsers. Raises NotAllowed unless the session is the member's."""
    with app.db.write() as session:
        row = session.get(LoginSession, session_id, with_for_update=True)
        if row is None or row.member_id != member_id:
            raise NotAllowed
        record(session, AuditAction.SESSION_ENDED, by=member_id, what=browser_of(row.user_agent).name)
        session.delete(row)
    announce_ended(app, member_id, [session_id])


def log_out_others(app: App, member_id: int, here: str) -> int:
    """Ends the member's sessions except `here`, and closes their open pages. Returns how many there were."""
    with app.db.write() as session:
        ended = end_sessions(session, member_id, but=here)
        if ended:
            record(session, AuditAction.SESSIONS_ENDED, by=member_id, sessions=len(ended))
    announce_ended(app, member_id, ended)
    return len(ended)


def end_sessions(session: Session, member_id: int, *, but: str = "") -> list[str]:
    """Ends the member's sessions except `but`, within the caller's transaction, and returns their ids.

    The caller publishes them with `announce_ended` once it is committed.
    """
    theirs = select(LoginSession).where(LoginSession.member_id == member_id, col(LoginSession.id) != but)
    rows = session.exec(theirs.order_by(col(LoginSession.id)).with_for_update()).all()
    for row in rows:
        session.delete(row)
    return [row.id for row in rows]


def announce_ended(app: App, member_id: int, ended: Iterable[str]) -> None:
    """Closes the open pages of sessions that have ended, and updates the pages that list them."""
    for session_id in ended:
        app.hub.publish(SessionEnded(member_id, session_id))
    app.hub.publish(MemberChanged(member_id))


def end_expired(app: App) -> int:
    """Deletes the sessions that have expired and closes their open pages. Returns how many there were."""
    with app.db.write() as session:
        valid = select(LoginSession.id).where(*_is_valid(app.settings, now()))
        rows = session.exec(
            select(LoginSession)
            .where(col(LoginSession.id).not_in(valid))
            .order_by(col(LoginSession.id))
            .with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            session.delete(row)
    for row in rows:
        announce_ended(app, row.member_id, [row.id])
    return len(rows)


def list_sessions(app: App, member_id: int) -> tuple[SessionView, ...]:
    """As `sessions_of`."""
    with app.db.read() as session:
        return sessions_of(app, session, member_id)


def sessions_of(app: App, session: Session, member_id: int) -> tuple[SessionView, ...]:
    """The member's valid sessions, the one used last first."""
    rows = session.exec(
        select(LoginSession)
        .where(LoginSession.member_id == member_id, *_is_valid(app.settings, now()))
        .order_by(col(LoginSession.last_used_at).desc(), col(LoginSession.id))
    )
    return tuple(_view(row) for row in rows)


def _view(row: LoginSession) -> SessionView:
    browser = browser_of(row.user_agent)
    return SessionView(
        row.id, row.created_at, row.last_used_at, row.address, browser.name, browser.is_phone, row.method
    )


def _is_valid(settings: Settings, moment: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        col(LoginSession.created_at) > moment - timedelta(days=settings.session_days),
        col(LoginSession.last_used_at) > moment - timedelta(days=settings.session_idle_days),
    )


def _note_late(app: App, used: Mapping[str, Origin], noted: Mapping[str, datetime], moment: datetime) -> None:
    if late := {each: used[each] for each, noted_at in noted.items() if moment - noted_at >= NOTED_EVERY}:
        _note_use(app, late, moment)


def _note_use(app: App, used: Mapping[str, Origin], moment: datetime) -> None:
    """A page that only reads opens all the same when this can't be stored."""
    try:
        with app.db.write() as session:
            theirs = select(LoginSession).where(
                col(LoginSession.id).in_(used), col(LoginSession.last_used_at) <= moment - NOTED_EVERY
            )
            # A locked row is in use at the moment, so that waiting for it would gain nothing.
            rows = session.exec(theirs.order_by(col(LoginSession.id)).with_for_update(skip_locked=True)).all()
            if not rows:
                return
            for row in rows:
                row.last_used_at = moment
                if (origin := used[row.id]).address:
                    row.address, row.user_agent = origin.address, origin.user_agent
            members = select(Member).where(col(Member.id).in_({row.member_id for row in rows})).order_by(col(Member.id))
            for member in session.exec(members.with_for_update(key_share=True, skip_locked=True)):
                member.last_seen_at = moment
    except OperationalError as error:
        app.outages.failed("last use of sessions", error)
    else:
        app.outages.worked("last use of sessions")
        app.hub.publish(MembersChanged())


def begin_session(session: Session, member_id: int, method: LoginMethod) -> str:
    """As `open_session`, within a transaction."""
    token, origin = new_token(), current_origin()
    session.add(
        LoginSession(
            id=hash_token(token),
            member_id=member_id,
            address=origin.address,
            user_agent=origin.user_agent,
            method=method,
        )
    )
    session.exec(update(Member).where(col(Member.id) == member_id).values(last_seen_at=now()))
    return token
