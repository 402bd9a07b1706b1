"""What an attack is given and what it returns."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

HEAD = ("attack class", "tries", "through", "figures", "command")


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is tried. `short`: as little as still shows the attack, for the suite."""

    short: bool = False
    database_url: str | None = None
    """Of the target where guesses are counted in the database; None for a SQLite file."""

    def of(self, usual: int, short: int) -> int:
        return short if self.short else usual


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table in docs/security.md."""

    attack: str
    """The class, as one would look it up: `Password guessing, parallel`."""
    tries: int
    through: int
    """How many tries got what they wanted. More than 0 is red."""
    figures: str = ""
    """What it cost, as ratios to the idle server in the same run."""
    broken: tuple[str, ...] = field(default=())
    """What should have held and didn't, each with what was seen instead."""

    @property
    def is_red(self) -> bool:
        return bool(self.through or self.broken)

    def cells(self, name: str) -> tuple[str, ...]:
        command = f"`python -m bench.attacks {name}`"
        return (self.attack, f"{self.tries:,}", f"{self.through:,}", self.figures or "–", command)


Attack = Callable[[Path, Scale], Row]
"""Attacks a server that it starts itself, in an empty folder."""


def broken(**promises: str) -> tuple[str, ...]:
    """`promise=what was seen instead`; an empty string is a promise that held."""
    return tuple(f"{promise.replace('_', ' ')}: {seen}" for promise, seen in promises.items() if seen)
