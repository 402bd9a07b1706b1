"""Disconnecting: everything is deleted here at once, then the grant is revoked at the provider."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.imports.failures import Failure, MemberMustAct
from oncall_ui.hub import MemberChanged
from oncall_ui.models import Connection
from oncall_ui.security import oauth
from oncall_ui.services.accounts.members import lock_member
from oncall_ui.services.audit.record import record
from oncall_ui.services.connections.credentials import open_credentials
from oncall_ui.services.connections.oauth_tokens import Grant, provider_client
from oncall_ui.services.connections.views import calendars_of, owned
from providers.base import Product

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class RevocableGrant:
    """A grant to revoke."""

    product: Product
    token: str = field(repr=False)


async def disconnect(app: App, member_id: int, connection_id: int) -> str:
    """Deletes the credentials, the calendars and their availability, then revokes the grant at the provider.

    Returns a sentence for the member if the provider couldn't be reached, else an empty string.
    """
    ended = await asyncio.to_thread(_remove, app, member_id, connection_id)
    return await revoke(app, ended)


def erase(app: App, session: Session, connection: Connection) -> list[RevocableGrant]:
    """Deletes the row and all that depends on it. Returns what `revoke` needs once the transaction is committed."""
    ended = revocable_grants(app, session, connection)
    session.delete(connection)
    return ended


async def revoke(app: App, ended: Sequence[RevocableGrant]) -> str:
    """Revokes at each provider. Returns a sentence for the member if one couldn't be reached, else an empty string."""
    missed = []
    for each in ended:
        authority = app.oauth_client(each.product)
        assert authority is not None  # as every product with grants
        try:
            async with provider_client(app) as client:
                is_revoked = await oauth.revoke(client, authority, each.token)
        except Failure as failure:
            log.warning("grant not revoked", vendor=each.product.key, detail=failure.detail)
            is_revoked = False
        if not is_revoked:
            missed.append(each.product.company)
    if not missed:
        return ""
    return f"Removed here, but {missed[0]} couldn’t be reached. Remove this app in your account there as well."


def _remove(app: App, member_id: int, connection_id: int) -> list[RevocableGrant]:
    with app.db.write() as session:
        lock_member(session, member_id)  # of two at once, the second finds nothing
        connection = owned(session, member_id, connection_id)
        calendars = calendars_of(session, connection_id)
        lost = {"calendars": len(calendars), "entries": sum(calendar.entries for calendar in calendars)}
        record(session, AuditAction.DISCONNECTED, by=member_id, what=connection.nickname, also=lost)
        ended = erase(app, session, connection)
    app.hub.publish(MemberChanged(member_id))
    return ended


def revocable_grants(app: App, session: Session, connection: Connection) -> list[RevocableGrant]:
    """Empty if the provider has no such endpoint, or another connection uses the same account."""
    product = app.product(connection.product)
    authority = app.oauth_client(product) if product else None
    if product is None or authority is None or not authority.revoke_url or _is_shared(session, connection):
        return []
    try:
        grant = Grant.of(open_credentials(app, connection))
    except MemberMustAct:
        return []
    token = grant.refresh_token or grant.access_token
    return [RevocableGrant(product, token)] if token else []


def _is_shared(session: Session, connection: Connection) -> bool:
    others = select(Connection.id).where(
        Connection.product == connection.product,
        Connection.fingerprint == connection.fingerprint,
        col(Connection.id) != connection.id,
    )
    return session.exec(others).first() is not None
