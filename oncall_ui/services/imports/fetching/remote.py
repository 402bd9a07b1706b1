"""The HTTP client of a provider: another process sends each request, and this one builds the response."""

from collections.abc import AsyncIterator
from typing import Any, Protocol

import httpx

from oncall_ui.security.http.urls import parsed_url
from oncall_ui.services.imports.fetching.requests import OURS, PIECE, Asked, Head, Requests
from oncall_ui.worker import Link
from providers.base import TURN


class Sender(Protocol):
    """A `Link`, or what replaces it."""

    async def ask(self, name: str, *arguments: object) -> Any: ...

    def tell(self, name: str, *arguments: object) -> None: ...


class HandedOver(BaseException):
    """The first answer has content, so it is for a worker. Not an Exception: nothing on the way may handle it."""


class Probe:
    """Sends in this process what needs no understanding: up to the first answer with content, which it hands over."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    async def ask(self, name: str, *arguments: object) -> Any:
        assert name == "send"  # no provider reads on after an answer without content
        head = await self._requests.begin(*arguments)  # type: ignore[arg-type]  # as RemoteClient passes them
        if head.status != httpx.codes.NOT_MODIFIED:
            raise HandedOver
        return head

    def tell(self, name: str, *arguments: object) -> None:
        """The conversation's end closes what it leaves open."""


class RemoteClient(httpx.AsyncClient):
    """Its requests raise Failures, as those of the guarded client do."""

    def __init__(self, sender: Sender) -> None:
        super().__init__(transport=_Nowhere(), trust_env=False)
        self.headers.clear()
        self._sender = sender

    def build_request(self, method: str, url: httpx.URL | str, **options: Any) -> httpx.Request:
        return super().build_request(method, parsed_url(str(url)), **options)

    async def send(
        self, request: httpx.Request, *, stream: bool = False, auth: Any = httpx.USE_CLIENT_DEFAULT, **_: Any
    ) -> httpx.Response:
        asked = Asked(
            method=request.method,
            url=str(request.url),
            headers=tuple((name, value) for name, value in request.headers.items() if name not in OURS),
            content=await request.aread(),
            is_streamed=stream,
            is_challenged=isinstance(auth, httpx.Auth),
        )
        head: Head = await self._sender.ask("send", asked)
        response = httpx.Response(
            head.status,
            headers=list(head.headers),
            stream=_Body(self._sender, head),
            request=httpx.Request(request.method, head.url, headers={"Authorization": "-"} if head.has_login else {}),
            extensions={TURN: self._sender.turn} if isinstance(self._sender, Link) else {},
        )
        if not stream:
            await response.aread()
        return response


class _Body(httpx.AsyncByteStream):
    def __init__(self, sender: Sender, head: Head) -> None:
        self._sender, self._more, self._piece = sender, head.more, head.body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._piece
        while self._more:
            piece: bytes = await self._sender.ask("read", self._more)
            if len(piece) < PIECE:
                self._more = 0
            yield piece

    async def aclose(self) -> None:
        if self._more:
            self._sender.tell("drop", self._more)
            self._more = 0


class _Nowhere(httpx.AsyncBaseTransport):
    """No request gets here; without it httpx would read the system's certificates."""
