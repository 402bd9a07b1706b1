"""Invitations: links with which people create their own account, as administrators make and end them.

Only a link's hash is stored, so it can be shown once and never again; a new link ends the old one. `by` is the
administrator, None on the command line. What the invited person does is in services/accounts/joining.py.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, or_, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.errors import Gone, InvalidInput
from oncall_ui.hub import MembersChanged
from oncall_ui.models import AuditEntry, Invitation, Member, now
from oncall_ui.security.tokens import hash_token, new_token
from oncall_ui.services.accounts.administrators import happened, lock_administrators
from oncall_ui.services.accounts.roles import ROLES
from oncall_ui.services.audit.record import record
from oncall_ui.services.text_input import valid_email

LASTS = timedelta(hours=72)
REMEMBERED = timedelta(days=30)
"""For so long a link that was used or revoked can say so."""


@dataclass(frozen=True, slots=True)
class InvitationLink:
    """A link that is shown once."""

    invitation_id: int
    email: str
    url: str = field(repr=False)
    expires_at: datetime


def invite(app: App, by: int | None, email: str, *, is_admin: bool = False) -> InvitationLink:
    """A link with which the owner of `email` creates an account, once, within 72 hours.

    Never touches an account: raises InvalidInput for an address that has one, or an invitation that still works. An
    expired invitation of the same address is replaced. Raises NotAllowed.
    """
    email = valid_email(email)
    with _changing(app) as session:
        lock_administrators(session, by)
        if session.exec(select(Member.id).where(Member.email == email)).first() is not None:
            raise InvalidInput("Email", f"{email} already has an account.")
        for earlier in _open(session, email):
            if earlier.expires_at > now():
                raise InvalidInput("Email", f"{email} is already invited. For another link, use New link in the list.")
            earlier.revoked_at = now()
        record(session, AuditAction.INVITED, by=by, about_name=email, what=ROLES[is_admin])
        return _issue(app, session, by, email, is_admin=is_admin)


def renew(app: App, by: int | None, invitation_id: int) -> InvitationLink:
    """A new link for the same address and role; the old one ends. Raises Gone, NotAllowed."""
    with _changing(app) as session:
        lock_administrators(session, by)
        earlier = _lock(session, invitation_id)
        earlier.revoked_at = now()
        record(session, AuditAction.INVITATION_RENEWED, by=by, about_name=earlier.email)
        return _issue(app, session, by, earlier.email, is_admin=earlier.is_admin)


def revoke(app: App, by: int | None, invitation_id: int) -> str:
    """Ends the link. Returns whose it was. Raises Gone, NotAllowed."""
    with _changing(app) as session:
        lock_administrators(session, by)
        invitation = _lock(session, invitation_id)
        invitation.revoked_at = now()
        record(session, AuditAction.INVITATION_REVOKED, by=by, about_name=invitation.email)
        return invitation.email


def change_invited_role(app: App, by: int, invitation_id: int, *, is_admin: bool) -> None:
    """What the account will be; the link stays the same. Raises Gone, NotAllowed."""
    with _changing(app) as session:
        lock_administrators(session, by)
        invitation = _lock(session, invitation_id)
        if invitation.is_admin != is_admin:
            invitation.is_admin = is_admin
            record(session, AuditAction.ROLE_CHANGED, by=by, about_name=invitation.email, what=ROLES[is_admin])


def open_invitation_of(session: Session, invitation_id: int) -> Invitation | None:
    """None once it is used, revoked or replaced, or its address has an account. Expired ones are still found."""
    row = session.get(Invitation, invitation_id)
    if row is None or row.used_at or row.revoked_at:
        return None
    return None if session.exec(select(Member.id).where(Member.email == row.email)).first() else row


def _issue(app: App, session: Session, by: int | None, email: str, *, is_admin: bool) -> InvitationLink:
    forgotten = now() - REMEMBERED
    session.exec(
        delete(Invitation).where(or_(col(Invitation.used_at) < forgotten, col(Invitation.revoked_at) < forgotten))
    )
    token, expires_at = new_token(), now() + LASTS
    row = Invitation(email=email, is_admin=is_admin, token_hash=hash_token(token), invited_by=by, expires_at=expires_at)
    session.add(row)
    session.flush()
    return InvitationLink(row.id or 0, email, f"{app.settings.public_url}/invite/{token}", expires_at)


def _open(session: Session, email: str) -> Iterator[Invitation]:
    rows = select(Invitation).where(Invitation.email == email)
    still = rows.where(col(Invitation.used_at).is_(None), col(Invitation.revoked_at).is_(None))
    yield from session.exec(still.order_by(col(Invitation.id)).with_for_update())


def _lock(session: Session, invitation_id: int) -> Invitation:
    row = session.get(Invitation, invitation_id, with_for_update=True, populate_existing=True)
    if row is None or open_invitation_of(session, invitation_id) is None:
        raise Gone(_what_happened(session, row))
    return row


def _what_happened(session: Session, row: Invitation | None) -> str:
    if row is None:
        return "This invitation no longer exists."
    if row.revoked_at is None:
        return f"{row.email} has an account by now."
    ended = col(AuditEntry.action).in_((AuditAction.INVITATION_REVOKED, AuditAction.INVITATION_RENEWED))
    entry = session.exec(
        select(AuditEntry)
        .where(AuditEntry.subject_name == row.email, ended)
        .order_by(col(AuditEntry.id).desc())
        .limit(1)
    ).first()
    is_renewed = entry is not None and entry.action == AuditAction.INVITATION_RENEWED
    sentence = "{actor} made a new link for {subject}" if is_renewed else "{actor} revoked the invitation of {subject}"
    return happened(entry, sentence, f"The invitation of {row.email} was revoked.")


@contextmanager
def _changing(app: App) -> Iterator[Session]:
    """A transaction whose end administrators' pages hear of."""
    with app.db.write() as session:
        yield session
    app.hub.publish(MembersChanged())
