"""The conversation with an OpenID provider: its document and keys, which are cached, and the code for an identity."""

import asyncio
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import httpx
from authlib.common.urls import url_decode
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.jwk import Key

from oncall_ui.domain.imports.failures import Cause, TryLater
from oncall_ui.domain.imports.retry_after import parse_retry_after
from oncall_ui.security.http.client import GuardedHttp, Limits
from oncall_ui.security.oidc.claims import Identified, identified, lacks
from oncall_ui.security.oidc.errors import OperatorMustAct, Refused, Untrusted, quoted
from oncall_ui.security.oidc.id_token import Expected, UnknownKey, parse_keys, verified_claims
from oncall_ui.security.oidc.metadata import Metadata, parse_metadata
from oncall_ui.settings import OidcClient

T = TypeVar("T")

LIMITS = Limits(
    total_seconds=20,
    connect_seconds=5,
    silence_seconds=10,
    compressed_bytes=2**19,
    decompressed_bytes=2**19,
    redirects=0,
)
"""Of each request. Redirects aren't followed: the client secret goes to the configured provider and nowhere else."""
SHORTEST_CACHE, USUAL_CACHE, LONGEST_CACHE = 300, 3600, 86_400
"""Seconds that the document and the keys are kept for, whatever the provider says."""
KEYS_AT_MOST_EVERY = 60
"""Seconds between two requests for keys: tokens with unknown key ids can't make us ask more often."""
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age=\"?([0-9]{1,9})(?![0-9])", re.IGNORECASE)
_CLIENT_ERRORS = {"invalid_client", "unauthorized_client"}


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """The secrets of one log-in: `state` and `nonce` go with the browser, `verifier` stays here."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Cached(Generic[T]):
    value: T
    fetched_at: float
    fresh_until: float


class OpenIdProvider:
    """One per process; safe to share between log-ins.

    Its methods raise OperatorMustAct, Untrusted or Refused, and a Failure where the provider can't be reached.
    """

    def __init__(
        self, client: OidcClient, http: GuardedHttp, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.client = client
        self._http = http
        self._now = monotonic
        self._metadata: _Cached[Metadata] | None = None
        self._keys: _Cached[tuple[Key, ...]] | None = None
        self._lock = asyncio.Lock()

    async def metadata(self) -> Metadata:
        """The discovery document, from the cache while it is fresh."""
        async with self._lock:
            if self._metadata is None or self._metadata.fresh_until <= self._now():
                document, seconds = await self._get(self.client.discovery_url)
                self._metadata = self._kept(parse_metadata(self.client, document), seconds)
            return self._metadata.value

    async def authorization_url(self, request: AuthorizationRequest) -> str:
        """Where to send the browser (OpenID Connect Core 3.1.2.1)."""
        metadata = await self.metadata()
        url: str = prepare_grant_uri(
            metadata.authorization_endpoint,
            client_id=self.client.client_id,
            response_type="code",
            redirect_uri=self.client.redirect_url,
            scope=self._scope(metadata),
            state=request.state,
            nonce=request.nonce,
            code_challenge=create_s256_code_challenge(request.verifier),
            code_challenge_method="S256",
        )
        return url

    async def check_issuer(self, answer: Mapping[str, str]) -> None:
        """Raises Untrusted if the response comes from another provider (RFC 9207): a mix-up."""
        metadata = await self.metadata()
        issuer = answer.get("iss")
        if issuer != metadata.issuer and (issuer is not None or metadata.names_issuer):
            raise Untrusted(f"response: iss {quoted(issuer)}")

    async def identify(self, code: str, request: AuthorizationRequest) -> Identified:
        """Who logged in: the code for an ID token, its checks, and what userinfo adds."""
        metadata = await self.metadata()
        answer = await self._exchange(metadata, code, request.verifier)
        id_token, access_token = answer.get("id_token"), answer.get("access_token")
        if not isinstance(id_token, str) or not isinstance(access_token, str):
            raise OperatorMustAct("The provider’s token endpoint gives no ID token. Is this an OpenID Connect client?")
        expected = Expected(
            issuer=metadata.issuer,
            client_id=self.client.client_id,
            nonce=request.nonce,
            access_token=access_token,
            algorithms=metadata.algorithms,
        )
        claims = await self._verified(metadata, id_token, expected)
        userinfo: Mapping[str, Any] = {}
        if metadata.userinfo_endpoint and lacks(claims, self.client):
            userinfo = await self._userinfo(metadata, access_token)
        return identified(claims, userinfo, self.client)

    async def token_error(self, code: str, verifier: str) -> str:
        """The error code that the token endpoint answers `code` with; empty if it accepts it."""
        try:
            await self._exchange(await self.metadata(), code, verifier)
        except Refused as refused:
            return refused.error
        return ""

    async def keys(self, *, newer_than: float | None = None) -> Sequence[Key]:
        """The provider's keys. With `newer_than`, those cached before are no good, see KEYS_AT_MOST_EVERY."""
        metadata = await self.metadata()
        async with self._lock:
            cached = self._keys
            is_fresh = cached is not None and cached.fresh_until > self._now()
            if cached is not None and is_fresh and not self._should_ask_again(cached, newer_than):
                return cached.value
            document, seconds = await self._get(metadata.jwks_uri)
            self._keys = self._kept(parse_keys(document), seconds)
            return self._keys.value

    def _should_ask_again(self, cached: _Cached[tuple[Key, ...]], newer_than: float | None) -> bool:
        if newer_than is None or cached.fetched_at > newer_than:
            return False
        return self._now() - cached.fetched_at >= KEYS_AT_MOST_EVERY

    async def _verified(self, metadata: Metadata, id_token: str, expected: Expected) -> dict[str, Any]:
        begun = self._now()
        try:
            return verified_claims(id_token, await self.keys(), expected)
        except UnknownKey:
            pass
        try:
            return verified_claims(id_token, await self.keys(newer_than=begun), expected)
        except UnknownKey:
            raise Untrusted("ID token: signed with a key that the provider doesn’t publish") from None

    def _scope(self, metadata: Metadata) -> str:
        # Some providers send groups only if asked for them, and some refuse scopes that they don't know.
        wants_groups = self.client.allowed_groups and "groups" in metadata.scopes
        return "openid email profile groups" if wants_groups else "openid email profile"

    def _kept(self, value: T, seconds: float) -> _Cached[T]:
        now = self._now()
        return _Cached(value, now, now + seconds)

    async def _exchange(self, metadata: Metadata, code: str, verifier: str) -> dict[str, Any]:
        body = prepare_token_request(
            "authorization_code", code=code, redirect_uri=self.client.redirect_url, code_verifier=verifier
        )
        form, secret = dict(url_decode(body)), self.client.client_secret.get_secret_value()
        auth = None
        if metadata.posts_secret:
            form |= {"client_id": self.client.client_id, "client_secret": secret}
        else:
            auth = (self.client.client_id, secret)
        async with self._http.client(limits=LIMITS, auth=auth) as http:
            response = await http.post(metadata.token_endpoint, data=form, headers={"Accept": "application/json"})
        answer = _object(response)
        error = answer.get("error")
        if error in _CLIENT_ERRORS or response.status_code == httpx.codes.UNAUTHORIZED:
            raise OperatorMustAct(
                f"The provider doesn’t accept this server ({quoted(error or response.status_code)}). Check "
                "ONCALL_OIDC_CLIENT_ID and ONCALL_OIDC_CLIENT_SECRET; the secret may have expired."
            )
        if error is not None:
            raise Refused(str(error))
        if response.status_code != httpx.codes.OK:
            raise OperatorMustAct(f"The provider’s token endpoint answers with {response.status_code}.")
        return answer

    async def _userinfo(self, metadata: Metadata, access_token: str) -> dict[str, Any]:
        """What the userinfo endpoint says (OpenID Connect Core 5.3); nothing if it answers in another form."""
        headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
        async with self._http.client(limits=LIMITS) as http:
            response = await http.get(metadata.userinfo_endpoint, headers=headers)
        return _object(response) if response.status_code == httpx.codes.OK else {}

    async def _get(self, url: str) -> tuple[dict[str, Any], float]:
        async with self._http.client(limits=LIMITS) as http:
            response = await http.get(url, headers={"Accept": "application/json"})
        document = _object(response)
        if response.status_code != httpx.codes.OK or not document:
            raise OperatorMustAct(
                f"{response.url.host} has no such document ({response.status_code}). Check ONCALL_OIDC_DISCOVERY_URL."
            )
        return document, _cache_seconds(response)


def _object(response: httpx.Response) -> dict[str, Any]:
    """The JSON object; empty for anything else. Raises TryLater for an answer that says that it is not final."""
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error:
        host, status = response.url.host, response.status_code
        raise TryLater(
            Cause.SERVER_ERROR,
            f"{host} answered with an error ({status}).",
            detail=f"{host}: {status}",
            retry_after=parse_retry_after(response.headers.get("retry-after", "")),
        )
    try:
        answer = response.json()
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _cache_seconds(response: httpx.Response) -> float:
    found = _MAX_AGE.search(response.headers.get("cache-control", ""))
    return min(max(int(found[1]), SHORTEST_CACHE), LONGEST_CACHE) if found else USUAL_CACHE
