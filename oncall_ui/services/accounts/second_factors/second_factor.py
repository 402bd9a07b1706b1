"""The second step of logging in, and the question `is it you?` before the second factor is changed."""

from dataclasses import dataclass

from sqlmodel import Session

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput, LogInAgain, NotAllowed, TooManyAttempts
from oncall_ui.hub import MemberChanged
from oncall_ui.models import Member
from oncall_ui.security.rate_limits import CODES
from oncall_ui.services.accounts.logging_in.known_browsers import known_token
from oncall_ui.services.accounts.logging_in.log_in import Outcome, enter
from oncall_ui.services.accounts.logging_in.pending_logins import find_pending
from oncall_ui.services.accounts.second_factors import totp
from oncall_ui.services.accounts.second_factors.factors import Factors, factors_of
from oncall_ui.services.accounts.second_factors.recovery_codes import make_codes, use_code
from oncall_ui.services.audit.failed_logins import record_failed_login

MOST_WRONG_CODES = 5
"""Then the log-in begins again with the password."""
CODE, RECOVERY_CODE = "Code from your authenticator app", "Recovery code"
CONFIRMATION = "Password or code"
EXPIRED = "That took too long. Log in again."
TOO_MANY = "5 wrong codes. Log in again."
WAIT = "Too many codes. Try again in an hour, or use a passkey or a recovery code."
NO_CODE = "That recovery code doesn’t match, or was used before."


@dataclass(frozen=True, slots=True)
class SecondStep:
    """What the page asks for."""

    member_id: int
    email: str
    factors: Factors


def second_step(app: App, pending: str) -> SecondStep | None:
    """The log-in that waits; None if it has expired or is over."""
    if not pending:
        return None
    with app.db.read() as session:
        row = find_pending(session, pending)
        member = session.get(Member, row.member_id) if row else None
        if row is None or member is None:
            return None
        return SecondStep(row.member_id, member.email, factors_of(session, row.member_id))


def finish_with_code(app: App, pending: str, code: str, *, browser: str = "", trust: bool = False) -> Outcome:
    """Logs in with the code of an authenticator app. With `trust` the browser isn't asked again for 30 days.

    Raises InvalidInput for a wrong code, and LogInAgain if the log-in has expired or this was the fifth.
    """
    step = _required(app, pending)
    # Counted before it is checked, because requests come at the same time; a known browser apart from strangers.
    known = known_token(app, browser, step.member_id) or ""
    if not app.rate_limits.allows(CODES, "code", str(step.member_id), known):
        raise InvalidInput(CODE, WAIT)
    with app.db.write() as session:
        row = find_pending(session, pending, lock=True)
        if row is None:
            raise LogInAgain(EXPIRED)
        if totp.take_code(app, session, row.member_id, code):
            session.delete(row)
            return enter(session, row.member_id, row.method, factor="code", browser=browser, trust=trust)
        is_over = _count_wrong(session, pending)
    raise LogInAgain(TOO_MANY) if is_over else InvalidInput(CODE, totp.WRONG_CODE)


def finish_with_recovery_code(app: App, pending: str, code: str, *, browser: str = "") -> Outcome:
    """Logs in with a recovery code, which is used up. Raises as `finish_with_code`."""
    with app.db.write() as session:
        row = find_pending(session, pending, lock=True)
        if row is None:
            raise LogInAgain(EXPIRED)
        if use_code(session, row.member_id, code) is not None:
            session.delete(row)
            return enter(session, row.member_id, row.method, factor="recovery_code", browser=browser)
        is_over = _count_wrong(session, pending)
    raise LogInAgain(TOO_MANY) if is_over else InvalidInput(RECOVERY_CODE, NO_CODE)


def turn_off(app: App, member_id: int, answer: str) -> None:
    """Turns two-factor off. `answer` is the password or a code of the app or, for those without a password, a recovery
    code. Raises InvalidInput if it is none of them, and NotAllowed if two-factor is off.
    """
    _confirm(app, member_id, answer)
    with app.db.write() as session:
        totp.turn_off(session, member_id)
    app.hub.publish(MemberChanged(member_id))


def new_codes(app: App, member_id: int, answer: str) -> tuple[str, ...]:
    """Replaces the recovery codes; `answer` and errors as with `turn_off`."""
    _confirm(app, member_id, answer)
    with app.db.write() as session:
        if not factors_of(session, member_id):
            raise NotAllowed
        codes = make_codes(session, member_id)
    app.hub.publish(MemberChanged(member_id))
    return codes


def _required(app: App, pending: str) -> SecondStep:
    step = second_step(app, pending)
    if step is None:
        raise LogInAgain(EXPIRED)
    return step


def _count_wrong(session: Session, pending: str) -> bool:
    """Whether that was one too many: then the log-in is over."""
    row = find_pending(session, pending, lock=True)
    assert row is not None, "locked by the caller"
    row.wrong_codes += 1
    record_failed_login(session, member_id=row.member_id)
    is_over = row.wrong_codes >= MOST_WRONG_CODES
    if is_over:
        session.delete(row)
    return is_over


def _confirm(app: App, member_id: int, answer: str) -> None:
    if not app.rate_limits.allows(CODES, "confirm", str(member_id)):
        raise InvalidInput(CONFIRMATION, "Too many attempts. Try again in an hour.")
    with app.db.read() as session:
        member = session.get(Member, member_id)
    if member is None:
        raise NotAllowed
    try:
        if member.password_hash and app.passwords.check(member.password_hash, answer):
            return
    except TooManyAttempts as error:  # by others, who log in
        raise InvalidInput(CONFIRMATION, error.sentence) from error
    with app.db.write() as session:
        if totp.take_code(app, session, member_id, answer):
            return
        if not member.password_hash and use_code(session, member_id, answer) is not None:
            return
    raise InvalidInput(CONFIRMATION, "That is neither your password nor a code that works now.")
