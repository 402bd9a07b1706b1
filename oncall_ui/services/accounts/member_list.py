"""Everybody who has an account or an invitation, as administrators may see them: how far each has got, no contents."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.domain.imports.failures import Cause
from oncall_ui.domain.imports.freshness import STALE_AFTER
from oncall_ui.domain.imports.state import State
from oncall_ui.models import Calendar, Connection, Invitation, LoginSession, Member, Passkey, Totp
from oncall_ui.services.accounts.administrators import administrators


@dataclass(frozen=True, slots=True)
class CalendarsOf:
    """A member's calendars that are imported, counted."""

    total: int = 0
    need_member: int = 0
    needs_since: datetime | None = None
    """Since when the first of them needs the member."""
    behind: int = 0
    """Retrying, or not read for more than a day."""
    never_read: int = 0


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member; times are aware UTC."""

    id: int
    name: str
    email: str
    is_admin: bool
    created_at: datetime
    last_seen_at: datetime | None
    method: LoginMethod | None
    """What they last logged in with; None if no browser is logged in."""
    has_password: bool
    has_code: bool
    has_passkey: bool
    connections: int
    calendars: CalendarsOf


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """An invitation that was neither used nor revoked; it may have expired."""

    id: int
    email: str
    is_admin: bool
    inviter: str
    created_at: datetime
    expires_at: datetime
    emailed_at: datetime | None
    opened_at: datetime | None


@dataclass(frozen=True, slots=True)
class MemberList:
    """Members by name, invitations by age."""

    members: Sequence[MemberLine]
    invitations: Sequence[InvitationLine]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A member's sessions: when one was last used, and how the newest began."""

    last_used_at: datetime
    method: LoginMethod


def read_members(app: App, admin_id: int | None, at: datetime) -> MemberList:
    """Raises NotAllowed unless `admin_id` is an administrator, or None: the command line."""
    with app.db.read() as session:
        administrators(session, admin_id)
        return MemberList(_members(session, at), _invitations(session))


def _members(session: Session, at: datetime) -> list[MemberLine]:
    seen, calendars = _sessions(session), _calendars(session, at)
    with_code = set(session.exec(select(Totp.member_id).where(col(Totp.confirmed_at).is_not(None))))
    with_passkey = set(session.exec(select(Passkey.member_id)))
    per_member = select(Connection.member_id, func.count()).group_by(col(Connection.member_id))
    connections = dict(session.exec(per_member).all())
    return [
        MemberLine(
            id=member.id or 0,
            name=member.name,
            email=member.email,
            is_admin=member.is_admin,
            created_at=member.created_at,
            last_seen_at=_latest(member, seen.get(member.id or 0)),
            method=seen[member.id or 0].method if member.id in seen else None,
            has_password=bool(member.password_hash),
            has_code=member.id in with_code,
            has_passkey=member.id in with_passkey,
            connections=connections.get(member.id or 0, 0),
            calendars=calendars.get(member.id or 0, CalendarsOf()),
        )
        for member in session.exec(select(Member).order_by(func.lower(Member.name), col(Member.id)))
    ]


def _latest(member: Member, seen: _Seen | None) -> datetime | None:
    if seen is None or member.last_seen_at is None:
        return seen.last_used_at if seen else member.last_seen_at
    return max(seen.last_used_at, member.last_seen_at)


def _sessions(session: Session) -> dict[int, _Seen]:
    found: dict[int, _Seen] = {}
    rows = select(LoginSession.member_id, LoginSession.last_used_at, LoginSession.method)
    for member_id, used_at, method in session.exec(rows.order_by(col(LoginSession.created_at))):
        before = found.get(member_id)
        found[member_id] = _Seen(max(used_at, before.last_used_at) if before else used_at, LoginMethod(method))
    return found


def _calendars(session: Session, at: datetime) -> dict[int, CalendarsOf]:
    by_member: defaultdict[int, list[Calendar]] = defaultdict(list)
    rows = select(Connection.member_id, Calendar).join(Connection, col(Calendar.connection_id) == col(Connection.id))
    for member_id, calendar in session.exec(rows.where(col(Calendar.is_on), col(Calendar.state) != State.OFF)):
        by_member[member_id].append(calendar)
    return {member_id: _counted(theirs, at) for member_id, theirs in by_member.items()}


def _counted(calendars: Sequence[Calendar], at: datetime) -> CalendarsOf:
    need = [each for each in calendars if _needs_member(each)]
    others = [each for each in calendars if not _needs_member(each)]
    return CalendarsOf(
        total=len(calendars),
        need_member=len(need),
        needs_since=min((each.suspected_since or each.broken_since or each.state_since for each in need), default=None),
        behind=sum(_is_behind(each, at) for each in others),
        never_read=sum(each.last_read_at is None for each in others),
    )


def _needs_member(calendar: Calendar) -> bool:
    return calendar.state is State.NEEDS_YOU or calendar.cause == Cause.SUSPECTED_LOSS


def _is_behind(calendar: Calendar, at: datetime) -> bool:
    is_stale = calendar.last_read_at is not None and calendar.last_read_at < at - STALE_AFTER
    return calendar.state is State.RETRYING or calendar.attempts > 0 or is_stale


def _invitations(session: Session) -> list[InvitationLine]:
    """Those of addresses that have no account; the newest of each address."""
    open_ones = (
        select(Invitation, Member.name)
        .outerjoin(Member, col(Invitation.invited_by) == col(Member.id))
        .where(col(Invitation.used_at).is_(None), col(Invitation.revoked_at).is_(None))
        .where(col(Invitation.email).not_in(select(Member.email)))
    )
    return [
        InvitationLine(
            id=row.id or 0,
            email=row.email,
            is_admin=row.is_admin,
            inviter=inviter or "",
            created_at=row.created_at,
            expires_at=row.expires_at,
            emailed_at=row.emailed_at,
            opened_at=row.opened_at,
        )
        for row, inviter in session.exec(open_ones.order_by(col(Invitation.id)))
    ]
