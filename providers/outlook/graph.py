"""One conversation with Microsoft Graph: what is asked, of whom, and how pages follow one another."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from providers.outlook.errors import elsewhere, endless, garbled, refusal
from providers.outlook.values import Odd, loaded, several, text

PREFER = 'outlook.timezone="UTC", IdType="ImmutableId", outlook.body-content-type="text"'
PAGES = 1_000
"""More than any calendar has; pages may be empty and still go on."""
_LARGE = 65_536


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: as it came, and what it lists; nobody has looked at the items yet."""

    raw: bytes
    items: list[Any]


class Graph:
    """Asks the API's own origin, and nothing else at all. Raises a Failure unless it answers."""

    def __init__(self, client: httpx.AsyncClient, api_url: str) -> None:
        self._client = client
        self._api = api_url.rstrip("/")

    async def get(self, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        return (await self._get(self._url(path, query)))[1]

    async def pages(self, path: str, query: Mapping[str, str]) -> AsyncIterator[Page]:
        """Every page of a list, by the links the answers give (OData 4.0 JSON section 4.5.5), unchanged."""
        link = self._url(path, query)
        followed: set[str] = set()
        while link:
            if link in followed or len(followed) == PAGES:
                raise endless()
            followed.add(link)
            raw, answer = await self._get(link)
            try:
                page, link = Page(raw, several(answer, "value")), text(answer, "@odata.nextLink")
            except Odd as odd:
                raise garbled(str(odd)) from None
            yield page

    def _url(self, path: str, query: Mapping[str, str]) -> str:
        return str(httpx.URL(f"{self._api}{path}", params=dict(query)))

    async def _get(self, url: str) -> tuple[bytes, dict[str, Any]]:
        if not self._is_ours(url):
            raise elsewhere()
        response = await self._client.get(url, headers={"Prefer": PREFER})
        if not self._is_ours(str(response.url)):
            raise elsewhere()
        if response.status_code != httpx.codes.OK:
            raise refusal(response)
        raw = response.content
        try:
            return raw, loaded(raw) if len(raw) < _LARGE else await asyncio.to_thread(loaded, raw)
        except Odd as odd:
            raise garbled(str(odd)) from None

    def _is_ours(self, url: str) -> bool:
        """Whether `url` has the API’s scheme, host and port, as whoever will dial it reads them."""
        try:
            found, own = httpx.URL(url), httpx.URL(self._api)
        except httpx.InvalidURL:
            return False
        same = (found.scheme, found.raw_host, found.port) == (own.scheme, own.raw_host, own.port)
        return same and not found.userinfo
