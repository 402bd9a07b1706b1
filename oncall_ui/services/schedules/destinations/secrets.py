"""Addresses and secrets of destinations and channels: sealed like credentials of connections, opened in one place."""

import json
from collections.abc import Mapping

import structlog
from sqlmodel import Session, col, select, update

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Cause, MemberMustAct
from oncall_ui.models import Channel, Destination, Receiver
from oncall_ui.security.vault import VaultError

log = structlog.get_logger()

KEY_LOST = "This server can no longer decrypt the address and secrets. Edit this and enter them again."


def seal_secrets(app: App, values: Mapping[str, str]) -> str:
    return app.vault.seal(json.dumps(dict(values)))


def open_secrets(app: App, receiver: Receiver) -> dict[str, str]:
    """Raises MemberMustAct (`Cause.KEY_LOST`), and logs it for the operator, when no key of this server opens them."""
    try:
        values: dict[str, str] = json.loads(app.vault.open(receiver.sealed))
    except VaultError as error:
        about = {type(receiver).__name__.lower(): getattr(receiver, "id", None)}
        log.warning("secrets of a receiver can't be decrypted", **about, why=str(error))
        raise MemberMustAct(Cause.KEY_LOST, KEY_LOST, detail="no key opens the secrets") from error
    return values


def reseal_destinations(app: App) -> int:
    """Seals all with the newest key, so that older ones can be removed; members' channels, too. Returns how many.

    What no key opens is left alone: sending says so, and the key may still turn up.
    """
    with app.db.write() as session:
        return _reseal(app, session, Destination) + _reseal(app, session, Channel)


def _reseal(app: App, session: Session, table: type[Destination] | type[Channel]) -> int:
    resealed, rows = 0, select(table.id, table.sealed).order_by(col(table.id))
    if all(app.vault.is_current(sealed) for _, sealed in session.exec(rows)):
        return 0
    for number, sealed in session.exec(rows.with_for_update()).all():
        if app.vault.is_current(sealed) or not app.vault.opens(sealed):
            continue
        values = {"sealed": app.vault.seal(app.vault.open(sealed))}
        session.exec(update(table).where(col(table.id) == number).values(values))
        resealed += 1
    return resealed
