"""Single sign-on by OpenID Connect: from the browser's departure to a session, or to a linked account."""

import asyncio
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from sqlmodel import col, delete

from oncall_ui.app import App
from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.errors import NotAllowed, SingleSignOnFailed
from oncall_ui.models import LoginRequest, now
from oncall_ui.security.oauth import new_secret
from oncall_ui.security.oidc.claims import Identified
from oncall_ui.security.oidc.errors import OidcError, OperatorMustAct, Refused
from oncall_ui.security.oidc.provider import AuthorizationRequest, OpenIdProvider
from oncall_ui.security.tokens import hash_token
from oncall_ui.security.vault import VaultError
from oncall_ui.services.accounts.logging_in.identities import link, member_for
from oncall_ui.services.accounts.logging_in.log_in import Outcome, finish_login
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn

log = structlog.get_logger()

LIFETIME = timedelta(minutes=10)
"""How long a member may take on the provider's pages."""
_NOT_HERE = "This log-in wasn’t started in this browser, or was already used. Start it again."
_BUSY = {"server_error", "temporarily_unavailable"}
_CANCELLED = {"login_required", "interaction_required", "consent_required", "account_selection_required"}


@dataclass(frozen=True, slots=True)
class Returned:
    """A browser that came back from the provider."""

    target: str
    """The page that was asked for before."""
    outcome: Outcome | None
    """None: a member who was logged in already has linked the account."""


@dataclass(frozen=True, slots=True)
class _Departure:
    """What is kept, encrypted, until the browser comes back."""

    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    browser: str = field(repr=False)
    """The hash of the browser's own token."""
    session: str = field(default="", repr=False)
    """The session that links the account; empty for a log-in."""
    target: str = "/"
    zone: str = ""


def is_offered(app: App) -> bool:
    """Whether members can log in with single sign-on here."""
    return app.openid is not None


def offered(app: App) -> str:
    """The provider's name, for the button on the log-in page; empty where single sign-on isn't set up."""
    return app.settings.oidc.name if app.openid is not None else ""


async def begin(app: App, browser: str, target: str, zone: str = "") -> str:
    """The URL of the provider's page, for the browser whose cookie holds `browser`. Raises SingleSignOnFailed.

    `target` is the page to open afterwards, `zone` the browser's time zone, for a new account.
    """
    return await _depart(app, None, browser, target=target, zone=zone)


async def begin_link(app: App, me: LoggedIn) -> str:
    """As `begin`, for a member who links an account at the provider to their own."""
    return await _depart(app, me, "", session=me.session_id, target="/you/security")


async def finish(
    app: App, answer: Mapping[str, str], *, browser: str, me: LoggedIn | None, known: str = ""
) -> Returned:
    """Turns the authorization response into a log-in, or a link. Raises SingleSignOnFailed.

    `browser` is what the browser's cookie holds, `me` the member who is logged in there; `known` marks a browser in
    which somebody has logged in before, see known_browsers.py.
    """
    provider = _provider(app)
    departure = await asyncio.to_thread(_consume, app, answer.get("state", ""))
    try:
        _require_same_browser(departure, browser, me)
        who = await _identify(provider, answer, departure)
        return await _arrive(app, who, departure, me, known)
    except SingleSignOnFailed as failed:
        failed.links, failed.target = bool(departure.session), departure.target
        raise


async def _identify(provider: OpenIdProvider, answer: Mapping[str, str], departure: _Departure) -> Identified:
    request = AuthorizationRequest(state=answer["state"], nonce=departure.nonce, verifier=departure.verifier)
    try:
        await provider.check_issuer(answer)
        if "code" not in answer:
            raise Refused(answer.get("error", ""))
        return await provider.identify(answer["code"], request)
    except (OidcError, Failure) as error:
        raise _explained(provider.client.name, error) from error


async def _arrive(app: App, who: Identified, departure: _Departure, me: LoggedIn | None, known: str) -> Returned:
    if me is not None and departure.session:  # it is the session that asked for the link
        await asyncio.to_thread(link, app, me.member.id, who)
        return Returned(departure.target, None)
    member_id = await asyncio.to_thread(member_for, app, who, departure.zone)
    outcome = await asyncio.to_thread(finish_login, app, member_id, LoginMethod.SINGLE_SIGN_ON, browser=known)
    return Returned(departure.target, outcome)


async def _depart(
    app: App, me: LoggedIn | None, browser: str, *, target: str, session: str = "", zone: str = ""
) -> str:
    provider = _provider(app)
    request = AuthorizationRequest(state=new_secret(), nonce=new_secret(), verifier=new_secret())
    try:
        url = await provider.authorization_url(request)
    except (OidcError, Failure) as error:
        raise _explained(provider.client.name, error) from error
    details = {
        "nonce": request.nonce,
        "verifier": request.verifier,
        "browser": hash_token(browser),
        "session": session,
        "target": target,
        "zone": zone[:100],
    }
    await asyncio.to_thread(_keep, app, request.state, json.dumps(details), me.member.id if me else None)
    return url


def _keep(app: App, state: str, details: str, member_id: int | None) -> None:
    with app.db.write() as session:
        session.exec(delete(LoginRequest).where(col(LoginRequest.expires_at) < now()))
        session.add(
            LoginRequest(
                state_hash=hash_token(state),
                sealed=app.vault.seal(details),
                member_id=member_id,
                expires_at=now() + LIFETIME,
            )
        )


def _consume(app: App, state: str) -> _Departure:
    """The departure that belongs to `state`. It is deleted whatever comes of it, so it works once."""
    with app.db.write() as session:
        row = session.get(LoginRequest, hash_token(state), with_for_update=True)
        if row is None:
            raise SingleSignOnFailed(_NOT_HERE)
        session.delete(row)
        session.flush()
        session.expunge(row)
    if row.expires_at < now():
        raise SingleSignOnFailed("The log-in took too long. Start it again.")
    try:
        return _Departure(**json.loads(app.vault.open(row.sealed)))
    except (VaultError, TypeError):
        # The server restarted meanwhile, with another key or in a version that stored other details.
        raise SingleSignOnFailed("This server was updated while you logged in. Start the log-in again.") from None


def _require_same_browser(departure: _Departure, browser: str, me: LoggedIn | None) -> None:
    if departure.session:
        is_here = me is not None and departure.session == me.session_id
    else:
        is_here = bool(browser) and hmac.compare_digest(departure.browser, hash_token(browser))
    if not is_here:
        raise SingleSignOnFailed(_NOT_HERE)


def _provider(app: App) -> OpenIdProvider:
    if app.openid is None:
        raise NotAllowed
    return app.openid


def _explained(name: str, error: OidcError | Failure) -> SingleSignOnFailed:
    """What it means for the person who wants to log in. The log has the reason; nothing of it is shown."""
    name = name[:1].upper() + name[1:]
    if isinstance(error, Refused):
        log.info("single sign-on refused", reason=str(error))
        return SingleSignOnFailed(_refusal(name, error.error))
    if isinstance(error, Failure):
        log.warning("single sign-on unreachable", cause=error.cause, detail=error.detail)
        return SingleSignOnFailed(
            f"{name} can’t be reached right now. Try again in a few minutes, or log in with your password."
        )
    log.warning("single sign-on failed", kind=type(error).__name__, reason=str(error))
    if isinstance(error, OperatorMustAct):
        return SingleSignOnFailed(_operator(name))
    return SingleSignOnFailed(
        f"{name} sent an answer that failed a security check. Start again; if it happens again, ask your administrator."
    )


def _refusal(name: str, error: str) -> str:
    if error == "access_denied":
        return f"{name} didn’t let you in. Try again, or ask your administrator whether you may use this app."
    if error in _BUSY:
        return f"{name} has a problem right now. Try again in a few minutes, or log in with your password."
    if error in _CANCELLED:
        return f"The log-in at {name} wasn’t completed. Start it again."
    if error == "invalid_grant":
        return f"The log-in at {name} took too long, or was already used. Start it again."
    return _operator(name)


def _operator(name: str) -> str:
    return (
        f"{name} isn’t set up correctly for this server. Your administrator can find out why with: python run.py doctor"
    )
