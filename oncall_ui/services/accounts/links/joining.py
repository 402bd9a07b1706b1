"""Creating one's own account with an invitation's link."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.errors import InvitationEnd, InvitationEnded
from oncall_ui.hub import MemberChanged, MembersChanged
from oncall_ui.models import Invitation, Member, now
from oncall_ui.security.tokens import hash_token
from oncall_ui.services.accounts.members import valid_member
from oncall_ui.services.audit.record import record


@dataclass(frozen=True, slots=True)
class InvitationView:
    """What the invited person sees. `inviter` is empty for the command line; `zone` is the inviter's, or UTC."""

    email: str
    inviter: str
    expires_at: datetime
    zone: ZoneInfo


def read_invitation(app: App, token: str) -> InvitationView:
    """Raises InvitationEnded unless the link creates an account."""
    with app.db.read() as session:
        row = _find(session, token)
        _require_open(session, row)
        inviter = session.get(Member, row.invited_by) if row.invited_by else None
        return InvitationView(row.email, inviter.name if inviter else "", row.expires_at, _zone_of(inviter))


def note_opened(app: App, token: str) -> None:
    """Somebody looks at the page in a browser: administrators see so. The first time counts."""
    with app.db.write() as session:
        row = _found(session, token)
        if row is None or row.opened_at or row.used_at:
            return
        row.opened_at = now()
    app.hub.publish(MembersChanged())


def join(app: App, token: str, *, name: str, password: str, zone: str) -> int:
    """Creates the account and returns its id. The link works once, also for two at once.

    Raises InvitationEnded, or InvalidInput, after which the link still works.
    """
    email = read_invitation(app, token).email
    member = valid_member(app, name=name, email=email, password=password, zone=zone, is_admin=False)
    try:
        with app.db.write() as session:
            row = _find(session, token, is_locked=True)
            _require_open(session, row)
            member.is_admin = row.is_admin
            row.used_at = now()
            row.opened_at = row.opened_at or row.used_at
            session.add(member)
            session.flush()
            record(session, AuditAction.ACCOUNT_CREATED, by=member.id, what="invitation")
    except IntegrityError as error:
        raise InvitationEnded(InvitationEnd.HAS_ACCOUNT) from error
    assert member.id is not None  # just stored
    app.hub.publish(MembersChanged())
    app.hub.publish(MemberChanged(member.id))
    return member.id


def _found(session: Session, token: str, *, is_locked: bool = False) -> Invitation | None:
    rows = select(Invitation).where(Invitation.token_hash == hash_token(token))
    return session.exec(rows.with_for_update() if is_locked else rows).first()


def _find(session: Session, token: str, *, is_locked: bool = False) -> Invitation:
    row = _found(session, token, is_locked=is_locked)
    if row is None:
        raise InvitationEnded(InvitationEnd.UNKNOWN)
    return row


def _require_open(session: Session, row: Invitation) -> None:
    """Raises InvitationEnded, which says why."""
    has_account = session.exec(select(Member.id).where(Member.email == row.email)).first() is not None
    if has_account:
        session.refresh(row)  # it may have been used between the two questions
    if row.used_at:
        end, ended_at = InvitationEnd.USED, row.used_at
    elif has_account:
        end, ended_at = InvitationEnd.HAS_ACCOUNT, None
    elif row.revoked_at:
        end, ended_at = InvitationEnd.REPLACED if _is_replaced(session, row) else InvitationEnd.REVOKED, row.revoked_at
    elif row.expires_at <= now():
        end, ended_at = InvitationEnd.EXPIRED, row.expires_at
    else:
        return
    inviter = session.get(Member, row.invited_by) if row.invited_by else None
    # Who is no longer an administrator can't send a new link.
    name = inviter.name if inviter and inviter.is_admin else ""
    raise InvitationEnded(end, ended_at=ended_at, inviter=name, zone=_zone_of(inviter))


def _zone_of(inviter: Member | None) -> ZoneInfo:
    return zone_of(inviter.zone) if inviter else ZoneInfo("UTC")


def _is_replaced(session: Session, row: Invitation) -> bool:
    newer = select(Invitation.id).where(Invitation.email == row.email, col(Invitation.id) > row.id)
    return session.exec(newer.where(col(Invitation.revoked_at).is_(None))).first() is not None
