"""Credentials of connections: sealed with the newest key, opened in one place, sealed again when the key changes."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from sqlalchemy import update
from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Cause, MemberMustAct
from oncall_ui.models import Connection
from oncall_ui.security.vault import VaultError
from providers.base import Discovery

log = structlog.get_logger()

IDENTITY = "identity"
"""Key of the connected account's or feed's identity among the credentials."""
GIVEN_UP = "lost:"
"""Before sealed credentials whose key the operator declared lost."""
KEY_LOST = "This server can no longer decrypt the credentials for this calendar. Reconnect it."


def seal_credentials(app: App, credentials: Mapping[str, str], found: Discovery) -> str:
    """Includes the identity, from which `rekey` computes a new fingerprint."""
    return app.vault.seal(json.dumps({**credentials, IDENTITY: found.identity}))


def open_credentials(app: App, connection: Connection) -> dict[str, str]:
    """The connection's credentials.

    Raises MemberMustAct (`Cause.KEY_LOST`), and logs it for the operator, when no key of this server opens them.
    """
    try:
        return unseal(app, connection.sealed)
    except VaultError as error:
        log.warning("credentials can't be decrypted", connection=connection.id, why=str(error))
        raise MemberMustAct(Cause.KEY_LOST, KEY_LOST, detail="no key opens the credentials") from error


def unseal(app: App, sealed: str) -> dict[str, str]:
    """The credentials in `Connection.sealed`. Raises VaultError when no key of this server opens them."""
    credentials: dict[str, str] = json.loads(app.vault.open(sealed))
    return credentials


def fingerprint_of(app: App, identity: str) -> str:
    """A keyed hash by which the same account or feed is recognised; it changes with the newest key."""
    return hmac.new(app.vault.derive("fingerprint").encode(), identity.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Sealed:
    """How many connections' credentials there are, and whose no key of this server opens."""

    number: int
    unreadable: tuple[int, ...]
    """Connections, without those whose key was given up."""


def count_sealed(app: App) -> Sealed:
    with app.db.read() as session:
        rows = session.exec(select(Connection.id, Connection.sealed)).all()
    unreadable = (number or 0 for number, sealed in rows if not _is_given_up(sealed) and not app.vault.opens(sealed))
    return Sealed(len(rows), tuple(unreadable))


def rekey(app: App) -> int:
    """Seals every connection's credentials with the newest key, and updates its fingerprint. Returns how many changed.

    Afterwards the older keys can be removed. Credentials that no key opens, or that are damaged, are left alone: their
    next import reports it, and the operator may still add the key, also one that was given up.
    """
    resealed = 0
    # Only these columns: one that is damaged in another row must not keep the app from starting.
    rows = select(Connection.id, Connection.sealed).order_by(col(Connection.id))
    with app.db.read() as session:
        # Other processes are at work: nothing is locked where there is nothing to do.
        if all(app.vault.is_current(sealed) for _, sealed in session.exec(rows)):
            return 0
    with app.db.write() as session:
        for number, sealed in session.exec(rows.with_for_update()).all():
            if app.vault.is_current(sealed):
                continue
            credentials = _opened(app, sealed.removeprefix(GIVEN_UP))
            if credentials is None:
                continue
            values = {"sealed": app.vault.seal(json.dumps(credentials))}
            if identity := credentials.get(IDENTITY):
                values["fingerprint"] = fingerprint_of(app, identity)
            session.execute(update(Connection).where(col(Connection.id) == number).values(values))
            resealed += 1
    if resealed:
        log.info("sealed with the newest key", connections=resealed)
    return resealed


def _opened(app: App, sealed: str) -> dict[str, str] | None:
    try:
        credentials = json.loads(app.vault.open(sealed))
    except (VaultError, ValueError):
        return None
    return credentials if isinstance(credentials, dict) else None


def give_up_lost(app: App) -> int:
    """Marks credentials that no key opens, so that the app starts without their key. Returns how many.

    Their members reconnect them. They are kept, in case the key turns up: `rekey` opens them with it.
    """
    unreadable = count_sealed(app).unreadable
    with app.db.write() as session:
        session.execute(
            update(Connection)
            .where(col(Connection.id).in_(unreadable))
            .values(sealed=GIVEN_UP + col(Connection.sealed))
        )
    return len(unreadable)


def _is_given_up(sealed: str) -> bool:
    return sealed.startswith(GIVEN_UP)
