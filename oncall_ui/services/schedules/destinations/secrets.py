"""Addresses and secrets of destinations: sealed like credentials of connections, opened in one place."""

import json
from collections.abc import Mapping

import structlog
from sqlmodel import col, select, update

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Cause, MemberMustAct
from oncall_ui.models import Destination
from oncall_ui.security.vault import VaultError

log = structlog.get_logger()

KEY_LOST = "This server can no longer decrypt the address and secrets. Edit this and enter them again."


def seal_secrets(app: App, values: Mapping[str, str]) -> str:
    return app.vault.seal(json.dumps(dict(values)))


def open_secrets(app: App, destination: Destination) -> dict[str, str]:
    """Raises MemberMustAct (`Cause.KEY_LOST`), and logs it for the operator, when no key of this server opens them."""
    try:
        values: dict[str, str] = json.loads(app.vault.open(destination.sealed))
    except VaultError as error:
        log.warning("secrets of a destination can't be decrypted", destination=destination.id, why=str(error))
        raise MemberMustAct(Cause.KEY_LOST, KEY_LOST, detail="no key opens the secrets") from error
    return values


def reseal_destinations(app: App) -> int:
    """Seals all with the newest key, so that older ones can be removed. Returns how many changed.

    What no key opens is left alone: sending says so, and the key may still turn up.
    """
    resealed = 0
    with app.db.write() as session:
        rows = session.exec(select(Destination.id, Destination.sealed).with_for_update()).all()
        for number, sealed in rows:
            if app.vault.is_current(sealed) or not app.vault.opens(sealed):
                continue
            values = {"sealed": app.vault.seal(app.vault.open(sealed))}
            session.exec(update(Destination).where(col(Destination.id) == number).values(values))
            resealed += 1
    return resealed
