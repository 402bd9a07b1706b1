"""The secret that signs the session cookie: stored once, so that rotating the keys logs nobody out."""

import structlog
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from oncall_ui.app import App
from oncall_ui.models import Member, ServerSecret
from oncall_ui.security.tokens import new_token
from oncall_ui.security.vault import VaultError

log = structlog.get_logger()

NAME = "session cookie"


def cookie_secret(app: App) -> str:
    """Created when it is first asked for, sealed with the newest key from then on.

    Where no key opens it, there is a new one, and everybody logs in again.
    """
    try:
        with app.db.write() as session:
            return _stored(app, session) or _create(app, session)
    except IntegrityError:  # another process has just created it
        with app.db.write() as session:
            return _stored(app, session)


def claim_cookie_secret(app: App) -> bool:
    """Whether this installation's keys open it, once there is one. Of several processes the first creates it."""
    insert = postgresql.insert if app.db.is_shared else sqlite.insert
    row = insert(ServerSecret).values(name=NAME, sealed=app.vault.seal(new_token()))
    with app.db.write() as session:
        session.execute(row.on_conflict_do_nothing(index_elements=["name"]))
        return app.vault.opens(session.get_one(ServerSecret, NAME).sealed)


def _stored(app: App, session: Session) -> str:
    """Empty if there is none, or none that can be opened."""
    row = session.get(ServerSecret, NAME, with_for_update=True)
    if row is None:
        return ""
    try:
        secret = app.vault.open(row.sealed)
    except VaultError:
        log.warning("the session cookie's secret can't be decrypted: everybody logs in again")
        session.delete(row)
        session.flush()
        return ""
    if not app.vault.is_current(row.sealed):
        row.sealed = app.vault.seal(secret)
    return secret


def _create(app: App, session: Session) -> str:
    # An installation from before this table signed its cookies with a secret derived from the key: they stay valid.
    has_members = session.exec(select(Member.id).limit(1)).first() is not None
    secret = app.vault.derive(NAME) if has_members else new_token()
    session.add(ServerSecret(name=NAME, sealed=app.vault.seal(secret)))
    session.flush()
    return secret
