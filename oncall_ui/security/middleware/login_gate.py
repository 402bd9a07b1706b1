"""Log-ins that come faster than a browser would send them are turned away before they cost anything."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from oncall_ui.security.login_throttle import counted_address

PATHS = ("/login", "/login/wait", "/setup", "/login/forgot")
AT_ONCE, AT_ONCE_IN_ALL = 10, 40
"""Being answered, from one address and from all: a team in the morning."""
KNOWN_IN_ALL = 20
"""The same for browsers that have the cookie of one that is known, apart from all others. Not yet verified here."""
HELD, HELD_IN_ALL = 200, 400
"""Turned away only after a while, so that who tries again at once has little to gain; more are turned away at once."""
HOLD_SECONDS = 3.0
LARGEST_BODY = 32 * 1024
BODY_SECONDS = 10.0
SENTENCE = "Too many attempts. Try again in 2 s.\n"


class LoginGate:
    """Outside of sessions, forms and pages: a request that is turned away costs a fraction of one that isn't.

    `cookie` is the name of the cookie of known browsers.
    """

    def __init__(self, app: ASGIApp, *, cookie: str, hold_seconds: float = HOLD_SECONDS) -> None:
        self._app = app
        self._cookie = f"{cookie}=".encode()
        self._hold_seconds = hold_seconds
        self._inside: Counter[str] = Counter()
        self._known: Counter[str] = Counter()
        self._held: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] not in PATHS:
            await self._app(scope, receive, send)
            return
        client = scope.get("client")
        address = counted_address(client[0] if client else "")
        is_known = any(name == b"cookie" and self._cookie in value for name, value in scope["headers"])
        inside, in_all = (self._known, KNOWN_IN_ALL) if is_known else (self._inside, AT_ONCE_IN_ALL)
        body = await _body(receive)
        if body is None:
            await PlainTextResponse("The form is too large or too slow.\n", 413)(scope, receive, send)
        elif _has_room(inside, address, AT_ONCE, in_all):
            with _counted(inside, address):
                await self._app(scope, _again(body, receive), send)
        else:
            await self._turn_away(address, scope, receive, send)

    async def _turn_away(self, address: str, scope: Scope, receive: Receive, send: Send) -> None:
        if _has_room(self._held, address, HELD, HELD_IN_ALL):
            with _counted(self._held, address):
                await asyncio.sleep(self._hold_seconds)
        refusal = PlainTextResponse(SENTENCE, 429, {"Retry-After": "2", "Connection": "close"})
        await refusal(scope, receive, send)


async def _body(receive: Receive) -> bytes | None:
    """The form, read before it takes a place, which nobody can keep by sending slowly. None: too large or too slow."""
    read = bytearray()
    with suppress(TimeoutError):
        async with asyncio.timeout(BODY_SECONDS):
            while len(read) <= LARGEST_BODY:
                message = await receive()
                read += message.get("body", b"")
                if not message.get("more_body", False):
                    return bytes(read) if len(read) <= LARGEST_BODY else None
    return None


def _again(body: bytes, receive: Receive) -> Receive:
    """Receives the body once more, then what comes after it."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return messages.pop() if messages else await receive()

    return again


def _has_room(counter: Counter[str], address: str, most: int, in_all: int) -> bool:
    return counter[address] < most and counter.total() < in_all


@contextmanager
def _counted(counter: Counter[str], address: str) -> Iterator[None]:
    counter[address] += 1
    try:
        yield
    finally:
        counter[address] -= 1
        if not counter[address]:
            del counter[address]
