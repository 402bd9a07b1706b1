"""Erases an account with everything that is stored about its member."""

import asyncio
from dataclasses import dataclass

from sqlmodel import Session, col, delete, func, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.errors import LastAdministrator, NotAllowed
from oncall_ui.models import Connection, GuideVote, ImportHour, Invitation, Member, Schedule, Team
from oncall_ui.services.accounts.administrators import lock_administrators
from oncall_ui.services.accounts.passwords import confirm_password
from oncall_ui.services.accounts.removal import Erased, erase_account, finish_erasure
from oncall_ui.services.accounts.setup import renew_setup_link
from oncall_ui.services.audit.record import record


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
    """Deletes the account and all its rows, closes the member's open pages, then revokes grants at providers.

    Returns a new set-up link, for the console, if no account is left. Raises InvalidInput for a wrong password,
    LastAdministrator, or NotAllowed when the account is gone; then nothing is erased.
    """
    await asyncio.to_thread(_confirm, app, member_id, password)
    erased, is_empty = await asyncio.to_thread(_remove, app, member_id)
    await finish_erasure(app, erased)
    return await asyncio.to_thread(renew_setup_link, app) if is_empty else None


def _confirm(app: App, member_id: int, password: str) -> None:
    with app.db.read() as session:
        member = session.get(Member, member_id)
        if member is None:
            raise NotAllowed
        if _is_last_admin(session, member_id):
            raise LastAdministrator
    confirm_password(app, member_id, password)


def _remove(app: App, member_id: int) -> tuple[Erased, bool]:
    """What is gone, and whether no account is left."""
    with app.db.write() as session:
        # Locked, so that the last two administrators can't both erase their accounts at once.
        lock_administrators(session, None)
        member = session.get(Member, member_id, with_for_update={"key_share": True})
        if member is None:
            raise NotAllowed
        if _is_last_admin(session, member_id):
            raise LastAdministrator
        record(session, AuditAction.ACCOUNT_ERASED, by=member_id)
        erased = erase_account(app, session, member)
        is_empty = not _others(session, member_id)
        if is_empty:
            for table in (Team, GuideVote, ImportHour, Invitation, Schedule):
                session.exec(delete(table))
        return erased, is_empty


def _is_last_admin(session: Session, member_id: int) -> bool:
    """Whether the other members would have no administrator."""
    member = session.get(Member, member_id)
    if member is None or not member.is_admin or not _others(session, member_id):
        return False
    others = select(func.count()).where(col(Member.is_admin), col(Member.id) != member_id)
    return not session.exec(others).one()


def _others(session: Session, member_id: int) -> int:
    return session.exec(select(func.count()).select_from(Member).where(col(Member.id) != member_id)).one()
