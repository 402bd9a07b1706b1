"""What the tools have in common: where they are, what they are asked for, and how patiently."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from oncall_ui.domain.imports.failures import Cause, MemberMustAct
from oncall_ui.domain.schedules.rota_import.rota import Entry, Rota, RotaSource
from oncall_ui.domain.schedules.rota_import.rotations import Rotation
from providers.http import Words, failure_for, garbled, parse, retry_after
from providers.json import NotExpected, Object, read_object

ATTEMPTS = 5
LONGEST_WAIT = timedelta(seconds=20)
USUAL_WAIT = timedelta(seconds=1)
BUSY = {httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE}


@dataclass(frozen=True, slots=True)
class Place:
    """A schedule of a tool. `origin` is scheme, host and port, without a slash at the end."""

    origin: str
    schedule: str
    """An id, or a name where the tool's addresses have none."""


@dataclass(frozen=True, slots=True)
class ReadTool:
    """What a tool said: who was on call, and the rotations where it tells them."""

    rota: Rota
    rotations: tuple[Rotation, ...] = ()
    left_out: tuple[str, ...] = ()
    """A sentence about each rotation that can't become a rule."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What is read: the schedule, the span, and the roles a rotation's name may say."""

    place: Place
    since: datetime
    until: datetime
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tool:
    """One product. `read` runs in a worker, over a client that sends the key."""

    source: RotaSource
    name: str
    key_label: str
    key_help: str
    schedule_label: str
    schedule_help: str
    scheme: str
    """What comes before the key in the header Authorization; empty: nothing."""
    place: Callable[[str, str], Place]
    """Schedule and region as typed → where that is. Raises ValueError with a sentence."""
    read: Callable[[httpx.AsyncClient, Ask], Awaitable[ReadTool]]
    regions: Mapping[str, str] = field(default_factory=dict)
    """Name → origin, where a product has several."""
    methods: frozenset[str] = frozenset({"GET"})
    query: str = ""
    """What the key has to be created for, where a tool wants to know."""

    def may_ask(self, origin: str, method: str, url: str) -> bool:
        return method in self.methods and url.startswith(f"{origin}/")


class Api:
    """Requests to one tool. A busy one is asked again, after as long as it says, a few times."""

    def __init__(self, client: httpx.AsyncClient, origin: str, name: str, by_status: Mapping[int, Words]) -> None:
        self._client, self._origin, self._name, self._by_status = client, origin, name, by_status

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> Object:
        """The object it answers with. Raises a Failure."""
        return await self._object(lambda: self._client.get(f"{self._origin}{path}", params=dict(params or {})))

    async def post(self, path: str, body: Mapping[str, Any]) -> Object:
        return await self._object(lambda: self._client.post(f"{self._origin}{path}", json=dict(body)))

    async def _object(self, send: Callable[[], Awaitable[httpx.Response]]) -> Object:
        response = await send()
        for _ in range(ATTEMPTS - 1):
            if response.status_code not in BUSY:
                break
            asked = retry_after(response)
            wait = USUAL_WAIT if asked is None else min(asked, LONGEST_WAIT)
            await asyncio.sleep(wait.total_seconds())
            response = await send()
        if response.status_code != httpx.codes.OK:
            raise failure_for(response, self._name, self._by_status)
        try:
            return await parse(response, read_object)
        except NotExpected as error:
            raise garbled(self._name, str(error)) from None


def spans(since: datetime, until: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
    """The time in pieces of at most so many days."""
    while since < until:
        end = min(since + timedelta(days=days), until)
        yield since, end
        since = end


def united(entries: Iterable[Entry]) -> list[Entry]:
    """Without repeats, and with what was cut put together: pieces of one person in one role that touch are one."""
    found: list[Entry] = []
    for entry in sorted(entries, key=lambda each: (each.role, each.who.key, each.start)):
        before = found[-1] if found else None
        if before and (before.role, before.who.key) == (entry.role, entry.who.key) and entry.start <= before.end:
            found[-1] = replace(before, end=max(before.end, entry.end))
        else:
            found.append(entry)
    return found


def moment(item: Object, key: str) -> datetime:
    """ISO 8601 with an offset. Raises NotExpected."""
    value = item.get(key)
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        raise NotExpected(f"Its “{key}” isn’t a time.") from None
    if found.tzinfo is None:
        raise NotExpected(f"Its “{key}” has no offset.")
    return found.astimezone(UTC)


def utc(at: datetime) -> str:
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def unknown_schedule(name: str, schedule: str, others: Sequence[str]) -> MemberMustAct:
    known = f" It has {', '.join(f'“{each}”' for each in others[:8])}." if others else ""
    sentence = f"{name} shows this key no schedule “{schedule[:60]}”.{known}"
    return MemberMustAct(Cause.NOT_FOUND, sentence, detail="no such schedule")
