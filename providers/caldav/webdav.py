"""One conversation with a WebDAV server: what is asked, who may see the password, and what an answer means."""

import asyncio
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

import httpx

from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater
from providers.caldav.multistatus import Multistatus, NotXml, Resource, read
from providers.caldav.presets import password_hint
from providers.caldav.trust import host_of, may_see_password
from providers.http import retry_after

NAMESPACES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:S="http://calendarserver.org/ns/"'
_LARGE = 65_536
_PARTIAL = 507


class WrongPassword(MemberMustAct):
    """401: another address of the same server would say the same."""


class Broke(TryLater):
    """500: the server stumbled over what was asked, and may not over less of it."""


class Dav:
    """Asks with the password where `may_see_password` allows it, and nowhere else at all."""

    def __init__(self, client: httpx.AsyncClient, credentials: Mapping[str, str]) -> None:
        self.typed = credentials["url"]
        self.user = credentials["user"]
        self._client = client
        self._digest = httpx.DigestAuth(credentials["user"], credentials["password"])
        self._auth: Any = httpx.USE_CLIENT_DEFAULT

    async def propfind(self, url: str, *properties: str, depth: int = 0) -> Multistatus:
        """The named properties of `url`, with depth 1 also of what it holds. Raises a Failure unless it answers."""
        wanted = "".join(f"<{name}/>" for name in properties)
        body = f"<D:propfind {NAMESPACES}><D:prop>{wanted}</D:prop></D:propfind>"
        return await self.understood(await self.ask("PROPFIND", url, body, depth))

    async def report(self, url: str, body: str, *, depth: int) -> Multistatus:
        return await self.understood(await self.ask("REPORT", url, body, depth))

    async def ask(self, method: str, url: str, body: str, depth: int) -> httpx.Response:
        """Any answer of a server that may see the password. Raises a Failure where another one would have to."""
        if not may_see_password(self.typed, url):
            raise stranger(self.typed, url)
        response = await self._send(method, url, body, depth)
        # The client leaves the password behind when it follows a redirect to another host: we know which ones are safe.
        if not may_see_password(self.typed, str(response.url)):
            raise stranger(self.typed, str(response.url))
        if response.status_code == httpx.codes.UNAUTHORIZED and "authorization" not in response.request.headers:
            response = await self._send(method, str(response.url), body, depth)
        if response.status_code == httpx.codes.UNAUTHORIZED and self._asks_for_digest(response):
            self._auth = self._digest
            response = await self._send(method, str(response.url), body, depth)
        return response

    async def understood(self, response: httpx.Response) -> Multistatus:
        """Raises a Failure for everything but a multistatus that can be read."""
        url = str(response.url)
        if response.status_code == _PARTIAL:
            return Multistatus(url, (Resource(url, url, _PARTIAL),))
        if response.status_code != httpx.codes.MULTI_STATUS:
            raise refusal(response)
        try:
            if len(response.content) < _LARGE:
                return read(response.content, url)
            return await asyncio.to_thread(read, response.content, url)
        except NotXml:
            raise garbled(response) from None

    async def _send(self, method: str, url: str, body: str, depth: int) -> httpx.Response:
        return await self._client.request(
            method,
            url,
            content=f'<?xml version="1.0" encoding="utf-8"?>{body}'.encode(),
            headers={"Content-Type": "application/xml; charset=utf-8", "Depth": str(depth)},
            auth=self._auth,
        )

    def _asks_for_digest(self, response: httpx.Response) -> bool:
        asked = response.headers.get("www-authenticate", "").lower()
        return "digest" in asked and "basic" not in asked and self._auth is not self._digest


def is_partial(answer: Multistatus) -> bool:
    """Whether the server says that this isn't all (RFC 6578 section 3.6)."""
    return any(each.status == _PARTIAL for each in answer.resources)


def quoted(text: str) -> str:
    """Text inside an element."""
    return escape(text)


_MEMBER_MUST_ACT = {
    403: (Cause.REFUSED, "{host} does not let you read this calendar (403). Whoever owns it there can allow it."),
    404: (
        Cause.NOT_FOUND,
        "{host} no longer has this calendar ({status}). Bring it back there, or switch it off here.",
    ),
}
_MEMBER_MUST_ACT[410] = _MEMBER_MUST_ACT[404]
_PAGE = (Cause.WEB_PAGE, "{host} answers with a web page instead of calendars, often one to sign in.")
_ANYTHING_ELSE = (Cause.NOT_FOUND, "{host} does not hand out calendars at this address ({status}).")


def refusal(response: httpx.Response) -> Failure:
    """What an answer other than the one asked for means, and who can act."""
    status, host, detail = response.status_code, response.url.host, f"HTTP {response.status_code}"
    if status == 429 or (status >= 500 and status != 501):
        return _later(response)
    if status == 401:
        hint = password_hint(str(response.url), response.headers.get("www-authenticate", ""))
        return WrongPassword(Cause.REFUSED, f"{host} refused the user name or the password. {hint}", detail=detail)
    cause, words = _MEMBER_MUST_ACT.get(status, _ANYTHING_ELSE)
    if status == 200 and _is_page(response):
        cause, words = _PAGE
    return MemberMustAct(cause, words.format(host=host, status=status), detail=detail)


def _later(response: httpx.Response) -> Failure:
    status, host, detail = response.status_code, response.url.host, f"HTTP {response.status_code}"
    wait = retry_after(response)
    if status == 429:
        return TryLater(Cause.BUSY, f"{host} asks us to come back later (429).", detail=detail, retry_after=wait)
    kind = Broke if status == 500 else TryLater
    return kind(Cause.SERVER_ERROR, f"{host} is not answering properly ({status}).", detail=detail, retry_after=wait)


def garbled(response: httpx.Response) -> Failure:
    host = response.url.host
    return TryLater(
        Cause.UNREADABLE, f"{host} answers in a way we can’t read.", detail=f"{host}: no proper multistatus"
    )


def partial(url: str) -> Failure:
    host = host_of(url)
    sentence = f"{host} hands out only a part of this calendar, so nothing of it was taken over."
    return TryLater(Cause.TRUNCATED, sentence, detail=f"{host}: incomplete")


def stranger(typed: str, url: str) -> Failure:
    here, there = host_of(typed), host_of(url)
    sentence = (
        f"{here} sends us on to {there or 'another server'}, and your password is for {here} alone. "
        f"If both are yours, give {there or 'that one'} as the server address."
    )
    return MemberMustAct(Cause.REDIRECTS, sentence, detail=f"{here}: leads to another host")


def _is_page(response: httpx.Response) -> bool:
    head = response.content[:1024].lstrip().lower()
    return "html" in response.headers.get("content-type", "").lower() or head.startswith((b"<!doctype html", b"<html"))
