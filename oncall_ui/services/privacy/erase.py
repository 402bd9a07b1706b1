"""Erases an account with everything that is stored about its member."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from sqlmodel import Session, col, delete, func, select

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput, LastAdministrator, NotAllowed, TooManyAttempts
from oncall_ui.hub import SessionEnded
from oncall_ui.models import Connection, GuideVote, LoginSession, Member, Team
from oncall_ui.services.accounts.rate_limits import Kind, may_try
from oncall_ui.services.accounts.setup import renew_setup_link
from oncall_ui.services.connections.disconnect import disconnect


@dataclass(frozen=True, slots=True)
class ErasureEffects:
    """What erasing the account means. `is_last`: no other account exists, so the server needs a new set-up."""

    connections: int
    is_last: bool
    is_last_admin: bool


def erasure_effects(app: App, member_id: int) -> ErasureEffects:
    with app.db.read() as session:
        connections = session.exec(select(func.count()).where(col(Connection.member_id) == member_id)).one()
        is_last = not _others(session, member_id)
        return ErasureEffects(connections, is_last, not is_last and _is_last_admin(session, member_id))


async def erase(app: App, member_id: int, password: str) -> str | None:
    """Disconnects every connection, then deletes the account and all its rows. The member's open pages close.

    Returns a new set-up link, for the console, if no account is left. Raises InvalidInput for a wrong password,
    LastAdministrator, or NotAllowed when the account is gone; then nothing is erased.
    """
    await asyncio.to_thread(_confirm, app, member_id, password)
    for connection_id in await asyncio.to_thread(_connections, app, member_id):
        with suppress(NotAllowed):  # already disconnected in another browser
            await disconnect(app, member_id, connection_id)
    sessions, is_empty = await asyncio.to_thread(_remove, app, member_id)
    for session_id in sessions:
        app.hub.publish(SessionEnded(member_id, session_id))
    return await asyncio.to_thread(renew_setup_link, app) if is_empty else None


def _confirm(app: App, member_id: int, password: str) -> None:
    with app.db.read() as session:
        member = session.get(Member, member_id)
        if member is None:
            raise NotAllowed
        if _is_last_admin(session, member_id):
            raise LastAdministrator
    try:
        attempt = may_try(app, Kind.PASSWORD, origin="", account=str(member_id))
        is_right = app.passwords.check(member.password_hash, password)
    except TooManyAttempts as error:
        raise InvalidInput("Password", error.sentence) from error
    if not is_right:
        raise InvalidInput("Password", "Wrong password.")
    attempt.succeeded()


def _connections(app: App, member_id: int) -> list[int]:
    with app.db.read() as session:
        return [row or 0 for row in session.exec(select(Connection.id).where(Connection.member_id == member_id))]


def _remove(app: App, member_id: int) -> tuple[list[str], bool]:
    """The ids of the member's sessions, and whether no account is left."""
    with app.db.write() as session:
        # Locked, so that the last two administrators can't both erase their accounts at once.
        session.exec(select(Member.id).where(col(Member.is_admin)).order_by(col(Member.id)).with_for_update()).all()
        if _is_last_admin(session, member_id):
            raise LastAdministrator
        sessions = list(session.exec(select(LoginSession.id).where(LoginSession.member_id == member_id)))
        session.exec(delete(Member).where(col(Member.id) == member_id))
        is_empty = not _others(session, member_id)
        if is_empty:
            for table in (Team, GuideVote):
                session.exec(delete(table))
        return sessions, is_empty


def _is_last_admin(session: Session, member_id: int) -> bool:
    """Whether the other members would have no administrator."""
    member = session.get(Member, member_id)
    if member is None or not member.is_admin or not _others(session, member_id):
        return False
    others = select(func.count()).where(col(Member.is_admin), col(Member.id) != member_id)
    return not session.exec(others).one()


def _others(session: Session, member_id: int) -> int:
    return session.exec(select(func.count()).select_from(Member).where(col(Member.id) != member_id)).one()
