"""One account on a server, as the rest of the app knows providers."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

import httpx

from oncall_ui.domain import ical
from oncall_ui.domain.events import Problem
from oncall_ui.domain.failures import Cause, MemberMustAct
from oncall_ui.domain.ical.zones.zone_aliases import iana_zone
from oncall_ui.domain.window import Window
from providers.base import Changes, Content, Cursor, Digest, Discovery, Progress
from providers.caldav import discovery, resources
from providers.caldav.joining import joined
from providers.caldav.multistatus import CALENDARSERVER, DAV, Resource
from providers.caldav.trust import host_of
from providers.caldav.webdav import Dav

_ZONE = b"X-WR-TIMEZONE:"


class CalDavAccount:
    def __init__(self, client: httpx.AsyncClient, credentials: Mapping[str, str]) -> None:
        self._dav = Dav(client, credentials)

    async def discover(self) -> Discovery:
        return await discovery.discover(self._dav)

    async def fetch(self, remote_id: str, window: Window, cursor: Cursor, progress: Progress) -> Content | None:
        """All of the calendar, whatever the window: no server is trusted to know when its events repeat."""
        answer = await self._dav.propfind(remote_id, *discovery.CALENDAR)
        here = answer.first()
        if not discovery.is_calendar(here):
            raise _no_calendar(answer.url)
        # Asked before the content: what changes in between is found by the next import.
        version = _version(here)
        if version and all(cursor.get(name) == value for name, value in version.items()):
            return None
        listing = await resources.listed(self._dav, answer.url)
        if listing.version:
            version["etags"] = listing.version
            if cursor.get("etags") == listing.version:
                return None
        return Content((_head(here), *await resources.fetched(self._dav, listing, progress)), version)


def interpret(
    parts: tuple[bytes, ...],
    window: Window,
    zone: ZoneInfo,
    previous: Digest | None,
    counted: Callable[[int], None],
) -> Changes:
    """`parts`: what the collection says of itself, then its resources; bad ones cost only themselves."""
    head, *rest = parts
    whole = [each for each in rest if _is_whole(each)]
    text = b"\n".join([head, *joined(whole)])
    changes = ical.read_changes(text, window, previous, default_zone=_own_zone(head) or zone, on_progress=counted)
    # Lines of all resources joined mean nothing to anybody.
    problems = [replace(problem, line=0) for problem in changes.reading.problems]
    problems += [Problem(0, "", "An entry can’t be read and was left out.", skipped=True)] * (len(rest) - len(whole))
    return replace(changes, reading=replace(changes.reading, problems=problems))


def _version(calendar: Resource) -> dict[str, str]:
    """What the server changes together with anything in the calendar; empty where it has neither."""
    found = {
        "ctag": calendar.text(f"{CALENDARSERVER}getctag"),
        "sync-token": calendar.text(f"{DAV}sync-token"),
    }
    # Hashed, since a server may put anything into them, of any length, and they are stored.
    return {name: hashlib.sha256(value.encode()).hexdigest() for name, value in found.items() if value}


def _head(calendar: Resource) -> bytes:
    name = discovery.name_of(calendar).translate({ord(each): f"\\{each}" for each in "\\,;"})
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"X-WR-CALNAME:{name}"]
    if zone := discovery.zone_of(calendar):
        lines.append(f"{_ZONE.decode()}{zone}")
    return "\n".join([*lines, "END:VCALENDAR", ""]).encode()


def _own_zone(head: bytes) -> ZoneInfo | None:
    line = next((line for line in head.splitlines() if line.startswith(_ZONE)), b"")
    return iana_zone(line.removeprefix(_ZONE).decode(errors="replace"))


def _is_whole(resource: bytes) -> bool:
    text = resource.strip().upper()
    return text.startswith(b"BEGIN:VCALENDAR") and text.endswith(b"END:VCALENDAR")


def _no_calendar(url: str) -> MemberMustAct:
    host = host_of(url)
    sentence = f"{host} no longer has this calendar. Bring it back there, or switch it off here."
    return MemberMustAct(Cause.NOT_FOUND, sentence, detail=f"{host}: no calendar any more")
