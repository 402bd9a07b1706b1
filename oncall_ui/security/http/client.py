"""The only way to a URL that a member typed: HTTP clients that refuse every address they may not reach."""

import asyncio
import ssl
from collections.abc import Mapping
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx
import structlog

from oncall_ui.domain.imports.failures import Cause, TryLater
from oncall_ui.reporting.log import silence_libraries
from oncall_ui.security.http.connect import NetworkBackend, Resolve
from oncall_ui.security.http.limits import ConcurrencyLimit, Limits
from oncall_ui.security.http.lookup import resolve
from oncall_ui.security.http.ports import DEFAULT_PORTS, parse_ports
from oncall_ui.security.http.public_addresses import AllowedHosts
from oncall_ui.security.http.redirects import next_request, same_origin, too_many
from oncall_ui.security.http.transport import Transport
from oncall_ui.security.http.urls import checked_url, parsed_url

__all__ = ["AllowedHosts", "GuardedHttp", "Limits", "Resolve", "parse_ports"]

log = structlog.get_logger()

# Office 365 and Google reject clients that don't look like a browser.
USER_AGENT = "Mozilla/5.0 (compatible; On-Call-Optimizer/0.1; +calendar import)"
LIMITS = Limits()


class GuardedHttp:
    """Creates HTTP clients that reach public addresses on `ports`, those in `allowed`, and nothing else.

    One per process.
    """

    def __init__(
        self,
        allowed: AllowedHosts,
        *,
        ports: frozenset[int] = DEFAULT_PORTS,
        resolve: Resolve = resolve,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._backend = NetworkBackend(allowed, resolve, ports)
        self._trust = trust or _system_trust()
        # A calendar's URL is its password, so no log may contain it, however this client is used.
        silence_libraries()

    def client(
        self,
        *,
        limits: Limits = LIMITS,
        auth: httpx.Auth | tuple[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        concurrency: asyncio.Semaphore | None = None,
    ) -> httpx.AsyncClient:
        """A client for one conversation with a server; its time starts with the first request.

        `concurrency` limits how many requests run at once over all clients that share the semaphore.
        Use it as a context manager, like any httpx client. Redirects are followed: `response.url` is the final URL and
        `response.extensions["redirects"]` the number of hops. An HTTP status is not an error here; everything else that
        goes wrong raises a Failure, also while a streamed body is read.
        """
        transport: httpx.AsyncBaseTransport = Transport(self._backend, self._trust, limits)
        return _Client(
            redirects=limits.redirects,
            transport=ConcurrencyLimit(transport, concurrency) if concurrency else transport,
            auth=auth,
            headers={"User-Agent": USER_AGENT, **(headers or {})},
            # The transport sets its own, which no request can change.
            timeout=None,
            # Feeds need no cookies, so no server can set one for another.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            trust_env=False,
        )


class _Client(httpx.AsyncClient):
    """Follows redirects itself, whatever the caller asks httpx to do: each hop is checked and authenticated alone."""

    def __init__(self, *, redirects: int, **options: Any) -> None:
        super().__init__(**options)
        self._redirects = redirects

    def build_request(self, method: str, url: httpx.URL | str, **options: Any) -> httpx.Request:
        return super().build_request(method, parsed_url(str(url)), **options)

    async def send(self, request: httpx.Request, *, stream: bool = False, **options: Any) -> httpx.Response:
        response = await self._follow_redirects(request, options.get("auth", httpx.USE_CLIENT_DEFAULT))
        try:
            if not stream:
                await response.aread()
        except BaseException:
            await response.aclose()
            raise
        return response

    async def _follow_redirects(self, request: httpx.Request, auth: Any) -> httpx.Response:
        await request.aread()  # a redirect may need the body again
        request.url = checked_url(request.url)
        request.headers["Host"] = request.url.netloc.decode("ascii")
        for followed in range(self._redirects + 1):
            response = await self._send_once(request, auth)
            # The host only: paths and queries can be secrets.
            log.debug("request sent", method=request.method, host=request.url.host, status=response.status_code)
            location = response.extensions.get("location")
            if location is None:
                response.extensions["redirects"] = followed
                return response
            await response.aclose()
            here, request = request, next_request(request, response.status_code, location)
            if not same_origin(here.url, request.url):
                auth = None
        raise too_many(request.url.host)

    async def _send_once(self, request: httpx.Request, auth: Any) -> httpx.Response:
        try:
            return await super().send(request, stream=True, auth=auth, follow_redirects=False)
        except (httpx.ProtocolError, LookupError, ValueError, NotImplementedError):
            # httpx raises these for a digest challenge it can't parse.
            host = request.url.host
            sentence = f"{host} asks for the password in a way we can’t read."
            raise TryLater(Cause.SERVER_ERROR, sentence, detail=f"{host}: malformed challenge") from None


@cache
def _system_trust() -> ssl.SSLContext:
    # certifi's authorities, and those the operator installed in the system. Reading them takes a tenth of a second.
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context
