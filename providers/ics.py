"""ICS URLs: one address, one calendar (RFC 5545 over HTTP), fetched by conditional request."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import httpx

from oncall_ui.domain import ical
from oncall_ui.domain.availability.window import Window
from providers.base import (
    Cause,
    Changes,
    Content,
    Cursor,
    Digest,
    Discovery,
    Failure,
    Field,
    FieldKind,
    MemberMustAct,
    Product,
    Progress,
    RemoteCalendar,
)
from providers.http import failure_for, is_page, unexplained

CHUNK = 65_536
EVENT = b"BEGIN:VEVENT"
_LONGEST_VALIDATOR = 500
ONLY = ""
"""Remote id of a feed's only calendar."""


class IcsFeed:
    """One address. The calendar's name is in its content, so discovery returns the content as well."""

    def __init__(self, client: httpx.AsyncClient, credentials: Mapping[str, str]) -> None:
        self._client = client
        self._url = credentials["url"]

    async def discover(self) -> Discovery:
        content = await self._download({}, lambda _share, _events=0: None)
        assert content is not None  # the request was unconditional
        return Discovery(
            account=shown(self._url),
            identity=self._url,
            calendars=(RemoteCalendar(ONLY, "", primary=True),),
            content=content,
        )

    async def fetch(self, remote_id: str, window: Window, cursor: Cursor, progress: Progress) -> Content | None:
        return await self._download(cursor, progress)

    async def _download(self, cursor: Cursor, progress: Progress) -> Content | None:
        condition = _conditional(cursor)
        async with self._client.stream("GET", self._url, headers=condition) as response:
            # Its validators are not taken over: a server that mixes up versions would hide a change for ever.
            if response.status_code == httpx.codes.NOT_MODIFIED and condition:
                return None
            if response.status_code != httpx.codes.OK:
                raise failure_of(response)
            body = await _body(response, progress)
        fetched = _cursor(response, body)
        if cursor and fetched["sha256"] == cursor.get("sha256"):
            return None if fetched == cursor else Content((), fetched)
        return Content((body,), fetched)


def interpret(
    parts: tuple[bytes, ...],
    window: Window,
    zone: ZoneInfo,
    previous: Digest | None,
    counted: Callable[[int], None],
) -> Changes:
    (data,) = parts
    # The operator limits the size of a feed, and the client has enforced that while downloading.
    limits = replace(ical.Limits(), bytes=max(ical.Limits().bytes, len(data)))
    return ical.read_changes(data, window, previous, default_zone=zone, on_progress=counted, limits=limits)


def shown(url: str) -> str:
    """What may be shown of a secret address."""
    return f"ICS URL at {urlsplit(url).hostname or ''}"


async def _body(response: httpx.Response, progress: Progress) -> bytes:
    size = int(response.headers.get("content-length", 0) or 0)
    body = bytearray()
    events = 0
    async for chunk in response.aiter_bytes(CHUNK):
        # Misses one split across two chunks: good enough for a progress count.
        events += chunk.count(EVENT)
        body += chunk
        progress(min(len(body) / size, 1.0) if size else None, events)
    return bytes(body)


def _conditional(cursor: Cursor) -> dict[str, str]:
    """The server's last validator (RFC 9110 section 13.1), preferably the ETag."""
    if _is_sendable(etag := cursor.get("etag", "")):
        return {"If-None-Match": etag}
    if _is_sendable(modified := cursor.get("last-modified", "")):
        return {"If-Modified-Since": modified}
    return {}


def _cursor(response: httpx.Response, body: bytes) -> dict[str, str]:
    validators = {name: response.headers.get(name, "") for name in ("etag", "last-modified")}
    kept = {name: value for name, value in validators.items() if _is_sendable(value)}
    return kept | {"sha256": hashlib.sha256(body).hexdigest()}


def _is_sendable(validator: str) -> bool:
    """Whether it can be stored and sent back: a server may send anything, of any length."""
    return 0 < len(validator) <= _LONGEST_VALIDATOR and validator.isascii() and validator.isprintable()


_GONE = (
    Cause.NOT_FOUND,
    "{name} has no calendar at this address ({status}). Copy the address from your calendar again; "
    "if it was reset there, the old one no longer works.",
)
_BY_STATUS = {
    401: (Cause.NEEDS_PASSWORD, "{name} asks for a user name and a password. Enter both below."),
    403: (
        Cause.REFUSED,
        "{name} does not let us read this address (403). Copy the calendar’s secret address again, "
        "or share the calendar publicly.",
    ),
    404: _GONE,
    410: _GONE,
}
_WRONG_LOGIN = {401: (Cause.REFUSED, "{name} refused the user name or the password. Check both and try again.")}
_OTHERWISE = (Cause.REFUSED, "{name} returned no calendar for this address ({status}). Check the address.")


def failure_of(response: httpx.Response) -> Failure:
    """What an answer other than the calendar means, and who can act."""
    if response.status_code == httpx.codes.FORBIDDEN and is_page(response):
        return unexplained(response, response.url.host)
    sent_login = "authorization" in response.request.headers
    return failure_for(
        response, response.url.host, _BY_STATUS | (_WRONG_LOGIN if sent_login else {}), otherwise=_OTHERWISE
    )


def _normalise(values: Mapping[str, str]) -> dict[str, str]:
    credentials = {"url": values["url"].strip()}
    user, password = values.get("user", "").strip(), values.get("password", "")
    if bool(user) != bool(password):
        raise MemberMustAct(
            Cause.BAD_ADDRESS, "A protected address needs both a user name and a password. Otherwise leave both empty."
        )
    return credentials | ({"user": user, "password": password} if user else {})


PRODUCT = Product(
    key="ics",
    name="ICS URL",
    sentence="Any calendar with an address: a secret link, a holiday list, a rota. No account needed.",
    button="Add ICS URL",
    logo="ics.svg",
    title="Add an ICS URL",
    lead="We read the calendar once and show you what we found before anything is saved.",
    fields=(
        Field("url", "URL", FieldKind.ADDRESS, "Starts with https:// or webcal://. Stored encrypted."),
        Field("user", "User name", FieldKind.USER, required=False, folded=True),
        Field("password", "Password", FieldKind.PASSWORD, "Stored encrypted.", required=False, folded=True),
    ),
    folded_label="This address asks for a user name and password",
    help=(
        (
            "google.svg",
            "Google Calendar",
            (
                "On a computer, open **Settings**, then your calendar under “Settings for my calendars”.",
                "Scroll to **Integrate calendar**.",
                "Copy **Secret address in iCal format**. Anyone with it can read this calendar, so treat it like a "
                "password. We store it encrypted.",
            ),
        ),
        (
            "outlook.svg",
            "Outlook and Microsoft 365",
            (
                "In Outlook on the web, open **Settings**, **Calendar**, **Shared calendars**.",
                "Under **Publish a calendar**, choose the calendar and **Can view all details**, then **Publish**.",
                "Copy the **ICS** link.",
            ),
        ),
        (
            "caldav.svg",
            "Nextcloud",
            (
                "In Calendar, open your calendar’s menu and choose **Share link**.",
                "In the menu next to the link, choose **Copy subscription link**.",
            ),
        ),
        (
            "ics.svg",
            "iCloud, Proton, a rota tool …",
            (
                "Look for **Public calendar**, **Share**, **Export** or **Subscribe**.",
                "Copy the address that starts with webcal:// or ends in .ics.",
            ),
        ),
    ),
    normalise=_normalise,
    open=IcsFeed,
    interpret=interpret,
)
