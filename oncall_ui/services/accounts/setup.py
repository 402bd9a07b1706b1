"""The first account, made through a link that only who sees the console can know."""

import hashlib
import hmac
import secrets

from sqlmodel import Session, select

from oncall_ui.app import App
from oncall_ui.errors import SetupClosed
from oncall_ui.models import Member, SetupLink
from oncall_ui.security.passwords import too_weak
from oncall_ui.services.accounts.members import valid_member


def renew_setup_link(app: App) -> str | None:
    """The address that creates the first account, different at every call; None once there is a member."""
    token = secrets.token_urlsafe(24)
    with app.db.write() as session:
        if _has_members(session):
            return None
        session.merge(SetupLink(id=1, token_hash=_hash(token)))
    return f"{app.settings.public_url}/setup?token={token}"


def check_setup_link(app: App, token: str) -> None:
    """Raises SetupClosed unless `token` may still create the first account."""
    with app.db.read() as session:
        _require_open(session, token)


def has_members(app: App) -> bool:
    """Whether the first account is made."""
    with app.db.read() as session:
        return _has_members(session)


def is_long_enough(password: str) -> bool:
    """Whether it may be a password: its length is all that counts."""
    return too_weak(password) is None


def create_first_account(app: App, token: str, *, name: str, email: str, password: str, zone: str) -> int:
    """The administrator's id. Uses the link up. Raises SetupClosed, InvalidInput."""
    member = valid_member(name=name, email=email, password=password, zone=zone, is_admin=True)
    with app.db.write() as session:
        link = _require_open(session, token)
        session.delete(link)
        session.add(member)
        session.flush()
        assert member.id is not None  # just stored
        return member.id


def _require_open(session: Session, token: str) -> SetupLink:
    link = session.get(SetupLink, 1)
    if link is None or _has_members(session) or not hmac.compare_digest(link.token_hash, _hash(token)):
        raise SetupClosed
    return link


def _has_members(session: Session) -> bool:
    return session.exec(select(Member.id).limit(1)).first() is not None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
