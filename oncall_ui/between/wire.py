"""What one process tells the others, as text: kinds and ids, never data."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from oncall_ui.hub import (
    CalendarChanged,
    Change,
    MemberChanged,
    MembersChanged,
    Missed,
    ScheduleChanged,
    SessionEnded,
)

KINDS: dict[str, type[Change]] = {
    "calendar": CalendarChanged,
    "member": MemberChanged,
    "members": MembersChanged,
    "session": SessionEnded,
    "schedule": ScheduleChanged,
    "missed": Missed,
}
NAMES = {kind: name for name, kind in KINDS.items()}
AT_ONCE = 50
"""Changes in one text: at 110 bytes for the longest of them, well below the 8,000 that PostgreSQL takes."""

MOST_FAILING = 10


@dataclass(frozen=True, slots=True)
class Told:
    """From a process to the others; each one says as well that it lives."""

    by: str
    """The process."""
    role: str
    looked: float | None
    """How many seconds ago it last looked for what is due; None: it doesn't, or hasn't yet."""
    failing: tuple[str, ...] = ()
    """The sources of its outages: short words, such as `mail server`."""
    changes: frozenset[Change] = frozenset()
    asks: bool = False
    """It wants to know who else lives."""
    has_left: bool = False


def texts_of(told: Told) -> Sequence[str]:
    """One, or several if there are many changes."""
    parts = list(_parts(list(told.changes))) or [[]]
    looked = None if told.looked is None else round(told.looked, 2)
    known: dict[str, Any] = {"by": told.by, "role": told.role, "looked": looked}
    known |= {"failing": told.failing[:MOST_FAILING]} if told.failing else {}
    known |= {"asks": True} if told.asks else {}
    known |= {"left": True} if told.has_left else {}
    return [json.dumps(known | {"changes": part}, separators=(",", ":")) for part in parts]


def understood(text: str) -> Told | None:
    """None: it isn't from a process of this app. What a newer version may say counts as something unknown."""
    try:
        read = json.loads(text)
        looked = read["looked"]
        return Told(
            str(read["by"]),
            str(read["role"]),
            None if looked is None else float(looked),
            tuple(map(str, read.get("failing", ()))),
            frozenset(map(_change, read["changes"])),
            asks=bool(read.get("asks")),
            has_left=bool(read.get("left")),
        )
    except (ValueError, TypeError, LookupError, AttributeError):
        return None


def _parts(changes: Sequence[Change]) -> Iterator[list[list[Any]]]:
    for first in range(0, len(changes), AT_ONCE):
        yield [[NAMES[type(each)], *astuple(each)] for each in changes[first : first + AT_ONCE]]


def _change(parts: Collection[Any]) -> Change:
    name, *values = parts
    try:
        return KINDS[name](*values)
    except (KeyError, TypeError):
        return Missed()
