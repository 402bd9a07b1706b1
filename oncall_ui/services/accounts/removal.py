"""Removing a member, as administrators do and the command line; members erase their own account in services/privacy.

`by` is the administrator, None on the command line.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, delete, func, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.errors import NotAllowed
from oncall_ui.hub import MembersChanged, ScheduleChanged
from oncall_ui.models import ApiToken, Connection, FeedAddress, Invitation, ManualEntry, Member, ShiftFeedAddress
from oncall_ui.services.accounts.administrators import (
    account,
    administrators,
    keep_one,
    lock_account,
    lock_administrators,
)
from oncall_ui.services.accounts.logging_in.sessions import announce_ended, end_sessions, sessions_of
from oncall_ui.services.audit.record import record
from oncall_ui.services.connections import disconnect
from oncall_ui.services.connections.disconnect import RevocableGrant
from oncall_ui.services.schedules.former_members import forget_in_schedules


@dataclass(frozen=True, slots=True)
class RemovalEffects:
    """What removing a member means, counted before it is done."""

    name: str
    email: str
    connections: int
    manual_entries: int
    has_feed: bool
    tokens: int
    sessions: int
    """Browsers that are logged in."""
    revoked_at: tuple[str, ...]
    """Companies at which our access is revoked."""


@dataclass(frozen=True, slots=True)
class Erased:
    """An account that is gone, as far as others have to hear of it."""

    member_id: int
    sessions: tuple[str, ...]
    grants: tuple[RevocableGrant, ...]
    schedules: tuple[int, ...] = ()


def removal_effects(app: App, by: int | None, member_id: int) -> RemovalEffects:
    """Raises NotAllowed, Gone, or LastAdministrator."""
    with app.db.read() as session:
        admins = administrators(session, by)
        member = account(session, member_id)
        keep_one(admins, member)
        connections = session.exec(select(Connection).where(Connection.member_id == member_id)).all()
        return RemovalEffects(
            name=member.name,
            email=member.email,
            connections=len(connections),
            manual_entries=_count(session, ManualEntry, member_id),
            has_feed=any(_count(session, table, member_id) for table in (FeedAddress, ShiftFeedAddress)),
            tokens=_count(session, ApiToken, member_id),
            sessions=len(sessions_of(app, session, member_id)),
            revoked_at=tuple(dict.fromkeys(_companies(app, session, connections))),
        )


async def remove_member(app: App, by: int | None, member_id: int) -> str:
    """Erases the account with everything it owns, ends its sessions and closes its open pages; then revokes grants.

    The audit log keeps the name. Returns a sentence if a provider couldn't be reached, else an empty string. Raises
    NotAllowed, Gone, or LastAdministrator: then nothing has changed.
    """
    erased = await asyncio.to_thread(_remove, app, by, member_id)
    return await finish_erasure(app, erased)


def _remove(app: App, by: int | None, member_id: int) -> Erased:
    with app.db.write() as session:
        admins = lock_administrators(session, by)
        member = lock_account(session, member_id)
        if by == member_id:
            raise NotAllowed  # members erase their own account, with their password
        keep_one(admins, member)
        connections = _count(session, Connection, member_id)
        record(session, AuditAction.MEMBER_REMOVED, by=by, about=member_id, connections=connections)
        return erase_account(app, session, member)


def erase_account(app: App, session: Session, member: Member) -> Erased:
    """Deletes the member with all their rows. After the commit `finish_erasure` does what remains."""
    assert member.id is not None  # stored rows have one
    grants: list[RevocableGrant] = []
    for connection in session.exec(select(Connection).where(Connection.member_id == member.id)).all():
        grants += disconnect.erase(app, session, connection)
    sessions = tuple(end_sessions(session, member.id))
    schedules = tuple(forget_in_schedules(session, member.id))
    session.exec(delete(Invitation).where(col(Invitation.email) == member.email))
    session.flush()
    session.exec(delete(Member).where(col(Member.id) == member.id))
    return Erased(member.id, sessions, tuple(grants), schedules)


async def finish_erasure(app: App, erased: Erased) -> str:
    """Closes the open pages, then revokes grants. Returns a sentence if a provider couldn't be reached, else empty."""
    announce_ended(app, erased.member_id, erased.sessions)
    app.hub.publish(MembersChanged())
    for schedule_id in erased.schedules:
        app.hub.publish(ScheduleChanged(schedule_id))
    return await disconnect.revoke(app, erased.grants)


def _companies(app: App, session: Session, connections: Sequence[Connection]) -> list[str]:
    grants = (disconnect.revocable_grants(app, session, each) for each in connections)
    return [grant.product.company for each in grants for grant in each]


def _count(
    session: Session, table: type[ManualEntry | FeedAddress | ShiftFeedAddress | ApiToken | Connection], member_id: int
) -> int:
    return session.exec(select(func.count()).select_from(table).where(col(table.member_id) == member_id)).one()
