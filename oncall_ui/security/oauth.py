"""OAuth 2.0 (RFC 6749): authorization code with PKCE, refresh, revocation, bearer tokens.

Authlib builds the messages; the guarded HTTP client sends them.
"""

import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from authlib.common.urls import url_decode
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7009.parameters import prepare_revoke_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from oncall_ui.domain.imports.failures import Cause, MemberMustAct, TryLater
from oncall_ui.domain.imports.retry_after import parse_retry_after
from oncall_ui.settings import OAuthClient

DEFAULT_LIFETIME = timedelta(hours=1)
"""Of an access token without `expires_in`, which RFC 6749 section 5.1 only recommends."""
_BUSY = {"temporarilyunavailable", "slowdown", "ratelimitexceeded", "userratelimitexceeded", "toomanyrequests"}
"""Error codes that ask us to wait, without underscores and in lower case. Any other with a Retry-After does, too."""


class OAuthError(Exception):
    """The token endpoint's error response (RFC 6749 section 5.2): its code and description."""

    def __init__(self, error: str, description: str = "") -> None:
        super().__init__(error)
        self.error = error
        self.description = description


@dataclass(frozen=True, slots=True)
class Tokens:
    """A token endpoint's response. `refresh_token` and `scope` are empty where it has none."""

    access_token: str = field(repr=False)
    expires_at: datetime
    refresh_token: str = field(repr=False)
    scope: str


def new_secret() -> str:
    """A state or a code verifier: 43 random characters (RFC 7636 section 4.1)."""
    return secrets.token_urlsafe(32)


def authorization_url(
    oauth_client: OAuthClient, *, scopes: Collection[str], state: str, verifier: str, parameters: Mapping[str, str]
) -> str:
    """The URL to send the member's browser to (RFC 6749 section 4.1.1, RFC 7636 section 4.3)."""
    url: str = prepare_grant_uri(
        oauth_client.authorize_url,
        client_id=oauth_client.client_id,
        response_type="code",
        redirect_uri=oauth_client.redirect_url,
        scope=" ".join(scopes),
        state=state,
        code_challenge=create_s256_code_challenge(verifier),
        code_challenge_method="S256",
        **parameters,
    )
    return url


async def exchange_code(client: httpx.AsyncClient, oauth_client: OAuthClient, code: str, verifier: str) -> Tokens:
    """The code for tokens. Raises Refused, TryLater."""
    body = prepare_token_request(
        "authorization_code", code=code, redirect_uri=oauth_client.redirect_url, code_verifier=verifier
    )
    return await _tokens(client, oauth_client, body)


async def refresh(client: httpx.AsyncClient, oauth_client: OAuthClient, refresh_token: str) -> Tokens:
    """New tokens for an old one; a refresh token among them replaces it (RFC 6749 section 6). Raises as `redeem`."""
    return await _tokens(client, oauth_client, prepare_token_request("refresh_token", refresh_token=refresh_token))


async def revoke(client: httpx.AsyncClient, oauth_client: OAuthClient, token: str) -> bool:
    """Whether the provider has revoked the grant (RFC 7009). Raises a Failure when the provider can't be reached."""
    body, headers = prepare_revoke_token_request(token)
    response = await client.post(oauth_client.revoke_url, data=_form(body), headers=headers)
    # 400: an unknown token, so the grant is already gone.
    return response.status_code in {httpx.codes.OK, httpx.codes.BAD_REQUEST}


class Bearer(httpx.Auth):
    """Adds an access token to requests to the client's API origins, and to no others (RFC 6750).

    `token(stale)` returns a token other than `stale`. It is called once more per request if the server answers 401.
    """

    def __init__(self, oauth_client: OAuthClient, token: Callable[[str], Awaitable[str]]) -> None:
        self._origins = {_origin(httpx.URL(url)) for url in (oauth_client.api_url, oauth_client.userinfo_url) if url}
        self._token = token

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        if _origin(request.url) not in self._origins:
            yield request
            return
        first = await self._token("")
        request.headers["Authorization"] = f"Bearer {first}"
        response = yield request
        if response.status_code != httpx.codes.UNAUTHORIZED:
            return
        second = await self._token(first)
        if second != first:
            request.headers["Authorization"] = f"Bearer {second}"
            yield request


async def _tokens(client: httpx.AsyncClient, oauth_client: OAuthClient, body: str) -> Tokens:
    registered = {"client_id": oauth_client.client_id, "client_secret": oauth_client.client_secret.get_secret_value()}
    try:
        response = await client.post(
            oauth_client.token_url, data=_form(body) | registered, headers={"Accept": "application/json"}
        )
    except MemberMustAct as failure:
        if failure.cause is not Cause.TOO_LARGE:
            raise
        host = httpx.URL(oauth_client.token_url).host
        sentence = f"{host} gave an unexpected answer."
        raise TryLater(Cause.SERVER_ERROR, sentence, detail=failure.detail) from None
    answer = _json(response)
    if error := answer.get("error"):
        if not isinstance(error, str):
            raise _unexpected(response)
        if error.casefold().replace("_", "") in _BUSY or "retry-after" in response.headers:
            raise _busy(response)
        raise OAuthError(error, str(answer.get("error_description", "")))
    token = answer.get("access_token")
    if response.status_code != httpx.codes.OK or not isinstance(token, str) or not token:
        raise _unexpected(response)
    return Tokens(
        access_token=token,
        expires_at=datetime.now(UTC) + _lifetime(answer.get("expires_in")),
        refresh_token=str(answer.get("refresh_token") or ""),
        scope=str(answer.get("scope") or ""),
    )


def _json(response: httpx.Response) -> dict[str, Any]:
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise _busy(response)
    if response.is_server_error:
        raise _unexpected(response)
    try:
        answer = response.json()
    except (ValueError, RecursionError):
        raise _unexpected(response) from None
    if not isinstance(answer, dict):
        raise _unexpected(response)
    return answer


def _busy(response: httpx.Response) -> TryLater:
    host, status = response.url.host, response.status_code
    sentence = f"{host} is busy and asked us to wait ({status})."
    return TryLater(Cause.BUSY, sentence, detail=f"{host}: {status}", retry_after=_retry_after(response))


def _unexpected(response: httpx.Response) -> TryLater:
    host, status = response.url.host, response.status_code
    sentence = f"{host} gave an unexpected answer ({status})."
    return TryLater(Cause.SERVER_ERROR, sentence, detail=f"{host}: {status}", retry_after=_retry_after(response))


def _retry_after(response: httpx.Response) -> timedelta | None:
    return parse_retry_after(response.headers.get("retry-after", ""))


def _lifetime(seconds: object) -> timedelta:
    try:
        return timedelta(seconds=max(0, min(int(str(seconds)), 86_400)))
    except ValueError:
        return DEFAULT_LIFETIME


def _form(body: str) -> dict[str, str]:
    return dict(url_decode(body))


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
