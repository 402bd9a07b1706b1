"""What is chosen on Team, as the query of its address: it survives a reload and can be shared."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self
from urllib.parse import urlencode

from pages.team.cells import Filter

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is left at its default is absent from the address."""

    name: str = ""
    """Part of a member's name."""
    show: Filter = Filter.ALL
    day: date | None = None
    """The day `show` is about; None: today."""
    week: date | None = None
    """A day of the first week shown; None: this week."""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """Values that can't be read are ignored. Whether a day can be shown is for the page to say."""
        name, show = query.get("name", ""), query.get("show", "")
        return cls(
            name if len(name) <= LONGEST_NAME and name.isprintable() else "",
            Filter(show) if show in set(Filter) else Filter.ALL,
            as_date(query.get("day")),
            as_date(query.get("week")),
        )

    @property
    def address(self) -> str:
        values = {
            "week": self.week.isoformat() if self.week else "",
            "day": self.day.isoformat() if self.day else "",
            "show": "" if self.show is Filter.ALL else self.show,
            "name": self.name,
        }
        query = urlencode({name: value for name, value in values.items() if value})
        return f"/team?{query}" if query else "/team"


def as_date(text: str | None) -> date | None:
    """Of `2026-11-24`; None if it isn't one."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
