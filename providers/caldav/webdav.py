"""WebDAV requests: which servers may see the password, and what an answer means."""

import time
from collections.abc import Mapping
from dataclasses import replace
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any
from xml.sax.saxutils import escape

import httpx

from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater
from providers.base import too_much_listed
from providers.caldav.digest import Digest, challenge_of
from providers.caldav.multistatus import ELEMENTS, Multistatus, NotXml, Resource, TooMuch, read
from providers.caldav.presets import password_hint
from providers.caldav.trust import host_of, may_see_password, origin_of
from providers.http import failure_for, garbled, parse, server_error, too_large

NAMESPACES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:S="http://calendarserver.org/ns/"'
_PARTIAL = 507


class WrongPassword(MemberMustAct):
    """401: no other address of the same server would accept it either."""


class BatchFailed(TryLater):
    """500: the server may still answer a smaller request."""


class NotDav(TryLater):
    """A success without the multistatus that was asked for: nothing at this address may speak CalDAV."""


class Dav:
    """Sends requests only to servers that `may_see_password` allows."""

    def __init__(self, client: httpx.AsyncClient, credentials: Mapping[str, str]) -> None:
        self.typed = credentials["url"]
        self.user = credentials["user"]
        self._client = client
        self._digest = Digest(credentials["user"], credentials["password"])
        self._auth: Any = httpx.USE_CLIENT_DEFAULT

    async def propfind(self, url: str, *properties: str, depth: int = 0, most: int = ELEMENTS) -> Multistatus:
        """The named properties of `url`; with depth 1 also of its members. Raises a Failure unless it answers.

        `most`: of the elements of the answer.
        """
        wanted = "".join(f"<{name}/>" for name in properties)
        body = f"<D:propfind {NAMESPACES}><D:prop>{wanted}</D:prop></D:propfind>"
        return await self.understood(await self.ask("PROPFIND", url, body, depth), most)

    async def ask(self, method: str, url: str, body: str, depth: int) -> httpx.Response:
        """Any answer of a server that may see the password. Raises a Failure if it leads to another server."""
        if not may_see_password(self.typed, url):
            raise untrusted(self.typed, url)
        response = await self._send(method, url, body, depth)
        # The client drops the password on a redirect to another host; here it is known which hosts may see it.
        if not may_see_password(self.typed, str(response.url)):
            raise untrusted(self.typed, str(response.url))
        if response.status_code == httpx.codes.UNAUTHORIZED and "authorization" not in response.request.headers:
            response = await self._send(method, str(response.url), body, depth)
        if response.status_code == httpx.codes.UNAUTHORIZED and self._asks_for_digest(response):
            self._auth = self._digest
            response = await self._send(method, str(response.url), body, depth)
        return response

    async def understood(self, response: httpx.Response, most: int = ELEMENTS) -> Multistatus:
        """The multistatus in `response`. Raises a Failure for anything else."""
        url = str(response.url)
        if response.status_code == _PARTIAL or _has_too_many(response):
            return Multistatus(url, (Resource(url, url, _PARTIAL),))
        # Some servers say 200 instead, and mean it as long as a multistatus comes with it.
        if response.status_code not in (httpx.codes.MULTI_STATUS, httpx.codes.OK):
            raise failure_of(response)
        try:
            found = await parse(response, partial(read, url=url, most=most))
        except TooMuch:
            raise _too_much(response.url.host, most) from None
        except NotXml:
            if response.status_code == httpx.codes.OK:
                raise failure_of(response) from None
            name = response.url.host
            raise garbled(name, f"{name}: not a multistatus", Cause.UNREADABLE) from None
        return replace(found, answered_at=_answered_at(response))

    async def get(self, url: str) -> httpx.Response:
        """Any answer to a GET, of a server that may see the password."""
        return await self.ask("GET", url, "", 0)

    async def _send(self, method: str, url: str, body: str, depth: int) -> httpx.Response:
        if method == "GET":
            return await self._client.get(url, headers={"Accept": "text/calendar"}, auth=self._auth)
        return await self._client.request(
            method,
            url,
            content=f'<?xml version="1.0" encoding="utf-8"?>{body}'.encode(),
            headers={"Content-Type": "application/xml; charset=utf-8", "Depth": str(depth)},
            auth=self._auth,
        )

    def _asks_for_digest(self, response: httpx.Response) -> bool:
        # Also where Basic is offered: it was refused, and some servers know the password under Digest only.
        return bool(challenge_of(response)) and self._auth is not self._digest


def is_partial(answer: Multistatus) -> bool:
    """Whether the server says that it left something out (RFC 6578 section 3.6)."""
    return any(each.status == _PARTIAL for each in answer.resources)


def quoted(text: str) -> str:
    """Escaped for the text of an element."""
    return escape(text)


_GONE = (Cause.NOT_FOUND, "{name} no longer has this calendar ({status}). Restore it there, or turn it off here.")
_NO_CALENDARS = (Cause.NOT_FOUND, "{name} has no calendars at this address ({status}). Check the address.")
_BY_STATUS = {
    403: (Cause.REFUSED, "{name} does not let you read this calendar (403). Ask its owner for access."),
    404: _GONE,
    410: _GONE,
    501: _NO_CALENDARS,
}
_PROXY = "{name} refused with a web page (403), most likely sent by a firewall or proxy in front of the calendars."
_WEB_PAGE = "{name} returned a web page instead of calendars, most likely a sign-in page."


def failure_of(response: httpx.Response) -> Failure:
    """What an answer other than the one asked for means, and who can act."""
    status, host = response.status_code, response.url.host
    if status == 401:
        hint = password_hint(str(response.url), response.headers.get("www-authenticate", ""))
        return WrongPassword(Cause.REFUSED, f"{host} refused the user name or the password. {hint}", detail="HTTP 401")
    if status == 500:
        return server_error(response, host, kind=BatchFailed)
    if status == 403 and _is_page(response):
        # CalDAV servers refuse without a web page, so this one need not last.
        return TryLater(Cause.WEB_PAGE, _PROXY.format(name=host), detail="HTTP 403, a web page")
    if response.is_success:
        return _not_dav(response)
    return failure_for(response, host, _BY_STATUS, otherwise=_NO_CALENDARS)


def _not_dav(response: httpx.Response) -> NotDav:
    status, host = response.status_code, response.url.host
    if _is_page(response):
        # Of a proxy, or during maintenance: it need not last.
        return NotDav(Cause.WEB_PAGE, _WEB_PAGE.format(name=host), detail=f"HTTP {status}, a web page")
    sentence = f"{host} gave an unexpected answer ({status})."
    return NotDav(Cause.SERVER_ERROR, sentence, detail=f"HTTP {status}, no multistatus")


def incomplete(url: str) -> Failure:
    host = host_of(url)
    sentence = f"{host} returned only part of this calendar, so we used none of it."
    return TryLater(Cause.TRUNCATED, sentence, detail=f"{host}: incomplete")


def _too_much(host: str, most: int) -> Failure:
    if most < ELEMENTS:
        return too_much_listed(host, f"{host}: more than {most:,} elements")
    return too_large(host, "has more entries than we can list")


def untrusted(typed: str, url: str) -> Failure:
    here, there = _told_apart(typed, url)
    sentence = (
        f"{here} redirects to {there or 'another server'}, and we send your password to {here} only. "
        f"If you trust {there or 'that server'}, enter it as the server address."
    )
    return MemberMustAct(Cause.REDIRECTS, sentence, detail=f"{here}: leads to another host")


def _told_apart(typed: str, url: str) -> tuple[str, str]:
    """The names of two servers; with scheme and port where the host is the same."""
    here, there = host_of(typed), host_of(url)
    return (origin_of(typed), origin_of(url)) if here == there else (here, there)


def _has_too_many(response: httpx.Response) -> bool:
    """Whether the server refuses because it would have to list more than it does at once (RFC 5323 section 5.5)."""
    return response.status_code == httpx.codes.FORBIDDEN and b"number-of-matches-within-limits" in response.content


def _answered_at(response: httpx.Response) -> float:
    """By the server's clock, in seconds since 1970; by ours if it doesn't say."""
    try:
        return parsedate_to_datetime(response.headers["date"]).timestamp()
    except (KeyError, ValueError, OverflowError):
        return time.time()


def _is_page(response: httpx.Response) -> bool:
    head = response.content[:1024].lstrip().lower()
    return "html" in response.headers.get("content-type", "").lower() or head.startswith((b"<!doctype html", b"<html"))
