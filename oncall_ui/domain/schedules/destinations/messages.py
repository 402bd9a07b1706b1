"""Events as people read them in a channel: a heading, and a few lines."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.destinations.kinds import EventKind

MOST_LINES = 6
NOBODY = "Nobody"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Message:
    heading: str
    lines: tuple[str, ...]
    url: str
    is_urgent: bool = False
    opens: str = "Open schedule"
    """What the link to `url` is called."""

    @property
    def text(self) -> str:
        return "\n".join((self.heading, *self.lines))


def message_of(kind: EventKind, facts: Mapping[str, Any], url: str) -> Message:
    """Times are those of the schedule's zone. Raises LookupError for facts that aren't of that kind."""
    schedule, data = facts["schedule"], facts["data"]
    writer = _Writer(str(schedule["name"]), zone_of(str(schedule["zone"])), data)
    heading, lines = writer.write(kind)
    is_urgent = kind is EventKind.GAP_SOON and data.get("within_hours", 0) <= 24
    return Message(heading, tuple(lines), url, is_urgent)


class _Writer:
    def __init__(self, name: str, zone: ZoneInfo, data: Mapping[str, Any]) -> None:
        self._name, self._zone, self._data = name, zone, data

    def write(self, kind: EventKind) -> tuple[str, list[str]]:
        writers: Mapping[EventKind, tuple[str, Callable[[], Iterable[str]]]] = {
            EventKind.PLAN_PUBLISHED: ("plan published", self._changes),
            EventKind.ASSIGNMENT_CHANGED: ("shifts changed hands", self._changes),
            EventKind.HANDOFF: (f"{self._who('after')} is on call now", self._until),
            EventKind.GAP_SOON: ("nobody is on call", self._gap),
            EventKind.CONFLICT_OPENED: ("conflict", self._conflict),
            EventKind.CONFLICT_CLOSED: ("conflict over", self._conflict),
            EventKind.TEST: ("test", self._test),
        }
        heading, lines = writers[kind]
        return f"{self._name}: {heading}", list(lines())

    def _changes(self) -> Iterator[str]:
        changes = self._data["changes"]
        for each in changes[:MOST_LINES]:
            before, after = _name(each["before"]), _name(each["after"])
            yield (
                f"{self._span(each)}: {after} instead of {before}"
                if before != NOBODY
                else f"{self._span(each)}: {after}"
            )
        if (more := len(changes) - MOST_LINES) > 0:
            yield f"and {more} more"

    def _until(self) -> Iterator[str]:
        words = f"{_role(self._data)}, until {self._moment(self._data['end'])}"
        before = self._who("before")
        yield words if before == NOBODY else f"{words}. Before: {before}"

    def _gap(self) -> Iterator[str]:
        yield self._span(self._data)

    def _test(self) -> Iterator[str]:
        yield "On-Call Optimizer can send messages here."

    def _conflict(self) -> Iterator[str]:
        if "start" in self._data and "end" in self._data:
            yield f"{self._span(self._data)}: {self._who('person')}"
        if why := self._data.get("why"):
            yield str(why)

    def _who(self, key: str) -> str:
        return _name(self._data.get(key))

    def _span(self, each: Mapping[str, Any]) -> str:
        """`Primary, Tue 8 Dec 09:00 – Wed 9 Dec 09:00`."""
        return f"{_role(each)}, {self._moment(each['start'])} – {self._moment(each['end'])}"

    def _moment(self, text: str) -> str:
        local = datetime.fromisoformat(text).astimezone(self._zone)
        return f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]} {local:%H:%M}"


def _name(person: object) -> str:
    return str(person["name"]) if isinstance(person, dict) and person.get("name") else NOBODY


def _role(each: Mapping[str, Any]) -> str:
    role = str(each.get("role", ""))
    return role[:1].upper() + role[1:]
