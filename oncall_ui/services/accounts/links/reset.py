"""Reset links: a member who forgot the password sets a new one, once, within an hour. The old one works until then.

A link comes from an administrator, the command line, or by email to the member's address. Only its hash is stored.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, delete, select
from sqlmodel.sql.expression import SelectOfScalar

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.accounts.emails import reset_email
from oncall_ui.errors import NotAllowed
from oncall_ui.models import KnownBrowser, Member, ResetLink, now
from oncall_ui.security.login_throttle import counted_address
from oncall_ui.security.rate_limits import RESETS_PER_ACCOUNT, RESETS_PER_ADDRESS
from oncall_ui.security.tokens import hash_token, new_token
from oncall_ui.services.accounts.logging_in.sessions import announce_ended
from oncall_ui.services.accounts.members import lock_member, require_admin
from oncall_ui.services.accounts.passwords import end_reset_links, store_password, tell_password_changed, valid_password
from oncall_ui.services.audit.record import record
from oncall_ui.services.text_input import is_one_line

LASTS = timedelta(hours=1)
KEPT = timedelta(days=30)
"""So long a link that no longer works says why."""


class LinkState(StrEnum):
    """What a reset link is good for."""

    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    """Never created, replaced by a newer one, or ended by a change of the password."""


@dataclass(frozen=True, slots=True)
class ResetView:
    """A link as the page shows it. `email` says whose it is, only while it works."""

    state: LinkState
    email: str = ""


def create_reset_link(app: App, admin_id: int | None, member_id: int) -> str:
    """A new link for the member, the only one that works; show it once. `admin_id` None: on the command line.

    Raises NotAllowed unless `admin_id` is an administrator and the member has an account.
    """
    with app.db.write() as session:
        if admin_id is not None:
            require_admin(session, admin_id)
        lock_member(session, member_id)
        end_reset_links(session, member_id)
        link = _new_link(app, session, member_id)
        record(session, AuditAction.RESET_LINK_CREATED, by=admin_id, about=member_id)
    return link


def email_reset_link(app: App, admin_id: int, member_id: int, link: str) -> None:
    """Emails a link of `create_reset_link` to its member, where email is set up. Raises NotAllowed."""
    with app.db.read() as session:
        require_admin(session, admin_id)
        member = session.get(Member, member_id)
        if member is None:
            raise NotAllowed
    _email(app, member, link)


def request_reset(app: App, address: str, email: str) -> None:
    """Emails a link to the account of `email`, if there is one. Says nothing, so that nobody learns of accounts.

    The time it takes does differ: answer the browser first. Too many requests from one address, or for one account, do
    nothing. Links that were emailed before stay valid, so that strangers can't make a member's link useless.
    """
    email = email.strip().lower()
    if not app.postbox.is_set_up or not is_one_line(email):
        return
    if not app.rate_limits.allows(RESETS_PER_ADDRESS, "reset by address", counted_address(address)):
        return
    with app.db.read() as session:
        member = session.exec(select(Member).where(Member.email == email)).first()
    if member is None or not app.rate_limits.allows(RESETS_PER_ACCOUNT, "reset of account", str(member.id)):
        return
    with app.db.write() as session:
        lock_member(session, member.id or 0)
        link = _new_link(app, session, member.id or 0)
        record(session, AuditAction.RESET_LINK_ASKED, by=None, about=member.id)
    _email(app, member, link)


def reset_link(app: App, token: str) -> ResetView:
    """What the link with this token is good for."""
    with app.db.read() as session:
        row = session.exec(_by(token)).first()
        state = _state(row, now())
        if row is None or state is not LinkState.OPEN:
            return ResetView(state)
        member = session.get(Member, row.member_id)
        return ResetView(state, member.email if member else "")


def reset_password(app: App, token: str, new: str) -> int:
    """Sets the password of the link's member, ends all their sessions, and returns their id for `finish_login`.

    The member's browsers are no longer known: each is asked for the second factor again. Raises InvalidInput, and
    NotAllowed if the link doesn't work; `reset_link` says why.
    """
    if (member_id := _member_of(app, token)) is None:
        raise NotAllowed
    hashed = app.passwords.hash(valid_password(new))
    with app.db.write() as session:
        # Whatever changes links holds this lock: of two browsers with one link the second finds it used.
        member = lock_member(session, member_id)
        row = session.exec(_by(token)).first()
        if row is None or _state(row, now()) is not LinkState.OPEN:
            raise NotAllowed
        row.used_at = now()
        session.flush()
        ended = store_password(session, member, hashed)
        session.exec(delete(KnownBrowser).where(col(KnownBrowser.member_id) == member_id))
        record(session, AuditAction.PASSWORD_RESET, by=member_id, sessions=len(ended))
    announce_ended(app, member_id, ended)
    tell_password_changed(app, member)
    return member_id


def _by(token: str) -> SelectOfScalar[ResetLink]:
    return select(ResetLink).where(ResetLink.token_hash == hash_token(token))


def _member_of(app: App, token: str) -> int | None:
    """None unless the link works."""
    with app.db.read() as session:
        row = session.exec(_by(token)).first()
        return row.member_id if row is not None and _state(row, now()) is LinkState.OPEN else None


def _new_link(app: App, session: Session, member_id: int) -> str:
    moment, token = now(), new_token()
    session.exec(delete(ResetLink).where(col(ResetLink.expires_at) < moment - KEPT))
    session.add(ResetLink(member_id=member_id, token_hash=hash_token(token), expires_at=moment + LASTS))
    return f"{app.settings.public_url}/reset/{token}"


def _state(row: ResetLink | None, moment: datetime) -> LinkState:
    if row is None:
        return LinkState.UNKNOWN
    if row.used_at is not None:
        return LinkState.USED
    return LinkState.OPEN if row.expires_at > moment else LinkState.EXPIRED


def _email(app: App, member: Member, link: str) -> None:
    email = reset_email(member.name, link)
    app.postbox.post(member.email, email.subject, email.text)
