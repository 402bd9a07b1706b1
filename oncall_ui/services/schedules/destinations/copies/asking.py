"""Requests to the APIs of other programs, and their answers, which a worker reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater
from oncall_ui.domain.imports.retry_after import parse_retry_after
from oncall_ui.domain.schedules.destinations.answers import check_status, redirects
from oncall_ui.services.schedules.destinations import in_worker
from oncall_ui.services.schedules.destinations.posting import AGENT, LIMITS

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes


class Api:
    """One program's API. `base` has no slash at its end; `headers` may be secret."""

    def __init__(self, app: App, base: str, headers: Mapping[str, str]) -> None:
        self._app, self._base, self._headers = app, base, dict(headers)
        self.host = httpx.URL(base).host

    async def ask(self, method: str, path: str, *, body: bytes = b"", ok: frozenset[int] = frozenset()) -> Reply:
        """Raises a Failure, or RefusedOne, unless it answers with a success or one of `ok`."""
        try:
            async with self._app.http.client(limits=LIMITS, headers={"User-Agent": AGENT, **self._headers}) as client:
                response = await client.request(method, self._base + path, content=body or None)
        except Failure as failure:
            raise self._retold(failure) from None
        if response.status_code not in ok:
            wait = response.headers.get("retry-after") or response.headers.get("ratelimit-reset") or ""
            check_status(response.status_code, self.host, parse_retry_after(wait), where="API key")
        return Reply(response.status_code, response.content)

    async def read(self, reader: Callable[..., T], reply: Reply, *arguments: object) -> T:
        """The reply's body, understood in a worker. Raises a Failure."""
        try:
            found: T = await self._app.workers.converse(
                in_worker.understood, reader, reply.body, arguments, served=_NOTHING
            )
        except Failure as failure:
            sentence = f"{self.host} sent an answer we can’t read."
            raise TryLater(Cause.UNREADABLE, sentence, detail=f"{self.host}: {failure.detail}") from None
        return found

    def _retold(self, failure: Failure) -> Failure:
        if failure.cause is Cause.REDIRECT_LOOP:
            return redirects(self.host)
        if failure.cause is Cause.TOO_LARGE and isinstance(failure, MemberMustAct):
            sentence = f"{self.host} sent an answer we can’t read."
            return TryLater(Cause.UNREADABLE, sentence, detail=failure.detail)
        return failure


_NOTHING: Mapping[str, Any] = {}
"""A worker that reads an answer may ask for nothing."""
