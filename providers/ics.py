"""An address that answers with a calendar (RFC 5545 over HTTP)."""

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
    TryLater,
)
from providers.http import retry_after

CHUNK = 65_536
EVENT = b"BEGIN:VEVENT"
ONLY = ""
"""The remote id of a feed's only calendar."""


class IcsFeed:
    """One address. The calendar's name is in the content, so discovery hands the content on."""

    def __init__(self, client: httpx.AsyncClient, credentials: Mapping[str, str]) -> None:
        self._client = client
        self._url = credentials["url"]

    async def discover(self) -> Discovery:
        content = await self._download({}, lambda _share, _events=0: None)
        assert content is not None  # nothing conditional was asked
        return Discovery(
            account=shown(self._url),
            identity=self._url,
            calendars=(RemoteCalendar(ONLY, "", primary=True),),
            content=content,
        )

    async def fetch(self, remote_id: str, window: Window, cursor: Cursor, progress: Progress) -> Content | None:
        return await self._download(cursor, progress)

    async def _download(self, cursor: Cursor, progress: Progress) -> Content | None:
        async with self._client.stream("GET", self._url, headers=_conditional(cursor)) as response:
            if response.status_code == httpx.codes.NOT_MODIFIED:
                return None
            if failure := _refusal(response):
                raise failure
            body = await _body(response, progress)
        fetched = _cursor(response, body)
        if cursor and fetched["sha256"] == cursor.get("sha256"):
            return None
        return Content((body,), fetched)


def interpret(
    parts: tuple[bytes, ...],
    window: Window,
    zone: ZoneInfo,
    previous: Digest | None,
    counted: Callable[[int], None],
) -> Changes:
    (data,) = parts
    # How large a feed may be is the operator's to say, and was enforced while it arrived.
    limits = replace(ical.Limits(), bytes=max(ical.Limits().bytes, len(data)))
    return ical.read_changes(data, window, previous, default_zone=zone, on_progress=counted, limits=limits)


def shown(url: str) -> str:
    """What may be shown of an address that is a secret."""
    return f"ICS URL at {urlsplit(url).hostname or ''}"


async def _body(response: httpx.Response, progress: Progress) -> bytes:
    size = int(response.headers.get("content-length", 0) or 0)
    body = bytearray()
    events = 0
    async for chunk in response.aiter_bytes(CHUNK):
        # One that lies across two chunks is missed: good enough for a number that is rising.
        events += chunk.count(EVENT)
        body += chunk
        progress(min(len(body) / size, 1.0) if size else None, events)
    return bytes(body)


def _conditional(cursor: Cursor) -> dict[str, str]:
    """RFC 9110 section 13.1: the validator the server gave; an ETag is the stronger one."""
    if etag := cursor.get("etag"):
        return {"If-None-Match": etag}
    if modified := cursor.get("last-modified"):
        return {"If-Modified-Since": modified}
    return {}


def _cursor(response: httpx.Response, body: bytes) -> dict[str, str]:
    kept = {name: response.headers[name] for name in ("etag", "last-modified") if name in response.headers}
    return kept | {"sha256": hashlib.sha256(body).hexdigest()}


_MEMBER_MUST_ACT = {
    401: (Cause.NEEDS_PASSWORD, "{host} asks for a user name and a password. Fill in both below."),
    403: (
        Cause.REFUSED,
        "{host} does not let us read this address (403). Copy the calendar’s secret address again, "
        "or share the calendar publicly.",
    ),
    404: (
        Cause.NOT_FOUND,
        "{host} has no calendar at this address ({status}). Copy the address from your calendar once more; "
        "if it was reset there, the old one has stopped working.",
    ),
}
_MEMBER_MUST_ACT[410] = _MEMBER_MUST_ACT[404]
_REFUSED_LOGIN = (Cause.REFUSED, "{host} refused the user name or the password. Check both and try again.")
_ANYTHING_ELSE = (Cause.REFUSED, "{host} does not hand out a calendar at this address ({status}).")
_TRY_LATER = {429: (Cause.BUSY, "{host} asks us to come back later (429).")}
_SERVER_ERROR = (Cause.SERVER_ERROR, "{host} is not answering properly ({status}).")


def _refusal(response: httpx.Response) -> Failure | None:
    """What an answer other than the calendar means, and who can act."""
    status, host, detail = response.status_code, response.url.host, f"HTTP {response.status_code}"
    if status == httpx.codes.OK:
        return None
    if status == 429 or status >= 500:
        cause, words = _TRY_LATER.get(status, _SERVER_ERROR)
        sentence = words.format(host=host, status=status)
        return TryLater(cause, sentence, detail=detail, retry_after=retry_after(response))
    cause, words = _MEMBER_MUST_ACT.get(status, _ANYTHING_ELSE)
    if status == 401 and "authorization" in response.request.headers:
        cause, words = _REFUSED_LOGIN
    return MemberMustAct(cause, words.format(host=host, status=status), detail=detail)


def _normalise(values: Mapping[str, str]) -> dict[str, str]:
    credentials = {"url": values["url"].strip()}
    user, password = values.get("user", "").strip(), values.get("password", "")
    if bool(user) != bool(password):
        raise MemberMustAct(
            Cause.BAD_ADDRESS, "A protected address needs both, a user name and a password. Leave both empty otherwise."
        )
    return credentials | ({"user": user, "password": password} if user else {})


PRODUCT = Product(
    key="ics",
    name="ICS URL",
    sentence="Any address that answers with a calendar: a secret address, a holiday list, a rota. No account needed.",
    button="Add ICS URL",
    logo="ics.svg",
    title="Add an ICS URL",
    lead="We open the address once before anything is saved, and show you what we found.",
    fields=(
        Field("url", "URL", FieldKind.ADDRESS, "Begins with https:// or webcal://. It is stored encrypted."),
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
                "Scroll down to **Integrate calendar**.",
                "Copy **Secret address in iCal format**. It lets anyone read this calendar, so treat it like a "
                "password; we store it encrypted.",
            ),
        ),
        (
            "outlook.svg",
            "Outlook and Microsoft 365",
            (
                "In Outlook on the web, open **Settings**, **Calendar**, **Shared calendars**.",
                "Under **Publish a calendar** choose the calendar and **Can view all details**, then **Publish**.",
                "Copy the **ICS** link.",
            ),
        ),
        (
            "caldav.svg",
            "Nextcloud",
            (
                "In Calendar, open the menu of your calendar and choose **Share link**.",
                "In the menu beside the link choose **Copy subscription link**.",
            ),
        ),
        (
            "ics.svg",
            "iCloud, Proton, a rota tool …",
            (
                "Look for **Public calendar**, **Share**, **Export** or **Subscribe**.",
                "Copy the address that begins with webcal:// or ends in .ics.",
            ),
        ),
    ),
    normalise=_normalise,
    open=IcsFeed,
    interpret=interpret,
)
