"""A provider without a network, so that the contract doesn't depend on HTTP."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import httpx

from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.imports.events import Event, Occurrence, Reading
from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, Unreadable
from providers.base import Changes, Content, Cursor, Digest, Discovery, Field, Product, Progress, RemoteCalendar


class Account:
    """The remote account: calendars by id, each a list of (title, start, end), and how it refuses."""

    def __init__(self) -> None:
        self.calendars: dict[str, list[tuple[str, datetime, datetime]]] = {}
        self.refusal: Failure | None = None


ACCOUNTS: dict[str, Account] = {}
"""By name, in place of a network."""


class Memory:
    def __init__(self, _client: httpx.AsyncClient, credentials: Mapping[str, str]) -> None:
        self._name = credentials["name"]
        self._account = ACCOUNTS[self._name]

    async def discover(self) -> Discovery:
        self._refuse()
        found = [
            RemoteCalendar(key, key.title(), primary=not number) for number, key in enumerate(self._account.calendars)
        ]
        return Discovery(account=self._name, identity=self._name, calendars=tuple(found))

    async def fetch(self, remote_id: str, window: Window, cursor: Cursor, progress: Progress) -> Content | None:
        self._refuse()
        if remote_id not in self._account.calendars:
            raise MemberMustAct(Cause.NOT_FOUND, "This calendar is gone.")
        events = self._account.calendars[remote_id]
        body = json.dumps([(title, start.timestamp(), end.timestamp()) for title, start, end in events]).encode()
        version = hashlib.sha256(body).hexdigest()
        if cursor.get("version") == version:
            return None
        progress(1.0)
        return Content((body,), {"version": version})

    def _refuse(self) -> None:
        if self._account.refusal is not None:
            raise self._account.refusal


def interpret(
    parts: tuple[bytes, ...],
    window: Window,
    zone: ZoneInfo,
    previous: Digest | None,
    counted: Callable[[int], None],
) -> Changes:
    try:
        rows = json.loads(parts[0])
    except ValueError as error:
        raise Unreadable(Cause.UNREADABLE, "This is not what a memory holds.") from error
    span = (window.start.timestamp(), window.end.timestamp())
    occurrences = [
        Occurrence(int(start), int(end), False, Event(uid=str(number), title=title))
        for number, (title, start, end) in enumerate(rows)
        if start < span[1] and end > span[0]
    ]
    counted(len(rows))
    return Changes(Reading("", "", sorted(occurrences, key=lambda each: each[:2]), [], len(rows)))


PRODUCT = Product(
    key="memory",
    name="Memory",
    sentence="For tests.",
    button="Connect Memory",
    logo="ics.svg",
    title="Connect a memory",
    fields=(Field("name", "Name"),),
    open=Memory,
    interpret=interpret,
)
