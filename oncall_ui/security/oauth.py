"""OAuth 2.0 as the app speaks it: authorization code with PKCE, refresh, revocation, bearer tokens.

What is said is Authlib's; how it is sent is the guarded client's, since an answer may come from anywhere.
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

from oncall_ui.domain.imports.failures import Cause, TryLater
from oncall_ui.domain.imports.retry_after import parse_retry_after
from oncall_ui.settings import Authority

USUALLY_LASTS = timedelta(hours=1)
"""An access token whose answer doesn't say (RFC 6749 section 5.1 only recommends it)."""


class Refused(Exception):
    """The token endpoint's answer is no (RFC 6749 section 5.2). `error` is its code, `description` its own words."""

    def __init__(self, error: str, description: str = "") -> None:
        super().__init__(error)
        self.error = error
        self.description = description


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a token endpoint gave. `refresh_token` and `scope` are empty where it gave none."""

    access_token: str = field(repr=False)
    expires_at: datetime
    refresh_token: str = field(repr=False)
    scope: str


def new_secret() -> str:
    """A state, or a code verifier: 43 characters nobody guesses (RFC 7636 section 4.1)."""
    return secrets.token_urlsafe(32)


def authorization_url(
    authority: Authority, *, scopes: Collection[str], state: str, verifier: str, parameters: Mapping[str, str]
) -> str:
    """Where the member's browser is sent (RFC 6749 section 4.1.1, RFC 7636 section 4.3)."""
    url: str = prepare_grant_uri(
        authority.authorize_url,
        client_id=authority.client_id,
        response_type="code",
        redirect_uri=authority.redirect_url,
        scope=" ".join(scopes),
        state=state,
        code_challenge=create_s256_code_challenge(verifier),
        code_challenge_method="S256",
        **parameters,
    )
    return url


async def redeem(client: httpx.AsyncClient, authority: Authority, code: str, verifier: str) -> Tokens:
    """The code for tokens. Raises Refused, TryLater."""
    body = prepare_token_request(
        "authorization_code", code=code, redirect_uri=authority.redirect_url, code_verifier=verifier
    )
    return await _tokens(client, authority, body)


async def refresh(client: httpx.AsyncClient, authority: Authority, refresh_token: str) -> Tokens:
    """New tokens for an old one; a refresh token among them replaces it (RFC 6749 section 6). Raises as `redeem`."""
    return await _tokens(client, authority, prepare_token_request("refresh_token", refresh_token=refresh_token))


async def revoke(client: httpx.AsyncClient, authority: Authority, token: str) -> bool:
    """Whether the vendor has let go of the grant (RFC 7009). Raises TryLater when it can't be reached."""
    body, headers = prepare_revoke_token_request(token)
    response = await client.post(authority.revoke_url, data=_form(body), headers=headers)
    # What isn't known there is gone already.
    return response.status_code in {httpx.codes.OK, httpx.codes.BAD_REQUEST}


class Bearer(httpx.Auth):
    """Puts an access token onto requests to the origins of `authority`, and onto no other (RFC 6750).

    `token(stale)` gives one that is not `stale`; it is asked again, once a request, when the server refuses the first.
    """

    def __init__(self, authority: Authority, token: Callable[[str], Awaitable[str]]) -> None:
        self._origins = {_origin(httpx.URL(url)) for url in (authority.api_url, authority.userinfo_url) if url}
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


async def _tokens(client: httpx.AsyncClient, authority: Authority, body: str) -> Tokens:
    registered = {"client_id": authority.client_id, "client_secret": authority.client_secret.get_secret_value()}
    response = await client.post(
        authority.token_url, data=_form(body) | registered, headers={"Accept": "application/json"}
    )
    answer = _json(response)
    if error := answer.get("error"):
        raise Refused(str(error), str(answer.get("error_description", "")))
    token = answer.get("access_token")
    if response.status_code != httpx.codes.OK or not isinstance(token, str) or not token:
        raise _odd(response)
    return Tokens(
        access_token=token,
        expires_at=datetime.now(UTC) + _lasts(answer.get("expires_in")),
        refresh_token=str(answer.get("refresh_token") or ""),
        scope=str(answer.get("scope") or ""),
    )


def _json(response: httpx.Response) -> dict[str, Any]:
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error:
        raise _odd(response)
    try:
        answer = response.json()
    except ValueError:
        raise _odd(response) from None
    if not isinstance(answer, dict):
        raise _odd(response)
    return answer


def _odd(response: httpx.Response) -> TryLater:
    host, status = response.url.host, response.status_code
    sentence = f"{host} is not answering properly ({status}). Try again in a few minutes."
    wait = parse_retry_after(response.headers.get("retry-after", ""))
    return TryLater(Cause.SERVER_ERROR, sentence, detail=f"{host}: {status}", retry_after=wait)


def _lasts(seconds: object) -> timedelta:
    try:
        return timedelta(seconds=max(0, min(int(str(seconds)), 86_400)))
    except ValueError:
        return USUALLY_LASTS


def _form(body: str) -> dict[str, str]:
    return dict(url_decode(body))


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
