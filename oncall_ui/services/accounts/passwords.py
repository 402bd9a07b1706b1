"""A member's password: asked for again before what matters, and changed."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.accounts.emails import password_changed_email
from oncall_ui.errors import InvalidInput, NotAllowed, TooManyAttempts, all_valid
from oncall_ui.models import Member, PendingLogin, ResetLink, now
from oncall_ui.security.passwords import too_weak
from oncall_ui.services.accounts.logging_in.known_browsers import end_trust
from oncall_ui.services.accounts.logging_in.rate_limits import Kind, may_try
from oncall_ui.services.accounts.logging_in.sessions import announce_ended, end_sessions
from oncall_ui.services.accounts.members import lock_member
from oncall_ui.services.audit.record import record

CURRENT, NEW = "Current password", "New password"


@dataclass(frozen=True, slots=True)
class PasswordView:
    """`changed_at` is None for the password an account was created with."""

    is_set: bool
    changed_at: datetime | None


def password_of(app: App, member_id: int) -> PasswordView:
    """Raises NotAllowed when the account is gone."""
    with app.db.read() as session:
        member = session.get(Member, member_id)
        if member is None:
            raise NotAllowed
        return PasswordView(bool(member.password_hash), member.password_changed_at)


def has_password(app: App, member_id: int) -> bool:
    """Whether the member can log in with a password. Raises NotAllowed when the account is gone."""
    return password_of(app, member_id).is_set


def change_password(app: App, member_id: int, here: str, *, current: str, new: str) -> int:
    """Sets a new password, or the first one of an account without; `current` doesn't matter then.

    Ends the member's sessions except `here` and closes their open pages; returns how many there were. Open reset links
    no longer work. Raises InvalidInput for CURRENT and NEW, NotAllowed when the account is gone.
    """
    checked = _hash_of(app, member_id)
    if checked:
        all_valid(lambda: confirm_password(app, member_id, current, CURRENT), lambda: valid_password(new))
    else:
        valid_password(new)
    try:
        hashed = app.passwords.hash(new)
    except TooManyAttempts as error:
        raise InvalidInput(NEW, error.sentence) from error
    with app.db.write() as session:
        member = lock_member(session, member_id)
        if member.password_hash != checked:  # changed in another browser meanwhile, which ends this session
            raise InvalidInput(CURRENT, "Your password was just changed in another browser.")
        ended = store_password(session, member, hashed, but=here)
        record(session, AuditAction.PASSWORD_CHANGED, by=member_id, sessions=len(ended))
    announce_ended(app, member_id, ended)
    tell_password_changed(app, member)
    return len(ended)


def store_password(session: Session, member: Member, hashed: str, *, but: str = "") -> list[str]:
    """Sets the password within the caller's transaction, which has locked `member`.

    Ends reset links, log-ins that wait for a second factor, the trust in browsers, and the member's sessions except
    `but`; their ids are for `announce_ended`.
    """
    assert member.id is not None  # stored rows have one
    moment = now()
    member.password_hash, member.password_changed_at = hashed, moment
    end_reset_links(session, member.id)
    end_trust(session, member.id)
    session.exec(delete(PendingLogin).where(col(PendingLogin.member_id) == member.id))
    return end_sessions(session, member.id, but=but)


def end_reset_links(session: Session, member_id: int) -> None:
    """No reset link of the member works any more; those already used go on saying so."""
    session.exec(delete(ResetLink).where(col(ResetLink.member_id) == member_id, col(ResetLink.used_at).is_(None)))


def tell_password_changed(app: App, member: Member) -> None:
    """Emails the member, where email is set up."""
    email = password_changed_email(member.name, app.settings.public_url)
    app.postbox.post(member.email, email.subject, email.text)


def valid_password(new: str, field: str = NEW) -> str:
    """Raises InvalidInput for `field` if it is too weak."""
    if weakness := too_weak(new):
        raise InvalidInput(field, weakness)
    return new


def confirm_password(app: App, member_id: int, password: str, field: str = "Password") -> str:
    """Returns `password` if it is the member's. Slow, and wrong ones are limited. Raises InvalidInput for `field`."""
    try:
        attempt = may_try(app, Kind.PASSWORD, origin="", account=str(member_id))
        is_right = app.passwords.check(_hash_of(app, member_id), password)
    except TooManyAttempts as error:
        raise InvalidInput(field, error.sentence) from error
    if not is_right:
        raise InvalidInput(field, "Wrong password.")
    attempt.succeeded()
    return password


def _hash_of(app: App, member_id: int) -> str:
    with app.db.read() as session:
        member = session.get(Member, member_id)
        if member is None:
            raise NotAllowed
        return member.password_hash
