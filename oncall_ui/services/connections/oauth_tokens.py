"""OAuth tokens of a connection: stored sealed, and refreshed one at a time per connection."""

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
from oncall_ui.models import Calendar, Connection, now
from oncall_ui.security import oauth
from oncall_ui.security.http.client import Limits
from oncall_ui.services.connections.credentials import open_credentials
from oncall_ui.services.imports import state
from oncall_ui.services.one_at_a_time import one_refresh
from oncall_ui.settings import OAuthClient
from providers.base import Product, SignIn

log = structlog.get_logger()

REFRESH_MARGIN = timedelta(minutes=1)
"""A token counts as expired this long before it is: the request that carries it has to arrive, too."""
LARGEST = 32_768
"""Bytes of a token endpoint's answer: it is parsed in place, so the worst of them must take few milliseconds. See
docs/decisions/0708 for the figures."""
LIMITS = Limits(total_seconds=30, decompressed_bytes=LARGEST, compressed_bytes=LARGEST, redirects=0)
PERMANENT_ERRORS = {"invalid_grant", "interaction_required", "consent_required", "login_required"}
"""Error codes that a retry doesn't fix: the member has to sign in again."""

_SCOPE_PREFIX = re.compile(r"^https://graph\.microsoft\.com/|^https://www\.googleapis\.com/auth/userinfo\.")


@dataclass(frozen=True, slots=True)
class Grant:
    """A provider's grant, stored as strings among the connection's credentials."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: str
    """ISO 8601, UTC."""
    scope: str
    granted_at: str
    """When the member signed in; ISO 8601, UTC."""
    revoked: str = ""
    """The provider's error code once it has ended the grant, after which no request is sent; else empty."""
    reason: str = ""
    """Its `SignIn.reason` for that, if it gave one."""

    @classmethod
    def of(cls, credentials: Mapping[str, str]) -> "Grant":
        # `lost` is what the first versions stored it as.
        stored = {"revoked": credentials.get("lost", ""), "reason": "", **credentials}
        return cls(**{name: stored[name] for name in cls.__dataclass_fields__})

    @property
    def age(self) -> timedelta:
        return now() - datetime.fromisoformat(self.granted_at)

    def is_fresh(self, stale: str) -> bool:
        return self.access_token != stale and datetime.fromisoformat(self.expires_at) > now() + REFRESH_MARGIN


def credentials_from(tokens: oauth.Tokens, asked: Collection[str]) -> dict[str, str]:
    """Credentials to store after a sign-in that asked for the scopes `asked`.

    Without a scope in the response, the scopes asked for were granted (RFC 6749 section 5.1). Scopes granted on an
    earlier occasion are left out: a member who now grants free and busy times only means it.
    """
    granted = normalised_scopes(tokens.scope.split())
    grant = Grant(
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token,
        expires_at=tokens.expires_at.isoformat(),
        scope=" ".join(scope for scope in asked if not granted or normalised_scopes([scope]) <= granted),
        granted_at=now().isoformat(),
    )
    return asdict(grant)


async def access_token(app: App, product: Product, connection_id: int, stale: str) -> str:
    """A valid access token of the connection other than `stale`, refreshed if necessary, one refresh at a time.

    Raises MemberMustAct when the provider has ended the grant, TryLater when it can't be reached now.
    """
    # A rotated refresh token must be stored even if the caller is cancelled meanwhile.
    return await asyncio.shield(asyncio.ensure_future(_access_token(app, product, connection_id, stale)))


async def _access_token(app: App, product: Product, connection_id: int, stale: str) -> str:
    async with one_refresh(app, connection_id):
        connection = await asyncio.to_thread(_connection, app, connection_id)
        credentials = open_credentials(app, connection)
        grant, sign_in, client = Grant.of(credentials), product.sign_in, app.oauth_client(product)
        assert sign_in is not None and client is not None  # only such connections hold grants
        if grant.revoked:
            raise _access_lost(sign_in, grant)
        if grant.is_fresh(stale):
            return grant.access_token
        try:
            refreshed = await _refreshed(app, client, grant)
        except oauth.OAuthError as error:
            return await asyncio.to_thread(_refused, app, product, connection, stale, error)
        except TryLater as failure:
            if failure.retry_after:
                await asyncio.to_thread(_put_off, app, connection_id, now() + failure.retry_after)
            raise
        await asyncio.to_thread(_store, app, connection, credentials, refreshed)
        return refreshed.access_token


def _refused(app: App, product: Product, connection: Connection, stale: str, error: oauth.OAuthError) -> str:
    """What to do instead. Raises what it means for the member.

    Somebody else may have stored another grant meanwhile: the member who reconnects, or a process that hung for so long
    that this one took its turn. Then that one counts.
    """
    connection_id, sign_in = connection.id or 0, product.sign_in
    assert sign_in is not None  # only such connections hold grants
    reason = sign_in.reason({"error": error.error, "error_description": error.description})
    log.info("token refresh refused", connection=connection_id, error=error.error, reason=reason)
    if sign_in.passes(reason):
        raise _passing(product, reason) from None
    if error.error not in PERMANENT_ERRORS:
        raise not_registered(product, error) from None
    credentials = open_credentials(app, connection)
    revoked = replace(Grant.of(credentials), access_token="", refresh_token="", revoked=error.error, reason=reason)
    if not _store(app, connection, credentials, revoked):
        newer = Grant.of(open_credentials(app, _connection(app, connection_id)))
        if not newer.revoked and newer.is_fresh(stale):
            return newer.access_token
    raise _access_lost(sign_in, revoked) from None


async def _refreshed(app: App, oauth_client: OAuthClient, grant: Grant) -> Grant:
    async with provider_client(app) as client:
        tokens = await oauth.refresh(client, oauth_client, grant.refresh_token)
    return replace(
        grant,
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token or grant.refresh_token,
        expires_at=tokens.expires_at.isoformat(),
    )


def provider_client(app: App) -> httpx.AsyncClient:
    """For a provider's OAuth endpoints; sends no access token."""
    return app.operator_http.client(limits=LIMITS)


def normalised_scopes(scopes: Iterable[str]) -> set[str]:
    """For comparison: providers answer with short names for long ones, and the other way round."""
    return {_SCOPE_PREFIX.sub("", scope.casefold()) for scope in scopes}


def active_grant(app: App, connection_id: int) -> Grant | None:
    """None when the provider has ended the grant, or it can't be decrypted."""
    try:
        grant = Grant.of(open_credentials(app, _connection(app, connection_id)))
    except MemberMustAct:
        return None
    return None if grant.revoked else grant


def not_registered(product: Product, error: oauth.OAuthError) -> Failure:
    """The provider doesn't accept this server. Only the operator can fix that; imports then recover by themselves."""
    sentence = (
        f"{product.company} does not accept this server’s registration ({error.error}). "
        "Your administrator can find out why with: python run.py doctor"
    )
    return TryLater(Cause.NOT_REGISTERED, sentence, detail=error.error)


def _access_lost(sign_in: SignIn, grant: Grant) -> MemberMustAct:
    return MemberMustAct(Cause.ACCESS_LOST, sign_in.lost(grant.age, grant.reason), detail="the grant has ended")


def _passing(product: Product, reason: str) -> TryLater:
    sentence = f"{product.company} can’t renew our access right now."
    return TryLater(Cause.BUSY, sentence, detail=f"token endpoint: {reason}")


def _put_off(app: App, connection_id: int, until: datetime) -> None:
    """No calendar of the account asks again before the time we were asked to wait until."""
    with app.db.write() as session:
        for calendar in session.exec(select(Calendar).where(Calendar.connection_id == connection_id)):
            state.put_off(calendar, until)


def _connection(app: App, connection_id: int) -> Connection:
    with app.db.read() as session:
        row = session.get(Connection, connection_id)
        if row is None:
            raise MemberMustAct(Cause.ACCESS_LOST, "This connection was removed.", detail="no such connection")
        return row


def _store(app: App, connection: Connection, credentials: Mapping[str, str], grant: Grant) -> bool:
    """`credentials` are those that `connection` was read with.

    False, and nothing changes, if another grant was stored since then: that one counts.
    """
    with app.db.write() as session:
        row = session.exec(select(Connection).where(Connection.id == connection.id).with_for_update()).first()
        if row is None or not _replaces(grant, Grant.of(credentials), Grant.of(stored := open_credentials(app, row))):
            return False
        row.sealed = app.vault.seal(json.dumps({**stored, **asdict(grant)}))
        if grant.revoked:
            # The account's other calendars report it now, not at their next turn.
            for calendar in session.exec(select(Calendar).where(Calendar.connection_id == connection.id)):
                state.make_due(calendar)
        return True


def _replaces(grant: Grant, before: Grant, stored: Grant) -> bool:
    """Whether `grant`, got with `before`, is to be stored in place of `stored`: the sealed text may be another one.

    What a provider gave outlives a refusal of the token that it was given for, which was then asked for twice.
    """
    if stored.granted_at != before.granted_at:  # the member has reconnected
        return False
    if grant.revoked:
        return stored == before
    return bool(stored.revoked) or stored.refresh_token == before.refresh_token
