"""A sign-in that gave too little to be stored: what it gave is revoked again, so that no unused access is left."""

import asyncio
from collections.abc import Mapping

import structlog
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.models import Connection
from oncall_ui.services.connections.credentials import fingerprint_of
from oncall_ui.services.connections.disconnect import RevocableGrant, revoke
from oncall_ui.services.imports.fetching.fetch import Source, whose
from providers.base import Product

log = structlog.get_logger()


async def give_back(app: App, product: Product, credentials: Mapping[str, str]) -> None:
    """Revokes the grant, unless a connection on this server uses the same account, or we can't know.

    A provider's revocation ends every grant of the account to this server.
    """
    client = app.oauth_client(product)
    token = credentials["refresh_token"] or credentials["access_token"]
    if client is None or not client.revoke_url or product.whose is None:
        return
    try:
        identity = await whose(app, Source(product, credentials))
    except Failure as failure:
        log.info("grant kept, its account isn’t known", vendor=product.key, detail=failure.detail)
        return
    if identity and not await asyncio.to_thread(_is_connected, app, product, identity):
        await revoke(app, [RevocableGrant(product, token)])


def _is_connected(app: App, product: Product, identity: str) -> bool:
    same = (Connection.product == product.key, Connection.fingerprint == fingerprint_of(app, identity))
    with app.db.read() as session:
        return session.exec(select(Connection.id).where(*same)).first() is not None
