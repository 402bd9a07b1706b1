"""One CalDAV account: the Provider, and how its content is interpreted."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

import httpx

from oncall_ui.domain import ical
from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.ical.zones.zone_aliases import iana_zone
from oncall_ui.domain.imports.events import Problem
from oncall_ui.domain.imports.failures import Cause, MemberMustAct
from providers.base import Changes, Content, Cursor, Digest, Discovery, Progress
from providers.caldav import discovery, resources
from providers.caldav.merge_resources import merged
from providers.caldav.multistatus import CALENDARSERVER, DAV, Resource
from providers.caldav.trust import host_of
from providers.caldav.webdav import Dav, incomplete

FRESH_SECONDS = 60
"""More than the second itself, since the clocks behind one server may differ."""
_SECONDS = 10
"""Digits of a time in seconds since 1970."""
_ZONE = b"X-WR-TIMEZONE:"


class CalDavAccount:
    def __init__(self, client: httpx.AsyncClient, credentials: Mapping[str, str]) -> None:
        self._dav = Dav(client, credentials)

    async def discover(self) -> Discovery:
        return await discovery.discover(self._dav)

    async def fetch(self, remote_id: str, window: Window, cursor: Cursor, progress: Progress) -> Content | None:
        """The whole calendar, whatever the window: servers are unreliable at expanding recurrences."""
        answer = await self._dav.propfind(remote_id, *discovery.CALENDAR)
        here = answer.first()
        if not answer.resources or here.status >= 500:
            # It says nothing about the calendar, or that it can't just now: neither means that it is gone.
            raise incomplete(answer.url)
        if not discovery.is_calendar(here):
            raise _gone(answer.url)
        # Asked before the content, so that a change in between is found by the next import.
        version = _version(here, answer.answered_at)
        if version and all(cursor.get(name) == value for name, value in version.items()):
            return None
        listing = await resources.listed(self._dav, answer.url)
        if listing.version:
            version["etags"] = listing.version
            if cursor.get("etags") == listing.version:
                return None if version == cursor else Content((), version)
        return Content((_header(here), *await resources.fetched(self._dav, listing, progress)), version)


def interpret(
    parts: tuple[bytes, ...],
    window: Window,
    zone: ZoneInfo,
    previous: Digest | None,
    counted: Callable[[int], None],
) -> Changes:
    """`parts`: a header with the collection's name and zone, then its resources. Unreadable ones are skipped."""
    header, *rest = parts
    whole = [each for each in rest if _is_whole(each)]
    text = b"\n".join([header, *merged(whole)])
    changes = ical.read_changes(text, window, previous, default_zone=_own_zone(header) or zone, on_progress=counted)
    # Line numbers in the merged text mean nothing to the member.
    problems = [replace(problem, line=0) for problem in changes.reading.problems]
    problems += [Problem(0, "", "An entry can’t be read and was left out.", skipped=True)] * (len(rest) - len(whole))
    return replace(changes, reading=replace(changes.reading, problems=problems))


def _version(calendar: Resource, answered_at: float) -> dict[str, str]:
    """The tokens that change with anything in the calendar; empty if the server has none that can be relied on."""
    found = {
        "ctag": calendar.text(f"{CALENDARSERVER}getctag"),
        "sync-token": calendar.text(f"{DAV}sync-token"),
    }
    # Hashed because they are stored, and a server may send anything, of any length.
    if any(_is_fresh(value, answered_at) for value in found.values()):
        return {}
    return {name: hashlib.sha256(value.encode()).hexdigest() for name, value in found.items() if value}


def _is_fresh(token: str, answered_at: float) -> bool:
    """Whether it is the time of the last change, in seconds (SOGo), and a further one may still have the same.

    Then the list of resources decides until the calendar changes or is read in full, which happens once a day.
    """
    value = token.strip('"-')
    return value.isdecimal() and len(value) == _SECONDS and abs(answered_at - int(value)) < FRESH_SECONDS


def _header(calendar: Resource) -> bytes:
    name = discovery.name_of(calendar).translate({ord(each): f"\\{each}" for each in "\\,;"})
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"X-WR-CALNAME:{name}"]
    if zone := discovery.zone_of(calendar):
        lines.append(f"{_ZONE.decode()}{zone}")
    return "\n".join([*lines, "END:VCALENDAR", ""]).encode()


def _own_zone(header: bytes) -> ZoneInfo | None:
    line = next((line for line in header.splitlines() if line.startswith(_ZONE)), b"")
    return iana_zone(line.removeprefix(_ZONE).decode(errors="replace"))


def _is_whole(resource: bytes) -> bool:
    text = resource.strip().upper()
    return text.startswith(b"BEGIN:VCALENDAR") and text.endswith(b"END:VCALENDAR")


def _gone(url: str) -> MemberMustAct:
    host = host_of(url)
    sentence = f"{host} no longer has this calendar. Restore it there, or turn it off here."
    return MemberMustAct(Cause.NOT_FOUND, sentence, detail=f"{host}: calendar gone")
