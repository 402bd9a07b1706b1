"""Connecting a product by OAuth sign-in: from the first click to a new or updated connection."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog
from sqlmodel import col, delete

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.domain.imports.first_attempt import on_signing_in
from oncall_ui.errors import InvalidInput, NotAllowed, SignInFailed
from oncall_ui.models import AuthorizationRequest, now
from oncall_ui.security import oauth
from oncall_ui.security.tokens import hash_token
from oncall_ui.security.vault import VaultError
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.connections.caps import checking
from oncall_ui.services.connections.connect import connection_like, put_in_place, store
from oncall_ui.services.connections.credentials import fingerprint_of
from oncall_ui.services.connections.oauth_tokens import (
    active_grant,
    credentials_from,
    normalised_scopes,
    not_registered,
    provider_client,
)
from oncall_ui.services.connections.too_little import give_back
from oncall_ui.services.connections.views import get_connection, list_connections
from oncall_ui.services.imports.fetching.fetch import Source, discover
from oncall_ui.settings import OAuthClient
from providers.base import Discovery, Product, SignIn

log = structlog.get_logger()

LIFETIME = timedelta(minutes=20)
"""How long a member may take on the provider's pages."""


@dataclass(frozen=True, slots=True)
class SignInResult:
    """A connection, or `url`: the provider's sign-in page once more, to ask for lasting access."""

    connection_id: int = 0
    url: str = ""


@dataclass(frozen=True, slots=True)
class PendingAuthorization:
    """An authorization request that the member's browser was sent to a provider with."""

    product: Product
    reconnects: int | None = None
    """The connection that gets the new grant; None for a new connection."""
    free_busy_only: bool = False
    consent_retry: bool = False
    """The second request of a sign-in whose first response had no refresh token."""
    login_hint: str = ""
    """The account to sign in with, where a certain one is expected."""
    verifier: str = field(default="", repr=False)

    @property
    def sign_in(self) -> SignIn:
        assert self.product.sign_in is not None  # only such products start a sign-in
        return self.product.sign_in

    @property
    def scopes(self) -> tuple[str, ...]:
        return self.sign_in.narrow_scopes if self.free_busy_only else self.sign_in.scopes

    def failed(self, sentence: str, *, link: str = "", words: str = "") -> SignInFailed:
        return SignInFailed(sentence, product=self.product.key, reconnects=self.reconnects, link=link, words=words)

    def explained(self, oauth_client: OAuthClient, answer: Mapping[str, str]) -> SignInFailed | None:
        """What an error code means if it is one of the provider's own; None for a standard code."""
        known = self.sign_in.refused(answer, oauth_client.authorize_url, oauth_client.client_id)
        return self.failed(known.sentence, link=known.link, words=known.link_words) if known else None


def begin(
    app: App, me: LoggedIn, product: Product, *, reconnects: int | None = None, free_busy_only: bool = False
) -> str:
    """The URL of the provider's sign-in page, for the member's browser.

    `reconnects` is the connection that gets the new grant; it keeps its scopes, whatever `free_busy_only` says. Raises
    NotAllowed unless the product is set up here and the connection is the member's.
    """
    if not app.offers(product) or product.sign_in is None:
        raise NotAllowed
    if reconnects is None:
        return start_authorization(app, me.session_id, PendingAuthorization(product, free_busy_only=free_busy_only))
    connection = get_connection(app, me.member.id, reconnects)
    grant = active_grant(app, connection.id)
    pending = PendingAuthorization(
        product,
        reconnects,
        free_busy_only=grant is not None and _is_free_busy_only(product, grant.scope),
        login_hint=connection.account,
    )
    return start_authorization(app, me.session_id, pending)


async def finish(app: App, me: LoggedIn, provider: str, answer: Mapping[str, str]) -> SignInResult:
    """Turns the authorization response (RFC 6749 section 4.1.2) into a connection. Raises SignInFailed."""
    pending = await asyncio.to_thread(consume_authorization, app, me.session_id, provider, answer.get("state", ""))
    oauth_client = app.oauth_client(pending.product)
    assert oauth_client is not None  # every product with a sign-in has one
    if "code" not in answer:
        raise _refusal(pending, oauth_client, answer)
    try:
        tokens = await _exchange_code(app, pending, oauth_client, answer["code"])
        return await _connect(app, me, pending, tokens)
    except Failure as failure:
        raise pending.failed(on_signing_in(failure, pending.product.company)) from failure
    except InvalidInput as error:
        raise pending.failed(error.sentence) from error
    except NotAllowed:
        raise pending.failed(
            f"The connection was removed while you signed in at {pending.product.company}. Connect the account again."
        ) from None


def start_authorization(app: App, session_id: str, pending: PendingAuthorization) -> str:
    """Stores the request until the browser comes back, and returns the URL to send the browser to."""
    oauth_client = app.oauth_client(pending.product)
    assert oauth_client is not None  # every product with a sign-in has one
    state, verifier = oauth.new_secret(), oauth.new_secret()
    details = {
        "verifier": verifier,
        "free_busy_only": pending.free_busy_only,
        "consent_retry": pending.consent_retry,
    }
    with app.db.write() as session:
        session.exec(delete(AuthorizationRequest).where(col(AuthorizationRequest.expires_at) < now()))
        session.add(
            AuthorizationRequest(
                state_hash=hash_token(state),
                session_id=session_id,
                product=pending.product.key,
                connection_id=pending.reconnects,
                sealed=app.vault.seal(json.dumps(details)),
                expires_at=now() + LIFETIME,
            )
        )
    parameters = dict(pending.sign_in.renewing if pending.consent_retry else pending.sign_in.parameters)
    if pending.login_hint:
        parameters["login_hint"] = pending.login_hint
    return oauth.authorization_url(
        oauth_client, scopes=pending.scopes, state=state, verifier=verifier, parameters=parameters
    )


def consume_authorization(app: App, session_id: str, provider: str, state: str) -> PendingAuthorization:
    """The request that this browser started with `state`; it is deleted, so it works once. Raises SignInFailed."""
    with app.db.write() as session:
        row = session.get(AuthorizationRequest, hash_token(state), with_for_update=True)
        if row is None or row.session_id != session_id:
            raise SignInFailed("This sign-in wasn’t started in this browser, or was already used. Start it again.")
        session.delete(row)
        session.flush()
        session.expunge(row)
    product = app.product(row.product)
    if product is None or product.sign_in is None or product.sign_in.authority != provider:
        raise SignInFailed("This answer came from a different provider than the one you signed in to. Start again.")
    pending = PendingAuthorization(product, row.connection_id)
    if row.expires_at < now():
        raise pending.failed(f"The sign-in at {product.company} took too long. Start it again.")
    try:
        return replace(pending, **json.loads(app.vault.open(row.sealed)))
    except (VaultError, TypeError):
        # The server restarted meanwhile, with another key or in a version that stored other details.
        raise pending.failed(
            f"This server was updated while you signed in at {product.company}. Start the sign-in again."
        ) from None


async def _exchange_code(app: App, pending: PendingAuthorization, oauth_client: OAuthClient, code: str) -> oauth.Tokens:
    async with provider_client(app) as client:
        try:
            return await oauth.exchange_code(client, oauth_client, code, pending.verifier)
        except oauth.OAuthError as error:
            log.warning("authorization code refused", provider=pending.sign_in.authority, error=error.error)
            answer = {"error": error.error, "error_description": error.description}
            if known := pending.explained(oauth_client, answer):
                raise known from None
            if error.error == "invalid_grant":
                raise pending.failed(
                    f"The sign-in at {pending.product.company} took too long, or was already used. Start it again."
                ) from None
            raise not_registered(pending.product, error) from None


async def _connect(app: App, me: LoggedIn, pending: PendingAuthorization, tokens: oauth.Tokens) -> SignInResult:
    credentials = credentials_from(tokens, pending.scopes)
    if missing := _missing_scopes(pending, credentials["scope"]):
        log.info("scopes not granted", provider=pending.sign_in.authority, missing=missing)
        await give_back(app, pending.product, credentials)
        name = pending.product.company
        raise pending.failed(f"{name} let you in, but not to your calendars. Sign in again and leave every box ticked.")
    with checking(app, me.member.id, pending.product):
        found = await discover(app, Source(pending.product, credentials))
    if not credentials["refresh_token"]:
        credentials["refresh_token"] = await asyncio.to_thread(_stored_refresh_token, app, me, pending, found)
    if not credentials["refresh_token"]:
        return await _ask_for_consent_again(app, me, pending, found)
    return SignInResult(await asyncio.to_thread(_store, app, me, pending, credentials, found))


def _store(
    app: App, me: LoggedIn, pending: PendingAuthorization, credentials: Mapping[str, str], found: Discovery
) -> int:
    existing = _existing_connection(app, me, pending, found)
    if pending.reconnects is None:
        nickname = "" if existing is not None else _nickname(app, me, pending, found)
        return store(app, me.member.id, pending.product, nickname, credentials, found)
    former = get_connection(app, me.member.id, pending.reconnects)
    # The same account may have a new address.
    if found.account.casefold() != former.account.casefold() and existing != pending.reconnects:
        raise pending.failed(
            f"You signed in as {found.account}, but this connection is for {former.account}. "
            f"Sign in as {former.account}, or add {found.account} as a new connection."
        )
    put_in_place(app, me.member.id, pending.reconnects, pending.product, "", credentials, found)
    return pending.reconnects


def _nickname(app: App, me: LoggedIn, pending: PendingAuthorization, found: Discovery) -> str:
    """The product's name, as people say it; the account where they already have a connection of that name."""
    taken = {connection.nickname for connection in list_connections(app, me.member.id)}
    return pending.product.name if pending.product.name not in taken else found.account


def _existing_connection(app: App, me: LoggedIn, pending: PendingAuthorization, found: Discovery) -> int | None:
    """The member's connection to the same account."""
    return connection_like(app, me.member.id, pending.product, fingerprint_of(app, found.identity))


def _stored_refresh_token(app: App, me: LoggedIn, pending: PendingAuthorization, found: Discovery) -> str:
    """The one from an earlier sign-in. Google sends a refresh token with the first consent only, and it stays valid."""
    existing = _existing_connection(app, me, pending, found)
    grant = active_grant(app, existing) if existing else None
    return grant.refresh_token if grant else ""


async def _ask_for_consent_again(
    app: App, me: LoggedIn, pending: PendingAuthorization, found: Discovery
) -> SignInResult:
    if pending.consent_retry:
        raise pending.failed(
            f"{pending.product.company} gives no lasting access. Remove this app in your account there, under the apps "
            "with access, and connect again."
        )
    again = replace(pending, consent_retry=True, login_hint=found.account)
    return SignInResult(url=await asyncio.to_thread(start_authorization, app, me.session_id, again))


def _refusal(pending: PendingAuthorization, oauth_client: OAuthClient, answer: Mapping[str, str]) -> SignInFailed:
    """For an error response (RFC 6749 section 4.1.2.1)."""
    error, name = answer.get("error", "")[:100], pending.product.company
    log.info("sign-in refused", provider=pending.sign_in.authority, error=error)
    if known := pending.explained(oauth_client, answer):
        return known
    if error == "access_denied":
        return pending.failed(f"You didn’t allow it at {name}, so nothing was connected.")
    if error in {"server_error", "temporarily_unavailable"}:
        return pending.failed(f"{name} can’t do this right now. Try again in a few minutes.")
    return pending.failed(
        f"{name} refused the sign-in ({error or 'without a reason'}). Your administrator can find out why with: "
        "python run.py doctor"
    )


def _missing_scopes(pending: PendingAuthorization, granted_scope: str) -> set[str]:
    needed = pending.sign_in.narrow_needed if pending.free_busy_only else pending.sign_in.needed
    return normalised_scopes(needed) - normalised_scopes(granted_scope.split())


def _is_free_busy_only(product: Product, scope: str) -> bool:
    assert product.sign_in is not None  # only such connections hold grants
    wide = normalised_scopes(product.sign_in.scopes) - normalised_scopes(product.sign_in.narrow_scopes)
    return not wide & normalised_scopes(scope.split())
