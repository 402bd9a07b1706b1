"""CalDAV servers that answer a little wrong."""

from collections.abc import Callable

from tests.calendars import calendar, event
from tests.fakes.dav import (
    NAMESPACES,
    Dav,
)
from tests.providers.helpers.caldav import fetched, titles
from tests.security.http.servers import Asked, Server

WORK = "/cals/work/"


def lunch(number: int = 1, title: str = "Lunch") -> str:
    return calendar(event(title, uid=str(number)), zone="").decode()


async def read(server: Server) -> list[str]:
    return titles(await fetched(server.url(), server.url(WORK)))


def raw(body: bytes, status: int = 207, kind: str = "application/xml") -> bytes:
    head = f"HTTP/1.1 {status} So\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


def altered(dav: Dav, method: str, path: str, change: Callable[[Asked, bytes], bytes]) -> None:
    prepared = dav.prepared(method, path)
    dav.on(method, path, lambda asked: change(asked, prepared(asked)))


def multiget(*texts: bytes, before: bytes = b"") -> bytes:
    """Resources 1, 2 … with these texts, written as they are."""
    answers = b"".join(
        b"<D:response><D:href>%s%d.ics</D:href><D:propstat><D:prop><C:calendar-data>%s</C:calendar-data></D:prop>"
        b"<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>" % (WORK.encode(), number, text)
        for number, text in enumerate(texts, 1)
    )
    declared = b'<?xml version="1.0" encoding="utf-8"?>'
    return before + declared + b"<D:multistatus " + NAMESPACES.encode() + b">" + answers + b"</D:multistatus>"
