"""One conversation with the Google Calendar API: single questions, and lists that come in pages."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from oncall_ui.domain.ical import Limits
from oncall_ui.domain.imports.failures import Cause, MemberMustAct
from providers.google import errors
from providers.google.values import NotExpected, Object, read_object, several

PAGES = 200
_LARGE = 65_536
_LARGEST = Limits().bytes


@dataclass(frozen=True, slots=True)
class Page:
    """One piece of a list; `body` is what `content` was read from."""

    body: bytes
    content: Object
    items: list[Any]
    next: str


class Api:
    """Raises MemberMustAct and TryLater, and nothing else."""

    def __init__(self, client: httpx.AsyncClient, url: str) -> None:
        self._client, self._url = client, url.rstrip("/")

    async def ask(self, path: str, query: Mapping[str, str], question: object | None = None) -> httpx.Response:
        """Any answer to a GET, or to a POST of `question`; `path` may be an address of its own."""
        url = path if "://" in path else f"{self._url}/{path}"
        if question is None:
            return await self._client.get(url, params=query)
        return await self._client.post(url, params=query, json=question)

    async def answer(self, path: str, query: Mapping[str, str], question: object | None = None) -> Page:
        """A page of its own, whatever it holds."""
        return await self._page(await self.ask(path, query, question))

    async def pages(self, path: str, query: Mapping[str, str]) -> AsyncIterator[Page]:
        """A list to its end: a page may be empty and still not be the last one."""
        tokens = {""}
        token, size = "", 0
        for _ in range(PAGES):
            response = await self.ask(path, {**query, "pageToken": token} if token else query)
            if token and response.status_code in (400, 410):
                raise errors.later(response)
            page = await self._page(response)
            size += len(page.body)
            if size > _LARGEST:
                raise _too_large()
            yield page
            token = page.next
            if not token:
                return
            if token in tokens:
                break
            tokens.add(token)
        raise errors.garbled("pages without an end")

    async def _page(self, response: httpx.Response) -> Page:
        if response.status_code != httpx.codes.OK:
            raise errors.refusal(response)
        body = response.content
        try:
            # Parsing megabytes would keep every page of every member waiting.
            return _read(body) if len(body) < _LARGE else await asyncio.to_thread(_read, body)
        except NotExpected:
            raise errors.garbled("not the JSON it should be") from None


def _read(body: bytes) -> Page:
    content = read_object(body)
    token = content.get("nextPageToken", "")
    if not isinstance(token, str):
        raise NotExpected
    return Page(body, content, several(content.get("items")), token)


def _too_large() -> MemberMustAct:
    sentence = (
        f"This calendar is larger than {_LARGEST // 1024**2} MB, more than this server reads. Switch it off here."
    )
    return MemberMustAct(Cause.TOO_LARGE, sentence, detail="too large")
