"""A WebDAV server that answers word for word what a test wants, for what no real server can be made to say.

    dav = Dav()
    dav.on("PROPFIND", "/", multistatus(response("/", "<D:displayname>Work</D:displayname>")))
    async with serve(dav) as server: ...

It is strict: what not prepared: is answered with 501 and listed in `unexpected`.
"""

import re
from collections.abc import Callable
from html import escape

from tests.security.http.servers import Asked

Said = bytes | Callable[[Asked], bytes]

CALENDAR = "<D:resourcetype><D:collection/><C:calendar/></D:resourcetype>"
EVENTS = '<C:supported-calendar-component-set><C:comp name="VEVENT"/></C:supported-calendar-component-set>'
NAMESPACES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:S="http://calendarserver.org/ns/"'


class Dav:
    """Answers by method and path; several answers are given one after the other, the last one from then on."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str], list[Said]] = {}
        self.unexpected: list[str] = []

    def on(self, method: str, path: str, *answers: Said) -> None:
        self._answers[method, path] = list(answers)

    def prepared(self, method: str, path: str) -> Callable[[Asked], bytes]:
        """What is answered now, for a test that wants to say otherwise at times."""
        (answer,) = self._answers[method, path]
        return answer if callable(answer) else lambda _asked: answer

    def __call__(self, asked: Asked) -> bytes:
        answers = self._answers.get((asked.method, asked.path))
        if not answers:
            self.unexpected.append(f"{asked.method} {asked.path}")
            return reply(501)
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return answer(asked) if callable(answer) else answer


def account(dav: Dav, home: str = "/cals/", principal: str = "/me/") -> None:
    """The way from the root to one calendar, /cals/work/, that can be read."""
    dav.on("PROPFIND", "/", multistatus(response("/", href("D:current-user-principal", principal))))
    dav.on("PROPFIND", "/me/", multistatus(response("/me/", href("C:calendar-home-set", home))))
    dav.on("PROPFIND", "/cals/", multistatus(response("/cals/work/", CALENDAR + EVENTS)))


def collection(dav: Dav, *events: tuple[str, str], path: str = "/cals/work/") -> None:
    """A calendar of these resources, each (name, iCalendar text), that answers in full."""
    listing = multistatus(
        response(path, CALENDAR), *(response(path + name, f'<D:getetag>"{name}"</D:getetag>') for name, _ in events)
    )

    def looked_at(asked: Asked) -> bytes:
        return listing if asked.headers["depth"] == "1" else multistatus(response(path, CALENDAR + EVENTS))

    def fetched(asked: Asked) -> bytes:
        held = {path + name: data(text) for name, text in events}
        return multistatus(*(response(each, held[each]) for each in wanted(asked)))

    dav.on("PROPFIND", path, looked_at)
    dav.on("REPORT", path, fetched)


def wanted(asked: Asked) -> list[str]:
    """The resources a multiget names."""
    return re.findall(r"<D:href>([^<]*)</D:href>", asked.body.decode())


def data(text: str) -> str:
    return f"<C:calendar-data>{escape(text)}</C:calendar-data>"


def href(name: str, to: str) -> str:
    return f"<{name}><D:href>{to}</D:href></{name}>"


def response(path: str, properties: str = "", *, status: int = 0) -> str:
    """Its properties, or, with a status, only how it went."""
    if status:
        return f"<D:response><D:href>{path}</D:href><D:status>HTTP/1.1 {status} So</D:status></D:response>"
    found = f"<D:propstat><D:prop>{properties}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>"
    return f"<D:response><D:href>{path}</D:href>{found}</D:response>"


def multistatus(*responses: str, token: str = "") -> bytes:
    said = f"<D:sync-token>{token}</D:sync-token>" if token else ""
    return reply(207, f'<?xml version="1.0"?><D:multistatus {NAMESPACES}>{"".join(responses)}{said}</D:multistatus>')


def one_by_one(dav: Dav, *events: tuple[str, str], path: str = "/cals/work/") -> None:
    """Each of these resources answers a GET."""
    for name, text in events:
        dav.on("GET", path + name, reply(200, text, kind="text/calendar"))


def reply(status: int, body: str = "", headers: str = "", kind: str = "application/xml") -> bytes:
    content = body.encode()
    head = f"HTTP/1.1 {status} So\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\nConnection: close\r\n"
    return f"{head}{headers}\r\n".encode() + content
