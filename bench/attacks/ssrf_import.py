"""What a hostile CalDAV server answers while a calendar is imported, so that an address of its choice is asked.

Every answer names one vector: as a calendar of the account, as an entry of a calendar, or as where to go instead.
"""

from collections.abc import Callable
from dataclasses import dataclass

HOME = "home"
ACCOUNT = "listed"
"""The account's list of calendars names the vector."""
STORED = "stored"
"""The vector is the calendar itself, as if it had been let through once."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for something below /route/number."""

    method: str
    path: str
    depth: str
    body: str


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: str = ""
    location: str = ""


_CALENDAR = "<D:resourcetype><D:collection/><C:calendar/></D:resourcetype>"
_ETAG = '<D:getetag>"1"</D:getetag>'
_DATA = f"{_ETAG}<C:calendar-data>BEGIN:VCALENDAR&#10;VERSION:2.0&#10;END:VCALENDAR&#10;</C:calendar-data>"
_NONE = Answer(501)


def multistatus(*responses: str) -> str:
    spaces = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
    token = "<D:sync-token>1</D:sync-token>"  # noqa: S105 - of a list, not of a person
    return f'<?xml version="1.0"?><D:multistatus {spaces}>{"".join(responses)}{token}</D:multistatus>'


def response(href: str, properties: str) -> str:
    """`href` is escaped here."""
    shown = href.replace("&", "&amp;").replace("<", "&lt;")
    found = f"<D:propstat><D:prop>{properties}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>"
    return f"<D:response><D:href>{shown}</D:href>{found}</D:response>"


def answer(route: str, asked: Asked, url: str) -> Answer:
    """Of the server whose `route` this is, to one of its questions."""
    if asked.method == "PROPFIND" and asked.depth == "0" and route not in (ACCOUNT, "moved"):
        return Answer(207, multistatus(response(asked.path, _CALENDAR)))
    return _ANSWERS[route](asked, url)


def _listed(asked: Asked, url: str) -> Answer:
    if asked.path.rstrip("/").endswith(f"/{HOME}"):
        return Answer(207, multistatus(response(url, _CALENDAR)))
    home = f"<C:calendar-home-set><D:href>{asked.path.rstrip('/')}/{HOME}/</D:href></C:calendar-home-set>"
    return Answer(207, multistatus(response(asked.path, home)))


def _moved(_asked: Asked, url: str) -> Answer:
    return Answer(307, location=url)


def _entry(asked: Asked, url: str) -> Answer:
    if asked.method == "PROPFIND":
        return Answer(207, multistatus(response(asked.path, _CALENDAR), response(url, _ETAG)))
    return Answer(207, multistatus(response(url, _DATA))) if asked.method == "REPORT" else _NONE


def _one_by_one(asked: Asked, url: str) -> Answer:
    if asked.method == "REPORT":
        return _NONE
    return Answer(302, location=url) if asked.method == "GET" else _entry(asked, url)


def _plain(asked: Asked) -> Answer:
    return Answer(207, multistatus(response(asked.path, _CALENDAR), response(f"{asked.path}1.ics", _ETAG)))


def _multiget(asked: Asked, url: str) -> Answer:
    return _plain(asked) if asked.method == "PROPFIND" else _entry(asked, url)


def _report_moved(asked: Asked, url: str) -> Answer:
    return _plain(asked) if asked.method == "PROPFIND" else Answer(308, location=url)


def _in_pages(asked: Asked, url: str) -> Answer:
    if asked.method == "PROPFIND":
        cut = f"<D:response><D:href>{asked.path}</D:href><D:status>HTTP/1.1 507 Full</D:status></D:response>"
        return Answer(207, multistatus(response(asked.path, _CALENDAR), cut))
    if "sync-collection" in asked.body:
        return Answer(207, multistatus(response(url, _ETAG)))
    return _one_by_one(asked, url)


_ANSWERS: dict[str, Callable[[Asked, str], Answer]] = {
    ACCOUNT: _listed,
    "moved": _moved,
    "entry": _entry,
    "one-by-one": _one_by_one,
    "multiget": _multiget,
    "report-moved": _report_moved,
    "sync": _in_pages,
}
LAST = {
    ACCOUNT: "PROPFIND",
    "moved": "PROPFIND",
    "entry": "REPORT",
    "one-by-one": "GET",
    "multiget": "REPORT",
    "report-moved": "REPORT",
    "sync": "GET",
}
"""The kind of request by which the server is asked last before it could matter."""
ROUTES = (STORED, *_ANSWERS)
"""All of them ask for an import; see `answer`."""
