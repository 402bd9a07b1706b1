"""What is chosen on a schedule's page, as the query of its address: it survives a reload and can be shared."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self
from urllib.parse import urlencode


class View(StrEnum):
    """How the plan is drawn."""

    WEEKS = "weeks"
    PEOPLE = "people"
    LIST = "list"


LABELS = {View.WEEKS: "Weeks", View.PEOPLE: "People", View.LIST: "List"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is left at its default is absent from the address."""

    view: View | None = None
    """None: by weeks, and in words on phones."""
    who: int | None = None
    """The participant who is looked at; None: everyone."""
    first: date | None = None
    """A day of the first week; None: last week."""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """Values that can't be read are ignored."""
        view, who = query.get("view", ""), query.get("who", "")
        return cls(
            View(view) if view in set(View) else None,
            int(who) if who.isascii() and who.isdigit() and len(who) < 10 else None,
            _as_date(query.get("from", "")),
        )

    def address(self, route: str) -> str:
        """`route` with what is chosen."""
        values = {
            "view": self.view or "",
            "who": str(self.who) if self.who is not None else "",
            "from": self.first.isoformat() if self.first else "",
        }
        query = urlencode({name: value for name, value in values.items() if value})
        return f"{route}?{query}" if query else route


def _as_date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    # Far from where calendars end, so that a window can be drawn around it.
    return found if 2000 <= found.year < 2100 else None
