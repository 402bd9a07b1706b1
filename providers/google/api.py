"""Requests to the Google Calendar API: single ones, and lists in pages."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from oncall_ui.domain.ical import Limits
from providers.google import errors
from providers.http import parse, too_large
from providers.json import NotExpected, Paging, read_object, several, verbatim

PAGES = 200
_LARGEST = Limits().bytes
_OF_A_LIST = {"items", "nextPageToken", "accessRole"}
"""Of what is asked for, at least one is in the first page of a list; the last page may be empty."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `content` is the parsed `body`."""

    body: bytes
    content: dict[str, Any]
    items: list[Any]
    next: str


class Api:
    """Raises MemberMustAct and TryLater, and nothing else."""

    def __init__(self, client: httpx.AsyncClient, url: str) -> None:
        self._client, self._url = client, url.rstrip("/")

    async def ask(self, path: str, query: Mapping[str, str], question: object | None = None) -> httpx.Response:
        """Any answer to a GET, or to a POST of `question`; `path` may be an absolute URL."""
        url = path if "://" in path else f"{self._url}/{path}"
        if question is None:
            return await self._client.get(url, params=query)
        return await self._client.post(url, params=query, json=question)

    async def answer(self, path: str, query: Mapping[str, str], question: object | None = None) -> Page:
        """A single page."""
        return await self._page(await self.ask(path, query, question))

    async def pages(self, path: str, query: Mapping[str, str]) -> AsyncIterator[Page]:
        """Every page of a list. A page may be empty without being the last.

        It ends where the pages begin to repeat. Raises a Failure if something may be missing then.
        """
        paging = Paging(int(query["maxResults"]))
        token, size = "", 0
        for _ in range(PAGES):
            response = await self.ask(path, {**query, "pageToken": token} if token else query)
            if token and response.status_code in (400, 410):
                raise errors.unexpected(response)
            page = await self._page(response)
            if not token and not _OF_A_LIST & page.content.keys():
                raise errors.garbled("no list, not even an empty one")
            size += len(page.body)
            if size > _LARGEST:
                raise too_large(errors.NAME, f"is larger than {_LARGEST // 1024**2} MB")
            if _is_repeated(paging, page):
                break
            yield page
            token = page.next
            if not token:
                return
            if paging.leads_back(token):
                break
        else:
            raise errors.garbled("pages without an end")
        if not paging.may_be_complete:
            raise errors.garbled("the same page again")

    async def _page(self, response: httpx.Response) -> Page:
        if response.status_code != httpx.codes.OK:
            raise errors.failure_of(response)
        try:
            return await parse(response, _read)
        except NotExpected:
            raise errors.garbled("not the JSON it should be") from None


def _is_repeated(paging: Paging, page: Page) -> bool:
    try:
        return paging.repeats(page.items)
    except NotExpected as error:
        raise errors.garbled(str(error)) from None


def _read(body: bytes) -> Page:
    content = read_object(body)
    return Page(body, content, several(content, "items"), verbatim(content, "nextPageToken"))
