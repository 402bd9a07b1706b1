"""A new secret key takes over what the former ones sealed, so that those can be thrown away afterwards."""

import json

import structlog
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.models import Connection
from oncall_ui.security.vault import VaultError
from oncall_ui.services.connections.connect import IDENTITY, fingerprint_of

log = structlog.get_logger()


def rekey(app: App) -> int:
    """Seals every connection's credentials with the newest key, and renews the fingerprint it is found again by.

    How many were sealed anew. What no key opens stays as it is: its next import says so, and the key may still come.
    """
    renewed = 0
    with app.db.write() as session:
        for row in session.exec(select(Connection).with_for_update()):
            if app.vault.is_current(row.sealed):
                continue
            try:
                plain = app.vault.open(row.sealed)
            except VaultError:
                continue
            row.sealed = app.vault.seal(plain)
            if identity := json.loads(plain).get(IDENTITY):
                row.fingerprint = fingerprint_of(app, identity)
            renewed += 1
    if renewed:
        log.info("sealed with the newest key", connections=renewed)
    return renewed
