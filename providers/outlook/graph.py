"""Requests to Microsoft Graph: single ones, and lists in pages."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from providers.http import parse
from providers.json import NotExpected, Object, Paging, read_object, several, verbatim
from providers.outlook.errors import elsewhere, endless, failure_of, garbled

PREFER = 'outlook.timezone="UTC", IdType="ImmutableId", outlook.body-content-type="text"'
PAGES = 1_000
"""More than any calendar has; pages may be empty without being the last."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list as received, and its items, not yet checked."""

    raw: bytes
    items: list[Any]


class Graph:
    """Asks the API's own origin only. Raises a Failure unless it answers."""

    def __init__(self, client: httpx.AsyncClient, api_url: str) -> None:
        self._client = client
        self._api = api_url.rstrip("/")

    async def get(self, path: str, query: Mapping[str, str]) -> Object:
        return (await self._get(self._url(path, query)))[1]

    async def pages(self, path: str, query: Mapping[str, str]) -> AsyncIterator[Page]:
        """Every page of a list, by the next links of the answers (OData JSON 4.0 section 4.5.5), unchanged.

        It ends where the pages begin to repeat. Raises a Failure if something may be missing then.
        """
        link = self._url(path, query)
        paging = Paging(int(query["$top"]))
        for _ in range(PAGES):
            if paging.leads_back(link):
                break
            raw, answer = await self._get(link)
            if "value" not in answer:
                raise garbled("no list, not even an empty one")
            try:
                page, link = Page(raw, several(answer, "value")), verbatim(answer, "@odata.nextLink")
                if paging.repeats(page.items):
                    break
            except NotExpected as error:
                raise garbled(str(error)) from None
            yield page
            if not link:
                return
        else:
            raise endless()
        if not paging.may_be_complete:
            raise endless()

    def _url(self, path: str, query: Mapping[str, str]) -> str:
        return str(httpx.URL(f"{self._api}{path}", params=dict(query)))

    async def _get(self, url: str) -> tuple[bytes, Object]:
        if not self._is_ours(url):
            raise elsewhere()
        response = await self._client.get(url, headers={"Prefer": PREFER})
        if not self._is_ours(str(response.url)):
            raise elsewhere()
        if response.status_code != httpx.codes.OK:
            raise failure_of(response)
        try:
            return response.content, await parse(response, read_object)
        except NotExpected as error:
            raise garbled(str(error)) from None

    def _is_ours(self, url: str) -> bool:
        """Whether `url` has the API’s scheme, host and port, parsed by the library that will connect to it."""
        try:
            found, own = httpx.URL(url), httpx.URL(self._api)
        except httpx.InvalidURL:
            return False
        same = (found.scheme, found.raw_host, found.port) == (own.scheme, own.raw_host, own.port)
        return same and not found.userinfo
