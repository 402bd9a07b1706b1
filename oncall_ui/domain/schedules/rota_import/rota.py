"""What was read of somebody else's rota. Lives in memory while a manager looks at it; only sums are stored."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

LONGEST_NAME = 100
MOST_ENTRIES = 20_000
MOST_NAMES = 300
MOST_PROBLEMS = 20


class RotaSource(StrEnum):
    """Where a rota comes from."""

    CSV = "csv"
    ICS = "ics"
    OPSGENIE = "opsgenie"
    PAGERDUTY = "pagerduty"
    GOALERT = "goalert"
    GRAFANA = "grafana"


class NotARota(ValueError):
    """Nothing in the file can be used. The message is a sentence that says why and what to do."""


@dataclass(frozen=True, slots=True)
class Named:
    """A person as the source names them. At least one of the two is filled."""

    name: str
    email: str = ""

    @property
    def key(self) -> str:
        """The same for the same person, however it is written."""
        return plain(self.email or self.name)

    @property
    def shown(self) -> str:
        return self.name or self.email


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody was on call from `start` to `end`, aware UTC. An empty `role`: the source doesn't say which."""

    start: datetime
    end: datetime
    who: Named
    role: str = ""


@dataclass(frozen=True, slots=True)
class Rota:
    """The entries by start, and sentences about what was skipped or guessed. `rows` counts what the source has."""

    source: RotaSource
    entries: tuple[Entry, ...]
    rows: int
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def people(self) -> dict[str, Named]:
        """By key, in the order of their first entry."""
        found: dict[str, Named] = {}
        for entry in self.entries:
            found.setdefault(entry.who.key, entry.who)
        return found

    def with_roles(self, roles: Collection[str]) -> "Rota":
        """Entries of another role say none."""
        if all(not entry.role or entry.role in roles for entry in self.entries):
            return self
        kept = (entry if entry.role in roles else replace(entry, role="") for entry in self.entries)
        return replace(self, entries=tuple(kept))


def rota_of(
    source: RotaSource,
    entries: Iterable[Entry],
    rows: int,
    problems: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> Rota:
    """Sorted, without what has no length. Raises NotARota where nothing is left, or too much."""
    kept = sorted((entry for entry in entries if entry.start < entry.end), key=lambda entry: (entry.start, entry.end))
    if not kept:
        more = f" {problems[0]}" if problems else ""
        raise NotARota(f"No shifts found.{more}")
    if len(kept) > MOST_ENTRIES:
        raise NotARota(f"{len(kept):,} shifts are too many; the limit is {MOST_ENTRIES:,}. Import a shorter span.")
    rota = Rota(source, tuple(kept), rows, shortened(problems), tuple(notes))
    if len(rota.people) > MOST_NAMES:
        raise NotARota(f"{len(rota.people)} names are too many for one schedule. Is the right column read as the name?")
    return rota


def shortened(problems: Sequence[str]) -> tuple[str, ...]:
    """The first ones, and how many more there are."""
    if len(problems) <= MOST_PROBLEMS:
        return tuple(problems)
    return (*problems[:MOST_PROBLEMS], f"{len(problems) - MOST_PROBLEMS} more rows couldn’t be read.")


def named(name: str, email: str = "") -> Named:
    """Cut to a length that can be shown, on one line."""
    return Named(_line(name)[:LONGEST_NAME], _line(email).removeprefix("mailto:").lower()[:LONGEST_NAME])


def plain(text: str) -> str:
    """Without case, accents and repeated spaces, for comparing names."""
    apart = unicodedata.normalize("NFKD", text)
    return " ".join("".join(each for each in apart if not unicodedata.combining(each)).casefold().split())


def words_of(text: str) -> list[str]:
    """The words of a name, as `plain`."""
    return re.findall(r"[^\W_]+", plain(text))


def _line(text: str) -> str:
    kept = (" " if each.isspace() else each for each in text if each.isspace() or unicodedata.category(each)[0] != "C")
    return " ".join("".join(kept).split())
