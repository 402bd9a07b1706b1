"""The one way to an address a member typed. What makes it safe happens inside the clients it gives out."""

import asyncio
import functools
import logging
import ssl
from collections.abc import Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx
import structlog

from oncall_ui.domain.imports.failures import Cause, TryLater
from oncall_ui.security.http.connect import Dialler, Resolve, resolve
from oncall_ui.security.http.limits import Limits, Slots
from oncall_ui.security.http.public_addresses import AllowedHosts
from oncall_ui.security.http.redirects import next_request, same_origin, too_many
from oncall_ui.security.http.transport import Transport
from oncall_ui.security.http.urls import checked, normalise, parsed

__all__ = ["AllowedHosts", "Limits", "Outbound", "Resolve", "keep_addresses_out_of_logs", "normalise"]

log = structlog.get_logger()

# Office 365 and Google turn away what doesn't look like a browser.
USER_AGENT = "Mozilla/5.0 (compatible; On-Call-Optimizer/0.1; +calendar import)"
LIMITS = Limits()


class Outbound:
    """Gives out clients that reach public addresses, those in `allowed`, and nothing else. Make one per process."""

    def __init__(
        self, allowed: AllowedHosts, *, resolve: Resolve = resolve, trust: ssl.SSLContext | None = None
    ) -> None:
        self._dialler = Dialler(allowed, resolve)
        self._trust = trust or _known_authorities()
        keep_addresses_out_of_logs()

    def client(
        self,
        *,
        limits: Limits = LIMITS,
        auth: httpx.Auth | tuple[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        slots: asyncio.Semaphore | None = None,
    ) -> httpx.AsyncClient:
        """A client for one conversation with a server: its time runs from the first request.

        `slots` bound how many requests of all clients that share them are under way at once.
        Use it as a context manager, as any httpx client. Redirects are followed, `response.url` is where they led and
        `response.extensions["redirects"]` how many there were. A status is no error here; all else that goes wrong is a
        Failure, also while a streamed body is read.
        """
        transport: httpx.AsyncBaseTransport = Transport(self._dialler, self._trust, limits)
        return _Client(
            redirects=limits.redirects,
            transport=Slots(transport, slots) if slots else transport,
            auth=auth,
            headers={"User-Agent": USER_AGENT, **(headers or {})},
            # The clock of the transport ends everything; a silence in between is not counted apart.
            timeout=httpx.Timeout(limits.total_seconds, connect=limits.connect_seconds),
            # Feeds need no cookies, so no server gets to set one for another.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            trust_env=False,
        )


class _Client(httpx.AsyncClient):
    """Follows redirects by itself, whatever is asked of httpx: each hop is checked, and signed in to, on its own."""

    def __init__(self, *, redirects: int, **options: Any) -> None:
        super().__init__(**options)
        self._redirects = redirects

    def build_request(self, method: str, url: httpx.URL | str, **options: Any) -> httpx.Request:
        return super().build_request(method, parsed(str(url)), **options)

    async def send(self, request: httpx.Request, *, stream: bool = False, **options: Any) -> httpx.Response:
        response = await self._followed(request, options.get("auth", httpx.USE_CLIENT_DEFAULT))
        try:
            if not stream:
                await response.aread()
        except BaseException:
            await response.aclose()
            raise
        return response

    async def _followed(self, request: httpx.Request, auth: Any) -> httpx.Response:
        await request.aread()  # a redirect may ask for the body again
        request.url = checked(request.url)
        request.headers["Host"] = request.url.netloc.decode("ascii")
        for followed in range(self._redirects + 1):
            response = await self._sent(request, auth)
            # Of an address only the host is anybody's business.
            log.debug("asked", method=request.method, host=request.url.host, status=response.status_code)
            location = response.extensions.get("location")
            if location is None:
                response.extensions["redirects"] = followed
                return response
            await response.aclose()
            here, request = request, next_request(request, response.status_code, location)
            if not same_origin(here.url, request.url):
                auth = None
        raise too_many(request.url.host)

    async def _sent(self, request: httpx.Request, auth: Any) -> httpx.Response:
        try:
            return await super().send(request, stream=True, auth=auth, follow_redirects=False)
        except (httpx.ProtocolError, LookupError, ValueError, NotImplementedError):
            # How httpx meets an odd challenge of digest authentication.
            host = request.url.host
            sentence = f"{host} asks for the password in a way we can’t read."
            raise TryLater(Cause.SERVER_ERROR, sentence, detail=f"{host}: odd challenge") from None


def keep_addresses_out_of_logs() -> None:
    """A calendar's address is its password, and these loggers write it in full below WARNING."""
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)


@functools.cache
def _known_authorities() -> ssl.SSLContext:
    # The bundled authorities, and the operator's own as installed in the system: read once, which takes a while.
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context
