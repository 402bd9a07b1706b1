"""The resources of a calendar: first the complete list or none, then their content."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import httpx

from oncall_ui.domain.ical import Limits
from oncall_ui.domain.imports.failures import Cause, TryLater
from providers.base import Progress
from providers.caldav.multistatus import CALDAV, DAV, Multistatus, Resource, absolute, same
from providers.caldav.trust import host_of
from providers.caldav.webdav import NAMESPACES, BatchFailed, Dav, failure_of, incomplete, is_partial, quoted
from providers.http import too_large

BATCH = 80
"""Resources per request: some servers fail with more, and fewer take longer."""
AT_ONCE = 2
"""Concurrent requests per calendar, few enough for a small server."""
PAGES = 1_000
HALVINGS = 40
"""How often one fetch halves a batch to find the resource its server fails on."""
UNREADABLE = b""
"""In place of a resource that exists but can't be fetched."""
_LARGEST = Limits()
_NO_MULTIGET = (400, 403, 404, 405, 406, 415, 422, 501)
_GONE = (404, 410)
_NOT_THE_RESOURCE = (401, 429, 502, 503, 504)
_TRUNCATED = 507


@dataclass(frozen=True, slots=True)
class Listing:
    """The resources of a collection with their ETags, in a stable order."""

    url: str
    etags: tuple[tuple[str, str], ...]

    @property
    def hrefs(self) -> list[str]:
        return [href for href, _ in self.etags]

    @property
    def version(self) -> str:
        """Changes with any resource; empty if the server sends no ETags."""
        if not all(etag for _, etag in self.etags):
            return ""
        return hashlib.sha256("\n".join(f"{href} {etag}" for href, etag in self.etags).encode()).hexdigest()


async def listed(dav: Dav, url: str) -> Listing:
    """Every resource of the collection that may be an event. Raises a Failure if the server lists only some."""
    answer = await dav.propfind(url, "D:getetag", "D:getcontenttype", "D:resourcetype", depth=1)
    resources = await _in_pages(dav, url) if is_partial(answer) else answer.resources
    if not answer.resources:
        # Not even the calendar itself (RFC 4918 section 9.1), which an empty calendar has.
        raise incomplete(answer.url)
    own = same(answer.url)
    etags = {each.href: each.text(f"{DAV}getetag") for each in resources if _may_be_event(each, own)}
    if len(etags) > _LARGEST.events:
        raise too_large(host_of(url), f"holds more than {_LARGEST.events:,} events")
    return Listing(answer.url, tuple(sorted(etags.items())))


async def fetched(dav: Dav, listing: Listing, progress: Progress) -> list[bytes]:
    """The content of each resource that still exists, in the listing's order; UNREADABLE where it can't be fetched.

    Raises a Failure if less than half can be fetched: then the resources aren't to blame.
    """
    return await _Fetching(dav, listing.url, progress).all(listing.hrefs)


class _Fetching:
    def __init__(self, dav: Dav, url: str, progress: Progress) -> None:
        self._dav, self._url, self._progress = dav, url, progress
        self._halvings = HALVINGS
        self._has_no_multiget = False
        self._size = 0
        self._done = 0

    async def all(self, hrefs: Sequence[str]) -> list[bytes]:
        batches = [hrefs[start : start + BATCH] for start in range(0, len(hrefs), BATCH)]
        bodies: dict[int, list[bytes]] = {}
        left = iter(enumerate(batches))

        async def work() -> None:
            for number, batch in left:
                bodies[number] = await self._batch(batch)
                self._done += len(batch)
                self._progress(self._done / len(hrefs), self._done)

        self._progress(None if hrefs else 1.0)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(AT_ONCE, len(batches))):
                    group.create_task(work())
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        found = [body for number in range(len(batches)) for body in bodies[number]]
        if sum(map(bool, found)) * 2 < len(hrefs):
            raise incomplete(self._url)
        return found

    async def _batch(self, hrefs: Sequence[str]) -> list[bytes]:
        try:
            answer = await self._multiget(hrefs)
        except TryLater as failure:
            if not isinstance(failure, BatchFailed) and failure.cause is not Cause.UNREADABLE:
                raise
            return await self._halved(hrefs, failure)
        if answer is None:
            return await self._one_by_one(hrefs)
        bodies, missing = self._sorted(answer, hrefs)
        if not missing:
            return bodies
        if len(missing) == len(hrefs):
            return [UNREADABLE] * len(missing)
        return bodies + await self._batch(missing)

    async def _multiget(self, hrefs: Sequence[str]) -> Multistatus | None:
        """None where the server has no multiget: the calendar was just listed, so it isn't access that is missing."""
        if self._has_no_multiget:
            return None
        response = await self._dav.ask("REPORT", self._url, _multiget(hrefs), 1)
        self._has_no_multiget = response.status_code in _NO_MULTIGET
        return None if self._has_no_multiget else await self._dav.understood(response)

    async def _halved(self, hrefs: Sequence[str], failure: TryLater) -> list[bytes]:
        """Some servers answer a batch by 500 or broken XML because of one resource: find it, and lose only that one."""
        self._halvings -= 1
        if self._halvings < 0:
            raise failure
        if len(hrefs) == 1:
            return await self._one_by_one(hrefs)
        middle = len(hrefs) // 2
        return await self._batch(hrefs[:middle]) + await self._batch(hrefs[middle:])

    async def _one_by_one(self, hrefs: Sequence[str]) -> list[bytes]:
        """By a GET of each. Raises a Failure where the server as a whole refuses, not one resource."""
        bodies = []
        for href in hrefs:
            response = await self._dav.get(self._address(href))
            status = response.status_code
            if status in _NOT_THE_RESOURCE or (status == httpx.codes.FORBIDDEN and self._has_no_multiget):
                raise failure_of(response)
            if status == httpx.codes.OK:
                bodies.append(self._plain(response.content.decode(errors="replace")))
            elif status not in _GONE:
                bodies.append(UNREADABLE)
        return bodies

    def _address(self, href: str) -> str:
        """Below the calendar, even if the server lists its resources under another base."""
        url = absolute(self._url, href)
        if same(url).startswith(f"{same(self._url)}/"):
            return url
        return f"{self._url.rstrip('/')}/{href.rpartition('/')[2]}"

    def _sorted(self, answer: Multistatus, hrefs: Sequence[str]) -> tuple[list[bytes], list[str]]:
        """The bodies in the order requested, without deleted resources; and the hrefs missing from the answer."""
        answered = {same(each.url): each for each in answer.resources if each.status != _TRUNCATED}
        by_name = _by_name(answered)
        bodies, missing = [], []
        for href in hrefs:
            resource = answered.get(same(absolute(answer.url, href)), by_name.get(_name(href)))
            if resource is None:
                missing.append(href)
            elif resource.status not in _GONE:
                bodies.append(self._content(resource))
        return bodies, missing

    def _content(self, resource: Resource) -> bytes:
        return self._plain(resource.text(f"{CALDAV}calendar-data"))

    def _plain(self, text: str) -> bytes:
        self._size += len(text)
        if self._size > _LARGEST.bytes:
            raise too_large(host_of(self._url), f"is larger than {_LARGEST.bytes // 1024**2} MB")
        # LF throughout, as the parser expects: depending on the server, XML keeps line ends or normalises them.
        return text.replace("\r\n", "\n").replace("\r", "\n").encode() if text else UNREADABLE


async def _in_pages(dav: Dav, url: str) -> Iterable[Resource]:
    """The listing of a server that truncates it, by sync-collection (RFC 6578). Raises a Failure unless it ends."""
    found: dict[str, Resource] = {}
    token, seen, restarted = "", {""}, False
    for _ in range(PAGES):
        answer = await _page(dav, url, token)
        if answer is None:
            # The token expired between two pages: start over, once.
            if restarted or not token:
                break
            found, token, seen, restarted = {}, "", {""}, True
            continue
        for each in answer.resources:
            if each.status in _GONE:
                found.pop(same(each.url), None)
            else:
                found[same(each.url)] = each
        if not is_partial(answer):
            return found.values()
        if answer.sync_token in seen or len(found) > 2 * _LARGEST.events:
            break
        token = answer.sync_token
        seen.add(token)
    raise incomplete(url)


async def _page(dav: Dav, url: str, token: str) -> Multistatus | None:
    """None if the token is no longer valid (RFC 6578 section 3.2)."""
    body = (
        f"<D:sync-collection {NAMESPACES}><D:sync-token>{quoted(token)}</D:sync-token><D:sync-level>1</D:sync-level>"
        "<D:prop><D:getetag/><D:getcontenttype/><D:resourcetype/></D:prop></D:sync-collection>"
    )
    response = await dav.ask("REPORT", url, body, 0)
    if response.status_code in (403, 409, 412) and b"valid-sync-token" in response.content:
        return None
    return await dav.understood(response)


def _by_name(answered: Mapping[str, Resource]) -> dict[str, Resource]:
    """Behind some proxies a server answers under another base: then the last part of the path tells them apart."""
    names = Counter(map(_name, answered))
    return {_name(url): each for url, each in answered.items() if names[_name(url)] == 1}


def _name(url: str) -> str:
    return unquote(urlsplit(url).path.rpartition("/")[2])


def _multiget(hrefs: Iterable[str]) -> str:
    # Whole resources: asked for single properties, some servers leave out more than that.
    wanted = "".join(f"<D:href>{quoted(href)}</D:href>" for href in hrefs)
    prop = "<D:prop><D:getetag/><C:calendar-data/></D:prop>"
    return f"<C:calendar-multiget {NAMESPACES}>{prop}{wanted}</C:calendar-multiget>"


def _may_be_event(resource: Resource, own: str) -> bool:
    if not resource.is_there or same(resource.url) == own or resource.href.endswith("/"):
        return False
    kind = resource.text(f"{DAV}getcontenttype").lower()
    return f"{DAV}collection" not in resource.kinds() and "component=vtodo" not in kind.replace('"', "")
