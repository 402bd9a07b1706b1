"""What accounts hold at the fake Google: calendars, their events as the API writes them, and when these are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

Item = dict[str, Any]
_numbers = count(1)


@dataclass(slots=True)
class Calendar:
    id: str
    summary: str
    zone: str = "Europe/Berlin"
    role: str = "owner"
    is_primary: bool = False
    is_deleted: bool = False
    is_listed: bool = True
    """Whether it is in the account's list; a public calendar can be read without."""
    override: str = ""
    events: list[Item] = field(default_factory=list)

    def entry(self) -> Item:
        """As the account's list shows it."""
        entry: Item = {"kind": "calendar#calendarListEntry", "id": self.id, "summary": self.summary}
        entry |= {"timeZone": self.zone, "accessRole": self.role}
        entry |= {"summaryOverride": self.override} if self.override else {}
        return entry | ({"primary": True} if self.is_primary else {}) | ({"deleted": True} if self.is_deleted else {})

    def between(self, begin: datetime, end: datetime) -> list[Item]:
        """Events that end after `begin` and start before `end`; those without readable times always included."""
        found = []
        for item in self.events:
            span = self.span(item)
            if span is None or (span[1] > begin and span[0] < end):
                found.append(item if self.role != "freeBusyReader" else _hidden(item))
        return found

    def busy(self, begin: datetime, end: datetime) -> list[dict[str, str]]:
        """Spans without gaps or overlaps, cut off at both ends."""
        spans = [(max(start, begin), min(stop, end)) for start, stop in self._opaque() if start < end and stop > begin]
        return [
            {"start": f"{start:%Y-%m-%dT%H:%M:%SZ}", "end": f"{stop:%Y-%m-%dT%H:%M:%SZ}"}
            for start, stop in _joined(spans)
        ]

    def span(self, item: Item) -> tuple[datetime, datetime] | None:
        try:
            return self._moment(item["start"]), self._moment(item["end"])
        except (KeyError, ValueError, TypeError):
            return None

    def _opaque(self) -> Iterator[tuple[datetime, datetime]]:
        for item in self.events:
            if (
                item.get("transparency") != "transparent"
                and item.get("status") != "cancelled"
                and (span := self.span(item))
            ):
                yield span

    def _moment(self, value: Item) -> datetime:
        zone = ZoneInfo(value.get("timeZone", self.zone))
        if "date" in value:
            day = date.fromisoformat(value["date"])
            return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
        moment = datetime.fromisoformat(value["dateTime"])
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


@dataclass(slots=True)
class Account:
    email: str
    subject: str
    calendars: dict[str, Calendar] = field(default_factory=dict)

    @property
    def primary(self) -> Calendar:
        return next(each for each in self.calendars.values() if each.is_primary)

    def add(self, calendar_id: str, summary: str, **more: Any) -> Calendar:
        self.calendars[calendar_id] = Calendar(calendar_id, summary, **more)
        return self.calendars[calendar_id]


def timed(title: str, start: datetime, end: datetime, **more: Any) -> Item:
    """An event from one moment to another."""
    return _item(title, {"dateTime": start.isoformat()}, {"dateTime": end.isoformat()}, more)


def days(title: str, first: date, end: date, **more: Any) -> Item:
    """An event of whole days; `end` does not belong to it."""
    return _item(title, {"date": first.isoformat()}, {"date": end.isoformat()}, more)


def _item(title: str, start: Item, end: Item, more: Item) -> Item:
    number = next(_numbers)
    item: Item = {"kind": "calendar#event", "id": f"event{number}", "iCalUID": f"event{number}@google.com"}
    item |= {"status": "confirmed", "eventType": "default", "summary": title, "start": start, "end": end}
    item |= {"etag": f'"{number}"', "htmlLink": f"https://www.google.com/calendar/event?eid={number}"}
    return item | more


def _hidden(item: Item) -> Item:
    kept = ("kind", "id", "iCalUID", "status", "start", "end")
    return {name: item[name] for name in kept if name in item} | {"visibility": "private"}


def _joined(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    found: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found
