"""The first account, created with a link that is printed on the console only."""

import hmac

from sqlmodel import Session, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.errors import SetupClosed
from oncall_ui.models import Member, SetupLink
from oncall_ui.security.passwords import too_weak
from oncall_ui.security.tokens import hash_token, new_token
from oncall_ui.services.accounts.members import valid_member
from oncall_ui.services.audit.record import record


def renew_setup_link(app: App) -> str | None:
    """A new link that creates the first account, and the only valid one; None once there is a member."""
    token = new_token()
    with app.db.write() as session:
        if _has_members(session):
            return None
        session.merge(SetupLink(id=1, token_hash=hash_token(token)))
    return f"{app.settings.public_url}/setup?token={token}"


def check_setup_link(app: App, token: str) -> None:
    """Raises SetupClosed unless `token` can still create the first account."""
    with app.db.read() as session:
        _require_open(session, token)


def has_members(app: App) -> bool:
    """Whether there is an account."""
    with app.db.read() as session:
        return _has_members(session)


def is_long_enough(password: str) -> bool:
    """Whether it may be a password: its length is all that counts."""
    return too_weak(password) is None


def create_first_account(app: App, token: str, *, name: str, email: str, password: str, zone: str) -> int:
    """Returns the administrator's id. The link works once. Raises SetupClosed, InvalidInput."""
    member = valid_member(app, name=name, email=email, password=password, zone=zone, is_admin=True)
    with app.db.write() as session:
        link = _require_open(session, token)
        session.delete(link)
        session.add(member)
        session.flush()
        assert member.id is not None  # just stored
        record(session, AuditAction.ACCOUNT_CREATED, by=member.id, what="set-up")
        return member.id


def _require_open(session: Session, token: str) -> SetupLink:
    link = session.get(SetupLink, 1, with_for_update=True)  # it works once, also for two at once
    if link is None or _has_members(session) or not hmac.compare_digest(link.token_hash, hash_token(token)):
        raise SetupClosed
    return link


def _has_members(session: Session) -> bool:
    return session.exec(select(Member.id).limit(1)).first() is not None
