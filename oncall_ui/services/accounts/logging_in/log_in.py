"""Logging in: every first factor ends in `finish_login`, which asks for a second one where the member has it."""

from dataclasses import dataclass

from sqlmodel import Session, col, select, update

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.models import Member
from oncall_ui.services.accounts.logging_in import known_browsers
from oncall_ui.services.accounts.logging_in.pending_logins import begin_pending
from oncall_ui.services.accounts.logging_in.sessions import begin_session
from oncall_ui.services.accounts.second_factors.factors import factors_of
from oncall_ui.services.audit.failed_logins import record_failed_login
from oncall_ui.services.audit.record import record
from oncall_ui.services.text_input import is_one_line

COMPLETE = frozenset({LoginMethod.PASSKEY, LoginMethod.SINGLE_SIGN_ON})
"""First factors after which no second one is asked for."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the browser gets: one of the two tokens, for its cookie."""

    session: str = ""
    """The member is logged in."""
    pending: str = ""
    """The log-in waits for its second factor. Opens nothing else."""
    browser: str = ""
    """The new value of the browser's own cookie, once the member is logged in."""


def log_in(app: App, email: str, password: str, *, browser: str = "") -> Outcome | None:
    """None for a wrong email or password, after the same time either way. For `browser` see `finish_login`."""
    member_id = check_password(app, email, password)
    if member_id is None:
        return None
    return finish_login(app, member_id, LoginMethod.PASSWORD, browser=browser)


def check_password(app: App, email: str, password: str) -> int | None:
    """The id of the member with this email and password; None, which is recorded, if there is none."""
    member = _member_of(app, email.strip().lower())
    if member is None or member.id is None:
        app.passwords.waste_time(password)
        _failed(app, email)
        return None
    if not app.passwords.check(member.password_hash, password):
        _failed(app, email)
        return None
    if app.passwords.needs_rehash(member.password_hash):
        _rehash(app, member, password)
    return member.id


def finish_login(app: App, member_id: int, method: LoginMethod, *, browser: str = "") -> Outcome:
    """Logs in a member who has proved who they are with `method`, or asks for their second factor.

    `browser` is the value of the browser's own cookie, see known_browsers.py: empty if it has none. A browser that is
    trusted isn't asked. Neither is a passkey, which is two factors, nor single sign-on: its provider asks.
    """
    is_trusted = known_browsers.is_trusted(app, browser, member_id)
    with app.db.write() as session:
        if method not in COMPLETE and not is_trusted and factors_of(session, member_id):
            return Outcome(pending=begin_pending(session, member_id, method))
        return enter(session, member_id, method, browser=browser)


def enter(
    session: Session, member_id: int, method: LoginMethod, *, factor: str = "", browser: str = "", trust: bool = False
) -> Outcome:
    """Begins a session after the last factor. `factor` is the second one, for the audit log.

    With `trust` the browser isn't asked for the second factor for 30 days.
    """
    record(session, AuditAction.LOGGED_IN, by=member_id, method=method.value, factor=factor)
    cookie = known_browsers.remember(session, member_id, browser, trust=trust)
    return Outcome(session=begin_session(session, member_id, method), browser=cookie)


def _rehash(app: App, member: Member, password: str) -> None:
    """Unless the password was changed meanwhile."""
    renewed = app.passwords.hash(password)
    same = (col(Member.id) == member.id, col(Member.password_hash) == member.password_hash)
    with app.db.write() as session:
        session.exec(update(Member).where(*same).values(password_hash=renewed))


def _failed(app: App, email: str) -> None:
    with app.db.write() as session:
        record_failed_login(session, email)


def _member_of(app: App, email: str) -> Member | None:
    if not is_one_line(email):
        return None  # PostgreSQL rejects a NUL even in a question
    with app.db.read() as session:
        return session.exec(select(Member).where(Member.email == email)).first()
