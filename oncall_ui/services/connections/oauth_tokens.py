"""What a vendor granted to one connection: its tokens, kept sealed, renewed in one place by one at a time."""

import asyncio
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta

import httpx
import structlog
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater
from oncall_ui.models import Connection, now
from oncall_ui.security import oauth
from oncall_ui.security.http.client import Limits
from oncall_ui.security.vault import VaultError
from oncall_ui.services.connections.views import calendars_of
from oncall_ui.services.imports import state
from oncall_ui.settings import Authority
from providers.base import Product, SignIn

log = structlog.get_logger()

EARLY = timedelta(minutes=1)
"""So long before its end a token counts as expired: what is asked with it has to arrive, too."""
PATIENCE = Limits(total_seconds=30, decompressed_bytes=1_000_000, compressed_bytes=1_000_000, redirects=0)
FINAL = {"invalid_grant", "interaction_required", "consent_required", "login_required"}
"""Refusals that no repetition mends: the member has to sign in again."""


_LONG_NAME = re.compile(r"^https://graph\.microsoft\.com/|^https://www\.googleapis\.com/auth/userinfo\.")


@dataclass(frozen=True, slots=True)
class Grant:
    """Stored as text values beside a connection's identity. `lost`: the vendor has ended it; nothing is asked again."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: str
    """ISO 8601, UTC."""
    scope: str
    granted_at: str
    """When the member signed in, ISO 8601, UTC."""
    lost: str = ""

    @classmethod
    def of(cls, credentials: Mapping[str, str]) -> "Grant":
        return cls(**{name: credentials[name] for name in cls.__dataclass_fields__})

    @property
    def age(self) -> timedelta:
        return now() - datetime.fromisoformat(self.granted_at)

    def is_fresh(self, stale: str) -> bool:
        return self.access_token != stale and datetime.fromisoformat(self.expires_at) > now() + EARLY


def granted(tokens: oauth.Tokens, asked: Collection[str]) -> dict[str, str]:
    """Credentials to store after a sign-in.

    A scope that isn't told is the one asked for (RFC 6749 section 5.1). What was allowed on another occasion and comes
    along is left out: who gives free and busy times only this time means it.
    """
    has = plain_scopes(tokens.scope.split())
    grant = Grant(
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token,
        expires_at=tokens.expires_at.isoformat(),
        scope=" ".join(each for each in asked if not has or plain_scopes([each]) <= has),
        granted_at=now().isoformat(),
    )
    return asdict(grant)


async def access_token(app: App, product: Product, connection_id: int, stale: str) -> str:
    """A token of the connection that is valid and not `stale`, renewed if need be; one renewal at a time.

    Raises MemberMustAct when the vendor has ended the grant, TryLater when it can't be asked now.
    """
    # What a vendor has handed out must be stored even when whoever asked for it is gone by then.
    return await asyncio.shield(asyncio.ensure_future(_access_token(app, product, connection_id, stale)))


async def _access_token(app: App, product: Product, connection_id: int, stale: str) -> str:
    lock = app.refreshing.setdefault(connection_id, asyncio.Lock())
    async with lock:
        sealed = await asyncio.to_thread(_sealed, app, connection_id)
        credentials: dict[str, str] = json.loads(app.vault.open(sealed))
        grant, sign_in, authority = Grant.of(credentials), product.sign_in, app.authority(product)
        assert sign_in is not None and authority is not None  # only such connections hold grants
        if grant.lost:
            raise _lost(sign_in, grant)
        if grant.is_fresh(stale):
            return grant.access_token
        try:
            renewed = await _renewed(app, authority, product, grant)
        except oauth.Refused as refused:
            log.info("token refused", connection=connection_id, error=refused.error)
            if refused.error not in FINAL:
                raise not_registered(product, refused) from None
            ended = replace(grant, access_token="", refresh_token="", lost=refused.error)
            await asyncio.to_thread(_store, app, connection_id, sealed, credentials | asdict(ended))
            raise _lost(sign_in, grant) from None
        await asyncio.to_thread(_store, app, connection_id, sealed, credentials | asdict(renewed))
        return renewed.access_token


async def _renewed(app: App, authority: Authority, product: Product, grant: Grant) -> Grant:
    async with vendor_client(app) as client:
        tokens = await oauth.refresh(client, authority, grant.refresh_token)
    return replace(
        grant,
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token or grant.refresh_token,
        expires_at=tokens.expires_at.isoformat(),
    )


def vendor_client(app: App) -> httpx.AsyncClient:
    """For a vendor's own endpoints, without any token."""
    return app.vendors.client(limits=PATIENCE)


def plain_scopes(scopes: Iterable[str]) -> set[str]:
    """To compare by: vendors answer with short names for what was asked for by long ones, and the other way round."""
    return {_LONG_NAME.sub("", scope.casefold()) for scope in scopes}


def grant_of(app: App, connection_id: int) -> Grant | None:
    """None when it can't be opened any more, or has ended."""
    try:
        grant = Grant.of(json.loads(app.vault.open(_sealed(app, connection_id))))
    except VaultError:
        return None
    return None if grant.lost else grant


def not_registered(product: Product, refused: oauth.Refused) -> Failure:
    """The vendor doesn't know this server, or no longer. Only the operator can mend that; then it works by itself."""
    sentence = (
        f"{product.company} does not accept this server’s registration ({refused.error}). Whoever runs this server "
        "can see what is wrong with: python run.py doctor"
    )
    return TryLater(Cause.NOT_REGISTERED, sentence, detail=refused.error)


def _lost(sign_in: SignIn, grant: Grant) -> MemberMustAct:
    return MemberMustAct(Cause.ACCESS_LOST, sign_in.lost(grant.age), detail="the grant has ended")


def _sealed(app: App, connection_id: int) -> str:
    with app.db.read() as session:
        row = session.get(Connection, connection_id)
        if row is None:
            raise TryLater(Cause.REFUSED, "This connection was removed.", detail="no such connection")
        return row.sealed


def _store(app: App, connection_id: int, before: str, credentials: dict[str, str]) -> None:
    """Unless the member has signed in anew meanwhile: then that is what counts."""
    with app.db.write() as session:
        row = session.exec(select(Connection).where(Connection.id == connection_id).with_for_update()).first()
        if row is None or row.sealed != before:
            return
        row.sealed = app.vault.seal(json.dumps(credentials))
        if credentials["lost"]:
            # The other calendars of this account learn of it now, not at their next turn.
            for calendar in calendars_of(session, connection_id):
                state.make_due(calendar)
