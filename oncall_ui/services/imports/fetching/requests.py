"""The requests of a provider in a worker process, sent from here, where the password and the access token are.

A request goes only to the servers that its connection was made for: this is checked here, whatever was checked in the
worker. Nothing of an answer is understood here, or held: status, headers and pieces of the body are passed on as they
come.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx
import structlog

from oncall_ui.domain.imports.failures import Cause, TryLater
from oncall_ui.worker import Served

log = structlog.get_logger()

PIECE = 65_536
"""Bytes of a body passed on at once."""
SMALL = 16 * PIECE
"""What is passed on of a body as it comes. The rest follows in turn with all other large ones."""
PAUSE = 0.002
"""Seconds between two pieces of large bodies, so that most of the event loop's time is for pages."""
OURS = {"authorization", "connection", "content-length", "cookie", "host", "proxy-authorization", "transfer-encoding"}
"""Headers that this process sets or leaves out, whatever a worker says."""
MayAsk = Callable[[str, str], bool]
"""(method, URL) → whether that request may be sent."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the provider made it."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    content: bytes
    is_streamed: bool
    """Whether the head of the answer is wanted before its body."""
    is_challenged: bool
    """Whether to answer a challenge other than Basic; see `Product.challenged`."""


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of an answer."""

    status: int
    url: str
    """Where it came from, after redirects."""
    headers: tuple[tuple[bytes, bytes], ...]
    has_login: bool
    """Whether that request carried credentials."""
    body: bytes
    more: int
    """To be given to `read` for the rest of the body; 0: that is all."""


class Requests:
    """Of one conversation with a server, through its guarded client. `close` ends what the provider left open.

    `large` is one lock for all conversations of the app. Redirects are the client's, which drops every login where one
    leads to another server.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        may_ask: MayAsk,
        challenged: Callable[[], httpx.Auth] | None,
        large: asyncio.Lock,
    ) -> None:
        self._client, self._may_ask, self._challenged = client, may_ask, challenged
        self._has_refused = False
        self._login: httpx.Auth | None = None
        self._large = large
        self._ids = count(1)
        self._sizes: Counter[int] = Counter()
        self._open: dict[int, tuple[httpx.Response, AsyncIterator[bytes]]] = {}
        self._first: tuple[Asked, Head] | None = None

    @property
    def served(self) -> Served:
        """What the worker may ask for."""
        return {"send": self.send, "read": self.read, "drop": self.drop}

    async def begin(self, asked: Asked) -> Head:
        """As `send`. The same request gets the same answer once more."""
        head = await self.send(asked)
        self._first = asked, head
        return head

    async def send(self, asked: Asked) -> Head:
        """Raises a Failure, also for a request that may not be sent."""
        first, self._first = self._first, None
        if first and first[0] == asked:
            return first[1]
        request = self._built(asked)
        if not self._may_ask(request.method, str(request.url)):
            raise self._refused(request)
        response = await self._client.send(request, stream=True, auth=self._auth(asked))
        number = next(self._ids)
        self._open[number] = response, response.aiter_bytes(PIECE)
        body = b"" if asked.is_streamed else await self.read(number)
        return Head(
            status=response.status_code,
            url=str(response.url),
            headers=tuple(response.headers.raw),
            has_login="authorization" in response.request.headers,
            body=body,
            more=0 if not asked.is_streamed and len(body) < PIECE else number,
        )

    async def read(self, number: int) -> bytes:
        """The next piece of a body, all but the last PIECE long; empty after the last. Raises a Failure."""
        response, pieces = self._open[number]
        if self._sizes[number] >= SMALL:
            async with self._large:
                await asyncio.sleep(PAUSE)
        piece = await anext(pieces, b"")
        self._sizes[number] += len(piece)
        if len(piece) < PIECE:
            del self._open[number]
            await response.aclose()
        return piece

    async def drop(self, number: int) -> None:
        """The rest of this body isn't wanted."""
        if found := self._open.pop(number, None):
            await found[0].aclose()

    async def close(self) -> None:
        for number in list(self._open):
            with contextlib.suppress(Exception):  # of connections that are closed anyway
                await self.drop(number)

    def _built(self, asked: Asked) -> httpx.Request:
        headers = [(name, value) for name, value in asked.headers if name.lower() not in OURS]
        return self._client.build_request(asked.method, asked.url, headers=headers, content=asked.content or None)

    def _refused(self, request: httpx.Request) -> TryLater:
        """No provider of ours asks for such a request: the worker is broken, or somebody else's."""
        if not self._has_refused:  # a worker that goes on asking doesn't fill the log
            log.error("request of a worker refused", method=request.method, host=request.url.host)
            self._has_refused = True
        sentence = "Something went wrong on this server. Its log says what."
        return TryLater(Cause.SERVER_ERROR, sentence, detail="a worker asked for what its connection isn’t for")

    def _auth(self, asked: Asked) -> Any:
        if not asked.is_challenged or self._challenged is None:
            return httpx.USE_CLIENT_DEFAULT
        self._login = self._login or self._challenged()
        return self._login
