"""What is chosen on the audit log, as the query of its address: it survives a reload and can be passed on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from oncall_ui.services.audit.query import Wanted
from pages.widgets.audit.words import SUBJECTS

LONGEST_TEXT = 100
DAYS = 30
"""What is shown when no first day is chosen."""
LARGEST_ID = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is left at its default is absent from the address."""

    text: str = ""
    who: int | None = None
    subject: str = ""
    first: date | None = None
    """None: DAYS ago."""
    last: date | None = None
    """None: today. Inclusive."""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """Values that can't be read are ignored."""
        text, who, subject = query.get("q", ""), query.get("who", ""), query.get("what", "")
        return cls(
            text if len(text) <= LONGEST_TEXT and text.isprintable() else "",
            int(who) if who.isascii() and who.isdecimal() and int(who[:12]) <= LARGEST_ID else None,
            subject if subject in SUBJECTS else "",
            as_date(query.get("from")),
            as_date(query.get("to")),
        )

    @property
    def query(self) -> str:
        """With its question mark; empty if everything is at its default."""
        values = {
            "q": self.text,
            "who": "" if self.who is None else str(self.who),
            "what": self.subject,
            "from": self.first.isoformat() if self.first else "",
            "to": self.last.isoformat() if self.last else "",
        }
        query = urlencode({name: value for name, value in values.items() if value})
        return f"?{query}" if query else ""

    def first_day(self, today: date) -> date:
        return self.first or min(self.last or today, today) - timedelta(days=DAYS)

    def wanted(self, zone: ZoneInfo, today: date) -> Wanted:
        """As the service asks for it: days become instants in the viewer's zone."""
        return Wanted(
            self.text.strip(),
            self.who,
            self.subject,
            datetime.combine(self.first_day(today), time(), zone),
            datetime.combine(self.last + timedelta(days=1), time(), zone) if self.last else None,
        )


def as_date(text: str | None) -> date | None:
    """Of `2026-11-24`; None if it isn't one, or none the app can compute with."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None
