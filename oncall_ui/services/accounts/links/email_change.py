"""The email address of an account: changed once the new one is confirmed, with a link that works for a day.

Whether the new address already has an account is found out with the link, by the person who reads its email.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select
from sqlmodel.sql.expression import SelectOfScalar

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.accounts.emails import confirm_email, email_change_notice, email_changed_notice
from oncall_ui.errors import InvalidInput, NotAllowed, all_valid
from oncall_ui.hub import MemberChanged
from oncall_ui.models import EmailChange, Member, TrustedAddress, now
from oncall_ui.security.rate_limits import EMAIL_CHANGES
from oncall_ui.security.tokens import hash_token, new_token
from oncall_ui.services.accounts.members import lock_member, require_admin
from oncall_ui.services.accounts.passwords import CURRENT, confirm_password, end_reset_links, has_password
from oncall_ui.services.audit.record import record
from oncall_ui.services.imports.rules import read_again
from oncall_ui.services.text_input import valid_email

NEW_EMAIL = "New email"
LASTS = timedelta(hours=24)
TAKEN = "This address already has an account here. Nothing was changed."


@dataclass(frozen=True, slots=True)
class PendingEmail:
    """A new address that isn't confirmed yet."""

    old: str
    new: str
    expires_at: datetime


def ask_for_email_change(app: App, member_id: int, *, email: str, password: str) -> str:
    """Emails a link to the new address and a notice to the old one. Returns the new address as it is stored.

    Replaces an earlier request. Raises InvalidInput for NEW_EMAIL and CURRENT, NotAllowed when the account is gone.
    """
    if not app.postbox.is_set_up:
        raise InvalidInput(NEW_EMAIL, "This server sends no email. Your administrator can change your address.")
    if not has_password(app, member_id):
        raise InvalidInput(CURRENT, "Set a password first.")
    new, _ = all_valid(
        lambda: valid_email(email, NEW_EMAIL), lambda: confirm_password(app, member_id, password, CURRENT)
    )
    if not app.rate_limits.allows(EMAIL_CHANGES, "email changes", str(member_id)):
        raise InvalidInput(NEW_EMAIL, "Too many requests. Try again in 1 hour.")
    token = new_token()
    with app.db.write() as session:
        member = lock_member(session, member_id)
        if member.email == new:
            raise InvalidInput(NEW_EMAIL, "This is your address already.")
        session.exec(delete(EmailChange).where(col(EmailChange.member_id) == member_id))
        session.add(EmailChange(member_id=member_id, email=new, token_hash=hash_token(token), expires_at=now() + LASTS))
        record(session, AuditAction.EMAIL_CHANGE_ASKED, by=member_id, what=new)
    link = confirm_email(f"{app.settings.public_url}/confirm/{token}", app.settings.public_url)
    app.postbox.post(new, link.subject, link.text)
    notice = email_change_notice(member.name, new, app.settings.public_url)
    app.postbox.post(member.email, notice.subject, notice.text)
    app.hub.publish(MemberChanged(member_id))
    return new


def pending_email(app: App, member_id: int) -> PendingEmail | None:
    """The member's request that can still be confirmed."""
    with app.db.read() as session:
        return _pending(session, session.get(EmailChange, member_id))


def cancel_email_change(app: App, member_id: int) -> None:
    """The link no longer works."""
    with app.db.write() as session:
        session.exec(delete(EmailChange).where(col(EmailChange.member_id) == member_id))
    app.hub.publish(MemberChanged(member_id))


def email_to_confirm(app: App, token: str) -> PendingEmail | None:
    """What the link with this token confirms; None if it doesn't work."""
    with app.db.read() as session:
        return _pending(session, session.exec(_by(token)).first())


def confirm_email_change(app: App, token: str) -> str:
    """Changes the address, and returns it. Raises InvalidInput if it has an account, NotAllowed for another link.

    The old one stays among the member's other addresses, so that invitations to it still count. Calendars are imported
    again; reset links that were emailed to the old address no longer work.
    """
    with app.db.read() as session:
        asked = session.exec(_by(token)).first()
    if asked is None:
        raise NotAllowed
    try:
        with app.db.write() as session:
            member = lock_member(session, asked.member_id)
            row = session.exec(_by(token)).first()
            if row is None or row.expires_at <= now():
                raise NotAllowed
            _change(session, member, row.email, by=asked.member_id)
    except IntegrityError as error:
        raise InvalidInput(NEW_EMAIL, TAKEN) from error
    app.hub.publish(MemberChanged(asked.member_id))
    return asked.email


def change_email(app: App, admin_id: int | None, member_id: int, email: str) -> str:
    """Changes a member's address without confirmation; `admin_id` None: on the command line. Returns it as stored.

    The old address gets a notice, where email is set up. Raises InvalidInput for NEW_EMAIL, NotAllowed unless
    `admin_id` is an administrator and the member has an account.
    """
    new = valid_email(email, NEW_EMAIL)
    try:
        with app.db.write() as session:
            if admin_id is not None:
                require_admin(session, admin_id)
            member = lock_member(session, member_id)
            name, old = member.name, member.email
            _change(session, member, new, by=admin_id)
    except IntegrityError as error:
        raise InvalidInput(NEW_EMAIL, TAKEN) from error
    notice = email_changed_notice(name, new, app.settings.public_url)
    app.postbox.post(old, notice.subject, notice.text)
    app.hub.publish(MemberChanged(member_id))
    return new


def _change(session: Session, member: Member, new: str, *, by: int | None) -> None:
    assert member.id is not None  # stored rows have one
    old, member.email = member.email, new
    session.flush()
    session.exec(delete(EmailChange).where(col(EmailChange.member_id) == member.id))
    added = delete(TrustedAddress).where(col(TrustedAddress.member_id) == member.id)
    session.exec(added.where(col(TrustedAddress.address).in_((old, new))))
    if old != new:
        session.add(TrustedAddress(member_id=member.id, address=old))
    end_reset_links(session, member.id)
    read_again(session, member.id)
    about = None if by == member.id else member.id
    record(session, AuditAction.EMAIL_CHANGED, by=by, about=about, what=new, old=old)


def _by(token: str) -> SelectOfScalar[EmailChange]:
    return select(EmailChange).where(EmailChange.token_hash == hash_token(token))


def _pending(session: Session, row: EmailChange | None) -> PendingEmail | None:
    if row is None or row.expires_at <= now():
        return None
    member = session.get(Member, row.member_id)
    return PendingEmail(member.email if member else "", row.email, row.expires_at)
