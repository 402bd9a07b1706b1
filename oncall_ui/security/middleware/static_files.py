"""Static files from memory: read and compressed once, then sent to every browser without any work."""

import asyncio
import gzip
import hashlib
import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from posixpath import normpath
from weakref import WeakValueDictionary

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 32 * 1024 * 1024
"""Of all files together, with their compressed copies; those asked for least recently are read again."""
LARGEST_FILE = 8 * 1024 * 1024
SMALLEST_COMPRESSED = 500
LEVEL = 9
"""Compressed once, in a thread: the smallest result is worth its time."""
PUBLIC = "public, max-age=3600"
"""Unless the app says how long."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""For a file that is opened by itself, such as an SVG. Scripts and styles follow the policy of their page."""
_COMPRESSIBLE = ("text/", "application/javascript", "application/json", "image/svg+xml", "application/xml")
_KEPT_HEADERS = (
    "content-type",
    "cache-control",
    "last-modified",
    "strict-transport-security",
    "x-content-type-options",
    "referrer-policy",
    "x-frame-options",
    "permissions-policy",
)


@dataclass(frozen=True, slots=True)
class _File:
    headers: dict[str, str]
    body: bytes
    compressed: bytes | None
    tag: str

    @property
    def size(self) -> int:
        return len(self.body) + len(self.compressed or b"")


class StaticFiles:
    """Answers GET and HEAD below `paths` with what `app` answered the first time, if that was 200.

    Every such answer is `public`, has an ETag of its content and no cookie. Everything else goes to `app`.
    """

    def __init__(self, app: ASGIApp, *, paths: Sequence[str], apart_from: Sequence[str] = ()) -> None:
        self._app = app
        self._paths = tuple(paths)
        self._apart_from = tuple(apart_from)
        self._files: OrderedDict[str, _File] = OrderedDict()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or not self._is_ours(scope["path"]):
            await self._app(scope, receive, send)
            return
        found = await self._found(scope)
        with_body = scope["method"] == "GET"
        if isinstance(found, _Answer):
            await found.replay(send, with_body=with_body)
        else:
            await _response(found, Headers(scope=scope), with_body=with_body)(scope, receive, send)

    def _is_ours(self, path: str) -> bool:
        """Only in its normal form, so that one file isn't kept under many names."""
        is_apart = any(path.startswith(each) for each in self._apart_from)
        return path.startswith(self._paths) and not is_apart and normpath(path) == path

    async def _found(self, scope: Scope) -> "_File | _Answer":
        path = scope["path"]
        if path in self._files:
            self._files.move_to_end(path)
            return self._files[path]
        lock = self._locks.setdefault(path, asyncio.Lock())
        async with lock:  # browsers at the same time share one compression
            if path in self._files:
                return self._files[path]
            answer = await _Answer.of(self._app, scope)
            file = await answer.file()
            if file is not None:
                self._keep(path, file)
            return file or answer

    def _keep(self, path: str, file: _File) -> None:
        self._files[path] = file
        while sum(each.size for each in self._files.values()) > MOST_BYTES and len(self._files) > 1:
            self._files.popitem(last=False)


class _Answer:
    """What the app answers to a plain GET, as messages."""

    def __init__(self) -> None:
        self._start: Message = {"type": "http.response.start", "status": 500, "headers": []}
        self._body = bytearray()
        self._has_begun = False

    @classmethod
    async def of(cls, app: ASGIApp, scope: Scope) -> "_Answer":
        answer = cls()
        host = [(name, value) for name, value in scope["headers"] if name.lower() == b"host"]
        plain = {**scope, "method": "GET", "headers": host, "query_string": b"", "extensions": {}}
        try:
            await app(plain, _Silence().receive, answer._take)
        except Exception:
            if not answer._has_begun:  # else it has an error page, and the exception is for the log
                raise
        return answer

    async def _take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start, self._has_begun = message, True
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")

    async def file(self) -> _File | None:
        """None for what isn't to be kept."""
        found = Headers(raw=self._start["headers"])
        caching = found.get("cache-control", PUBLIC)
        if self._start["status"] != 200 or "public" not in caching or len(self._body) > LARGEST_FILE:
            return None
        body = bytes(self._body)
        headers = {"cache-control": PUBLIC, **{name: found[name] for name in _KEPT_HEADERS if name in found}}
        is_text = headers.get("content-type", "").startswith(_COMPRESSIBLE)
        compressed = None
        if is_text and len(body) >= SMALLEST_COMPRESSED:
            compressed = await asyncio.to_thread(gzip.compress, body, LEVEL, mtime=0)
        return _File(headers, body, compressed, hashlib.sha256(body).hexdigest()[:24])

    async def replay(self, send: Send, *, with_body: bool) -> None:
        await send(self._start)
        await send({"type": "http.response.body", "body": bytes(self._body) if with_body else b""})


def _response(file: _File, asked: Headers, *, with_body: bool) -> Response:
    compressed = file.compressed if accepts_gzip(asked.get("accept-encoding", "")) else None
    # One tag for each form (RFC 9110 section 8.8.3.3).
    tag = f'"{file.tag}-gzip"' if compressed is not None else f'"{file.tag}"'
    headers = {**file.headers, "ETag": tag, "Content-Security-Policy": POLICY}
    if file.compressed is not None:
        headers["Vary"] = "Accept-Encoding"
    if _is_known(file.tag, asked.get("if-none-match", "")):
        headers.pop("content-type", None)
        return Response(status_code=304, headers=headers)
    if compressed is not None:
        headers["Content-Encoding"] = "gzip"
    body = file.body if compressed is None else compressed
    headers["Content-Length"] = str(len(body))
    return Response(body if with_body else b"", headers=headers)


def accepts_gzip(header: str) -> bool:
    """Whether an Accept-Encoding header allows gzip (RFC 9110 section 12.5.3)."""
    for each in header.lower().split(","):
        name, _, weight = each.partition(";")
        if name.strip() == "gzip":
            return not re.fullmatch(r"q=0(\.0*)?", weight.replace(" ", ""))
    return False


def _is_known(tag: str, if_none_match: str) -> bool:
    listed = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    return "*" in listed or f'"{tag}"' in listed or f'"{tag}-gzip"' in listed


class _Silence:
    """A browser that sent an empty request, and then nothing."""

    def __init__(self) -> None:
        self._is_sent = False

    async def receive(self) -> Message:
        if self._is_sent:
            await asyncio.Event().wait()
        self._is_sent = True
        return {"type": "http.request", "body": b"", "more_body": False}
