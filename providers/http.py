"""What an HTTP answer means, the same for every provider: which failure it is, and how long to stay away."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TypeVar

import httpx

from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater
from oncall_ui.domain.imports.retry_after import parse_retry_after
from providers.base import TURN, Turn

Words = tuple[Cause, str]
"""A cause and its sentence; `{name}` and `{status}` are filled in."""
Parsed = TypeVar("Parsed")
_LARGE = 65_536


def failure_for(
    response: httpx.Response,
    name: str,
    by_status: Mapping[int, Words],
    otherwise: Words | None = None,
    *,
    detail: str = "",
) -> Failure:
    """The failure for an answer other than the one asked for. `name` is the server, as members know it.

    MemberMustAct for a status in `by_status`, and for any other of the 400s where `otherwise` is given. The rest is for
    the server to fix, 429 always: TryLater, with its Retry-After.
    """
    status = response.status_code
    words = by_status.get(status)
    if words is None and status < 400:
        return unasked(response, name, detail=detail)
    if words is None and status == httpx.codes.TOO_MANY_REQUESTS:
        return busy(response, name, detail=detail)
    if words is None and status < 500:
        words = otherwise
    if words is None:
        return server_error(response, name, detail=detail)
    cause, sentence = words
    return MemberMustAct(cause, sentence.format(name=name, status=status), detail=detail or f"HTTP {status}")


def busy(response: httpx.Response, name: str, *, detail: str = "") -> TryLater:
    status = response.status_code
    sentence = f"{name} is busy and asked us to wait ({status})."
    return TryLater(Cause.BUSY, sentence, detail=detail or f"HTTP {status}", retry_after=retry_after(response))


class Unexplained(TryLater):
    """A refusal nobody can explain: it is tried again, and the member is asked once it lasts."""


def unexplained(response: httpx.Response, name: str, *, detail: str = "") -> Unexplained:
    """For a 403 without a reason that is known: often a firewall's, and soon over."""
    status = response.status_code
    page = " with a web page" if is_page(response) else ""
    sentence = f"{name} refused{page} without saying why ({status})."
    return Unexplained(Cause.REFUSED, sentence, detail=detail or f"HTTP {status}, unexplained")


def is_page(response: httpx.Response) -> bool:
    """By its declared type: the body need not have been read."""
    return "html" in response.headers.get("content-type", "").lower()


def server_error(response: httpx.Response, name: str, *, detail: str = "", kind: type[TryLater] = TryLater) -> TryLater:
    status = response.status_code
    sentence = f"{name} answered with an error ({status})."
    return kind(Cause.SERVER_ERROR, sentence, detail=detail or f"HTTP {status}", retry_after=retry_after(response))


def unasked(response: httpx.Response, name: str, *, detail: str = "") -> TryLater:
    """A success or redirect that no request of ours asks for: 204, 206, 300, an unconditional 304 …"""
    status = response.status_code
    if status == httpx.codes.NOT_MODIFIED:
        sentence = f"{name} said that nothing has changed (304), although we asked for everything."
    elif status == httpx.codes.PARTIAL_CONTENT:
        sentence = f"{name} sent only a part, although we asked for everything (206)."
    else:
        sentence = f"{name} gave an unexpected answer ({status})."
    return TryLater(
        Cause.SERVER_ERROR,
        sentence,
        detail=detail or f"HTTP {status}, not asked for",
        retry_after=retry_after(response),
    )


def garbled(name: str, detail: str, cause: Cause = Cause.SERVER_ERROR) -> TryLater:
    """An answer that isn't what its protocol promises."""
    return TryLater(cause, f"{name} sent an answer we can’t read.", detail=detail)


def too_large(name: str, how: str) -> MemberMustAct:
    """`how`: "is larger than 64 MB"."""
    sentence = f"This calendar at {name} {how}, which is more than this server reads. Turn it off here."
    return MemberMustAct(Cause.TOO_LARGE, sentence, detail=f"{name}: too large")


def retry_after(response: httpx.Response) -> timedelta | None:
    """How long the server asks us to stay away (RFC 9110 section 10.2.3); None when it doesn't say."""
    return parse_retry_after(response.headers.get("retry-after", ""))


async def parse(response: httpx.Response, parser: Callable[[bytes], Parsed]) -> Parsed:
    """`parser` of the body: for a large one in a turn, so that few servers' answers are understood at once."""
    body = response.content
    turn: Turn | None = response.extensions.get(TURN)
    if turn is None or len(body) < _LARGE:
        return parser(body)
    async with turn():
        return parser(body)
