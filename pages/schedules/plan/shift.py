"""A slot as the plan draws it: one role of one shift, who holds it, and what is marked on it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from pages.widgets.dates import clock, day_words
from pages.widgets.people import first_name, initials, mark_classes

MOST_MARKS = 2


class Mark(StrEnum):
    """In the order in which they are drawn, where there are more than fit."""

    CONFLICT = "conflict"
    LEFT = "left"
    LIMIT = "limit"
    PINNED = "pinned"
    WISH = "wish"
    STALE = "stale"
    CHANGED = "changed"


ICONS = {
    Mark.CONFLICT: "alert",
    Mark.LEFT: "alert",
    Mark.LIMIT: "alert",
    Mark.PINNED: "pin",
    Mark.WISH: "prefer",
    Mark.STALE: "clock",
}
WORDS = {
    Mark.CONFLICT: "now blocked",
    Mark.LEFT: "not on the schedule then",
    Mark.LIMIT: "breaks a limit",
    Mark.PINNED: "pinned",
    Mark.WISH: "prefers this",
    Mark.STALE: "availability not known",
    Mark.CHANGED: "changed",
}
NOBODY = "nobody"
TROUBLES = frozenset({Mark.CONFLICT, Mark.LEFT, Mark.LIMIT})
"""Why somebody else has to take a shift."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A participant of the schedule. `colour` is theirs in this schedule, from 1.

    By `id`, the participant's, the element that draws a plan marks what is its member's own: what is sent is the same
    for all who look. None: they are of another schedule.
    """

    name: str
    colour: int
    id: int | None = None

    @property
    def short(self) -> str:
        return first_name(self.name)

    @property
    def initials(self) -> str:
        return initials(self.name)

    @property
    def mark(self) -> str:
        """CSS classes of the mark with initials."""
        return mark_classes(self.colour)


@dataclass(frozen=True, slots=True)
class PlanSlot:
    """`key` names the slot on the page and in addresses. `level` is the place of the role, 0 for who is called first.

    `details` are words that the marks alone don't say: how old the data is, or who held the slot before.
    """

    key: str
    start: datetime
    end: datetime
    role: str
    level: int
    holder: Holder | None
    marks: frozenset[Mark] = frozenset()
    details: tuple[str, ...] = ()
    is_dim: bool = False
    """Whether it is somebody else's while one person is looked at."""
    is_open: bool = False
    """Whether it is a shadow that nobody is: it can be filled, and nobody is missed."""

    @property
    def is_gap(self) -> bool:
        return self.holder is None and not self.is_open

    @property
    def icons(self) -> list[str]:
        """Names of the icons at its end."""
        if self.is_gap:
            return ["alert"]
        return [ICONS[mark] for mark in self._in_order() if mark in ICONS][:MOST_MARKS]

    @property
    def css(self) -> str:
        """Classes of its bar, without where it is cut."""
        holder = self.holder
        found = {
            "second": self.level > 0,
            "gap": self.is_gap,
            "unfilled": self.is_open,
            "clash": not self.is_dim and holder is not None and not TROUBLES.isdisjoint(self.marks),
            "stale": not self.is_dim and Mark.STALE in self.marks,
            "changed": Mark.CHANGED in self.marks,
            "dim": self.is_dim,
        }
        colour = holder.mark.replace("oc-p ", "").replace(" square", "") if holder else ""
        return " ".join(filter(None, ["oc-shift", colour, *(name for name, holds in found.items() if holds)]))

    @property
    def marked_for(self) -> int | None:
        """Whose browsers mark it as their own."""
        return self.holder.id if self.holder is not None and not self.is_dim else None

    def words(self, zone: ZoneInfo) -> str:
        """The accessible name: `Primary, Fri 4 Dec, 10:00 to Mon 7 Dec, 10:00, Alice Moreno, pinned`."""
        name = self.holder.name if self.holder else NOBODY
        marked = [WORDS[mark] for mark in self._in_order()]
        return ", ".join([role_words(self.role), span_words(self.start, self.end, zone), name, *marked, *self.details])

    def _in_order(self) -> list[Mark]:
        return [mark for mark in Mark if mark in self.marks] if self.marks else []


def role_words(role: str) -> str:
    """`Primary` of `primary`; what a team wrote in capitals stays."""
    return role[:1].upper() + role[1:]


@lru_cache(maxsize=4096)  # the weeks and the list both say it
def span_words(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """`Fri 4 Dec, 10:00 to Mon 7 Dec, 10:00`; on one day `Fri 4 Dec, 10:00 to 18:00`."""
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    until = clock(end, zone) if first == last else f"{day_words(last, first)}, {clock(end, zone)}"
    return f"{day_words(first, first)}, {clock(start, zone)} to {until}"
