"""Signing in at a vendor instead of filling in a form: from the first click to a connection, new or in place."""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog
from sqlmodel import col, delete

from oncall_ui.app import CHECK_SECONDS, App
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.errors import InvalidInput, NotAllowed, SignInFailed
from oncall_ui.models import AuthorizationRequest, now
from oncall_ui.security import oauth
from oncall_ui.services.accounts.sessions import LoggedIn
from oncall_ui.services.connections.connect import connection_like, fingerprint_of, put_in_place, store
from oncall_ui.services.connections.oauth_tokens import grant_of, granted, not_registered, plain_scopes, vendor_client
from oncall_ui.services.connections.views import get_connection, list_connections
from oncall_ui.services.imports.fetch import open_provider
from oncall_ui.settings import Authority
from providers.base import Discovery, Product, SignIn

log = structlog.get_logger()

LASTS = timedelta(minutes=20)
"""So long a member may take at the vendor's pages."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a member was sent to a vendor for. `hint` is the account to sign in with, where one is expected."""

    product: Product
    renews: int | None = None
    is_narrow: bool = False
    """Free and busy times only."""
    is_second: bool = False
    """Asked again, since the first answer gave no lasting access."""
    hint: str = ""
    verifier: str = field(default="", repr=False)

    @property
    def sign_in(self) -> SignIn:
        assert self.product.sign_in is not None  # only such products are asked for
        return self.product.sign_in

    @property
    def scopes(self) -> tuple[str, ...]:
        return self.sign_in.narrow_scopes if self.is_narrow else self.sign_in.scopes

    def failed(self, sentence: str, *, link: str = "", words: str = "") -> SignInFailed:
        return SignInFailed(sentence, product=self.product.key, renews=self.renews, link=link, words=words)

    def refused(self, authority: Authority, answer: Mapping[str, str]) -> SignInFailed | None:
        """What the vendor's own codes mean; None: the usual words do."""
        known = self.sign_in.refused(answer, authority.authorize_url, authority.client_id)
        return self.failed(known.sentence, link=known.link, words=known.link_words) if known else None


def ask(app: App, session_id: str, asked: Asked) -> str:
    """The address to send the browser to; what was asked is remembered for when it comes back."""
    authority = app.authority(asked.product)
    assert authority is not None  # as every product one signs in to
    state, verifier = oauth.new_secret(), oauth.new_secret()
    kept = {"verifier": verifier, "is_narrow": asked.is_narrow, "is_second": asked.is_second}
    with app.db.write() as session:
        session.exec(delete(AuthorizationRequest).where(col(AuthorizationRequest.expires_at) < now()))
        session.add(
            AuthorizationRequest(
                state_hash=_hash(state),
                session_id=session_id,
                product=asked.product.key,
                connection_id=asked.renews,
                sealed=app.vault.seal(json.dumps(kept)),
                expires_at=now() + LASTS,
            )
        )
    parameters = dict(asked.sign_in.renewing if asked.is_second else asked.sign_in.parameters)
    if asked.hint:
        parameters["login_hint"] = asked.hint
    return oauth.authorization_url(
        authority, scopes=asked.scopes, state=state, verifier=verifier, parameters=parameters
    )


def take(app: App, session_id: str, authority: str, state: str) -> Asked:
    """What was asked in this browser with this state, taken out so that it counts once. Raises SignInFailed."""
    with app.db.write() as session:
        row = session.get(AuthorizationRequest, _hash(state), with_for_update=True)
        if row is None or row.session_id != session_id:
            raise SignInFailed("This sign-in wasn’t started in this browser, or was used before. Start it again.")
        session.delete(row)
        session.flush()
        session.expunge(row)
    product = app.product(row.product)
    if product is None or product.sign_in is None or product.sign_in.authority != authority:
        raise SignInFailed("This answer came from another place than the one you went to. Start again.")
    if row.expires_at < now():
        raise SignInFailed("This sign-in took too long. Start it again.", product=row.product, renews=row.connection_id)
    kept = json.loads(app.vault.open(row.sealed))
    return Asked(
        product=product,
        renews=row.connection_id,
        is_narrow=bool(kept["is_narrow"]),
        is_second=bool(kept["is_second"]),
        verifier=str(kept["verifier"]),
    )


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


__all__ = ["Next", "SignInFailed", "begin", "finish"]


@dataclass(frozen=True, slots=True)
class Next:
    """Where a sign-in has led: to a connection, or `url`, the vendor once more, for access that lasts."""

    connection_id: int = 0
    url: str = ""


def begin(app: App, me: LoggedIn, product: Product, *, renews: int | None = None, is_narrow: bool = False) -> str:
    """The vendor's address to send the member's browser to. Raises NotAllowed unless the product is set up here.

    `renews`: the connection that gets the new grant; raises NotAllowed unless it is the member's. `is_narrow` asks for
    free and busy times only; a renewed connection stays what it was.
    """
    if not app.offers(product) or product.sign_in is None:
        raise NotAllowed
    if renews is None:
        return ask(app, me.session_id, Asked(product, is_narrow=is_narrow))
    connection = get_connection(app, me.member.id, renews)
    grant = grant_of(app, connection.id)
    asked = Asked(product, renews, is_narrow=grant is not None and _is_narrow(product, grant.scope))
    return ask(app, me.session_id, replace(asked, hint=connection.account))


async def finish(app: App, me: LoggedIn, authority: str, answer: Mapping[str, str]) -> Next:
    """What the vendor sent the browser back with, made into a connection. Raises SignInFailed."""
    asked = await asyncio.to_thread(take, app, me.session_id, authority, answer.get("state", ""))
    endpoints = app.authority(asked.product)
    assert endpoints is not None  # as every product one signs in to
    if "code" not in answer:
        raise _refusal(asked, endpoints, answer)
    try:
        tokens = await _redeem(app, asked, endpoints, answer["code"])
        return await _connect(app, me, asked, tokens)
    except (Failure, InvalidInput) as error:
        raise asked.failed(error.sentence) from error
    except NotAllowed:
        raise asked.failed("The connection to renew was removed meanwhile.") from None


async def _redeem(app: App, asked: Asked, authority: Authority, code: str) -> oauth.Tokens:
    async with vendor_client(app) as client:
        try:
            return await oauth.redeem(client, authority, code, asked.verifier)
        except oauth.Refused as refused:
            log.warning("code refused", vendor=asked.sign_in.authority, error=refused.error)
            told = {"error": refused.error, "error_description": refused.description}
            if known := asked.refused(authority, told):
                raise known from None
            if refused.error == "invalid_grant":
                raise asked.failed("This sign-in took too long, or was used before. Start it again.") from None
            raise not_registered(asked.product, refused) from None


async def _connect(app: App, me: LoggedIn, asked: Asked, tokens: oauth.Tokens) -> Next:
    credentials = granted(tokens, asked.scopes)
    if missing := _missing(asked, credentials["scope"]):
        log.info("scopes not granted", vendor=asked.sign_in.authority, missing=missing)
        vendor = asked.product.company
        raise asked.failed(f"{vendor} let you in, but not to your calendars. Sign in again and leave every box ticked.")
    async with open_provider(app, asked.product, credentials, CHECK_SECONDS) as provider:
        found = await provider.discover()
    if not credentials["refresh_token"]:
        credentials["refresh_token"] = await asyncio.to_thread(_kept_refresh_token, app, me, asked, found)
    if not credentials["refresh_token"]:
        return await _once_more(app, me, asked, found)
    return Next(await asyncio.to_thread(_store, app, me, asked, credentials, found))


def _store(app: App, me: LoggedIn, asked: Asked, credentials: Mapping[str, str], found: Discovery) -> int:
    if asked.renews is None:
        if _like(app, me, asked, found) is not None:
            return store(app, me.member.id, asked.product, "", credentials, found)
        return store(app, me.member.id, asked.product, _nickname(app, me, asked, found), credentials, found)
    former = get_connection(app, me.member.id, asked.renews)
    # An account may have been given another name since.
    if found.account.casefold() != former.account.casefold() and _like(app, me, asked, found) != asked.renews:
        raise asked.failed(
            f"You signed in as {found.account}, and this connection is {former.account}. Sign in as {former.account}, "
            f"or add {found.account} as a new connection."
        )
    put_in_place(app, me.member.id, asked.renews, asked.product, "", credentials, found)
    return asked.renews


def _nickname(app: App, me: LoggedIn, asked: Asked, found: Discovery) -> str:
    """The product's name, which is how people speak of it; the account where they have one of that name already."""
    taken = {each.nickname for each in list_connections(app, me.member.id)}
    return asked.product.name if asked.product.name not in taken else found.account


def _like(app: App, me: LoggedIn, asked: Asked, found: Discovery) -> int | None:
    """The member's connection to this very account."""
    return connection_like(app, me.member.id, asked.product, fingerprint_of(app, found.identity))


def _kept_refresh_token(app: App, me: LoggedIn, asked: Asked, found: Discovery) -> str:
    """A vendor that has granted lasting access before doesn't hand it out again: what is stored still works."""
    known = _like(app, me, asked, found)
    grant = grant_of(app, known) if known else None
    return grant.refresh_token if grant else ""


async def _once_more(app: App, me: LoggedIn, asked: Asked, found: Discovery) -> Next:
    if asked.is_second:
        raise asked.failed(
            f"{asked.product.company} gives no lasting access. Remove this app from your account there, where it lists "
            "the apps that have access, and connect again."
        )
    again = replace(asked, is_second=True, hint=found.account)
    return Next(url=await asyncio.to_thread(ask, app, me.session_id, again))


def _refusal(asked: Asked, authority: Authority, answer: Mapping[str, str]) -> SignInFailed:
    """RFC 6749 section 4.1.2.1."""
    error, vendor = answer.get("error", "")[:100], asked.product.company
    log.info("sign-in refused", vendor=asked.sign_in.authority, error=error)
    if known := asked.refused(authority, answer):
        return known
    if error == "access_denied":
        return asked.failed(f"You didn’t allow it at {vendor}, so nothing was connected.")
    if error in {"server_error", "temporarily_unavailable"}:
        return asked.failed(f"{vendor} can’t do this right now. Try again in a few minutes.")
    return asked.failed(
        f"{vendor} refused this ({error or 'without a reason'}). Whoever runs this server can see what is wrong with: "
        "python run.py doctor"
    )


def _missing(asked: Asked, granted_scope: str) -> set[str]:
    needed = asked.sign_in.narrow_needed if asked.is_narrow else asked.sign_in.needed
    return plain_scopes(needed) - plain_scopes(granted_scope.split())


def _is_narrow(product: Product, scope: str) -> bool:
    assert product.sign_in is not None  # only such connections hold grants
    wide = plain_scopes(product.sign_in.scopes) - plain_scopes(product.sign_in.narrow_scopes)
    return not wide & plain_scopes(scope.split())
