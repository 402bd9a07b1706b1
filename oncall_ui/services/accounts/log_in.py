"""Logging in: every way to prove who one is ends in `finish_login`."""

from dataclasses import dataclass

from sqlmodel import Session, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.models import Member
from oncall_ui.services.accounts.sessions import begin_session
from oncall_ui.services.audit.record import record
from oncall_ui.services.text_input import is_one_line


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the browser gets: one of the two tokens, for its cookie."""

    session: str = ""
    """The member is logged in."""
    pending: str = ""
    """The log-in waits for its second factor. Opens nothing else."""


def log_in(app: App, email: str, password: str, *, browser: str = "") -> Outcome | None:
    """None for a wrong email or password, after the same time either way. For `browser` see `finish_login`."""
    member_id = check_password(app, email, password)
    if member_id is None:
        return None
    return finish_login(app, member_id, LoginMethod.PASSWORD, browser=browser)


def check_password(app: App, email: str, password: str) -> int | None:
    """The id of the member with this email and password."""
    member = _member_of(app, email.strip().lower())
    if member is None or member.id is None:
        app.passwords.waste_time(password)
        return None
    if not app.passwords.check(member.password_hash, password):
        return None
    if app.passwords.needs_rehash(member.password_hash):
        with app.db.write() as session:
            member.password_hash = app.passwords.hash(password)
            session.add(member)
    return member.id


def finish_login(app: App, member_id: int, method: LoginMethod, *, browser: str = "") -> Outcome:
    """Logs in a member who has proved who they are with `method`, or asks for their second factor.

    `browser` is the token of the browser's own cookie, see known_browsers.py: empty if it has none.
    """
    with app.db.write() as session:
        return Outcome(session=enter(session, member_id, method))


def enter(session: Session, member_id: int, method: LoginMethod, *, factor: str = "") -> str:
    """Begins a session after the last factor. Returns its token. `factor` is the second one, for the audit log."""
    record(session, AuditAction.LOGGED_IN, by=member_id, method=method, factor=factor)
    return begin_session(session, member_id, method)


def _member_of(app: App, email: str) -> Member | None:
    if not is_one_line(email):
        return None  # PostgreSQL rejects a NUL even in a question
    with app.db.read() as session:
        return session.exec(select(Member).where(Member.email == email)).first()
