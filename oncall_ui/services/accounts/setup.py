"""The first account, created with a link that is printed on the console only."""

import hmac
from datetime import timedelta

from sqlalchemy import Executable
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.errors import SetupClosed
from oncall_ui.models import Member, SetupLink, now
from oncall_ui.security.passwords import too_weak
from oncall_ui.security.tokens import hash_token, new_token
from oncall_ui.security.vault import VaultError
from oncall_ui.services.accounts.members import valid_member
from oncall_ui.services.audit.record import record

TOGETHER = timedelta(minutes=10)
"""Processes that start within it print the same link: of several links nobody would know which one works."""


def renew_setup_link(app: App) -> str | None:
    """A link that creates the first account, and the only valid one; None once there is a member.

    It is a new one, unless one was printed just now.
    """
    with app.db.write() as session:
        session.execute(_none_yet(session))  # of two processes that start at once, one waits for the other
        link = session.get(SetupLink, 1, with_for_update=True)
        if link is None:  # used at this very moment
            return None
        if _has_members(session):
            session.delete(link)
            return None
        token = _printed(app, link)
        if not token:
            token = new_token()
            link.token_hash, link.printed, link.created_at = hash_token(token), app.vault.seal(token), now()
    return f"{app.settings.public_url}/setup?token={token}"


def _none_yet(session: Session) -> Executable:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(SetupLink).values(id=1, token_hash="", printed="").on_conflict_do_nothing(index_elements=["id"])


def _printed(app: App, link: SetupLink) -> str:
    """The token that was printed just now; empty if there is none."""
    if link.created_at is None or not timedelta(0) <= now() - link.created_at < TOGETHER:
        return ""
    try:
        return app.vault.open(link.printed)
    except VaultError:  # another key wrote it
        return ""


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
