"""Two-factor with an authenticator app: setting it up, checking its codes, turning it off."""

from dataclasses import dataclass

import structlog
from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.hub import MemberChanged
from oncall_ui.models import Member, Totp, now
from oncall_ui.security.totp import matching_step, new_secret, setup_uri
from oncall_ui.security.vault import VaultError
from oncall_ui.services.accounts.logging_in.known_browsers import end_trust
from oncall_ui.services.accounts.second_factors.factors import factors_of
from oncall_ui.services.accounts.second_factors.recovery_codes import delete_codes, make_codes
from oncall_ui.services.audit.record import record

log = structlog.get_logger()

ISSUER = "On-Call Optimizer"
WRONG_CODE = "That code doesn’t match. Codes change every 30\N{NO-BREAK SPACE}s; check the clock of your phone."


@dataclass(frozen=True, slots=True)
class Setup:
    """What an authenticator app needs to know, shown until the first code."""

    secret: str
    """In Base32, for typing."""
    uri: str
    """For the QR code."""


def begin_setup(app: App, member_id: int) -> Setup:
    """A new secret, which protects nothing until `confirm_setup`. Raises NotAllowed if two-factor is on."""
    secret = new_secret()
    with app.db.write() as session:
        member = session.get(Member, member_id)
        if member is None or _is_on(row := session.get(Totp, member_id, with_for_update=True)):
            raise NotAllowed
        row = row or Totp(member_id=member_id, sealed="")
        row.sealed, row.created_at, row.last_step = app.vault.seal(secret), now(), 0
        session.add(row)
    return Setup(secret, setup_uri(secret, member.email, ISSUER))


def confirm_setup(app: App, member_id: int, code: str) -> tuple[str, ...]:
    """Turns two-factor on. Returns the recovery codes, to be shown once.

    Raises InvalidInput for a code that doesn't match, and NotAllowed if no set-up was begun or it is on already.
    """
    with app.db.write() as session:
        row = session.get(Totp, member_id, with_for_update=True)
        if row is None or _is_on(row):
            raise NotAllowed
        if not _take(app, row, code):
            raise InvalidInput("Code", WRONG_CODE)
        row.confirmed_at = now()
        record(session, AuditAction.TWO_FACTOR_ON, by=member_id)
        end_trust(session, member_id)
        codes = make_codes(session, member_id)
    app.hub.publish(MemberChanged(member_id))
    return codes


def take_code(app: App, session: Session, member_id: int, code: str) -> bool:
    """Whether the code is right. Each works once, also for two requests at the same time."""
    row = session.get(Totp, member_id, with_for_update=True)
    return row is not None and _is_on(row) and _take(app, row, code)


def turn_off(session: Session, member_id: int) -> None:
    """Forgets the app, and the recovery codes unless a passkey is left. Raises NotAllowed if it is off."""
    row = session.get(Totp, member_id, with_for_update=True)
    if row is None or not _is_on(row):
        raise NotAllowed
    session.delete(row)
    session.flush()
    record(session, AuditAction.TWO_FACTOR_OFF, by=member_id)
    end_trust(session, member_id)
    if not factors_of(session, member_id):
        delete_codes(session, member_id)


def reseal_secrets(app: App) -> int:
    """Seals every secret with the newest key, see `rekey`. Returns how many changed."""
    resealed = 0
    with app.db.read() as session:
        if all(app.vault.is_current(sealed) for sealed in session.exec(select(Totp.sealed))):
            return 0
    with app.db.write() as session:
        for row in session.exec(select(Totp).order_by(col(Totp.member_id)).with_for_update()).all():
            if not app.vault.is_current(row.sealed) and app.vault.opens(row.sealed):
                row.sealed = app.vault.seal(app.vault.open(row.sealed))
                resealed += 1
    return resealed


def _is_on(row: Totp | None) -> bool:
    return row is not None and row.confirmed_at is not None


def _take(app: App, row: Totp, code: str) -> bool:
    digits = "".join(code.split())
    try:
        secret = app.vault.open(row.sealed)
    except VaultError:
        # The member isn't locked out: passkeys and recovery codes work, and an administrator can reset it.
        log.warning("two-factor secret can't be decrypted", member=row.member_id)
        return False
    step = matching_step(secret, digits, now(), after=row.last_step)
    if step is None:
        return False
    row.last_step = step
    return True
