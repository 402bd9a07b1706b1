"""In which order the files run, and which tests share a process."""

import re
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

LONGEST_FIRST = (
    *("schedule_screens", "accessibility", "team", "feeds", "second_factor", "passwords", "injection", "preview"),
    *("hard_plans", "members", "vendors", "privacy", "swaps", "schedules", "journey", "choose", "screens"),
)
"""Files by the time they take; all others are short."""


ONE_APP = ("feeds", "choose", "members", "preview", "freshness", "home_by_hand", "contexts")
"""Files whose tests share an app; the members of each have names that no other has."""


class ByApp(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Tests that share an app, those of a file on one database, run in one process, one after the other.

    They come in the order of `LONGEST_FIRST`, so that no process is left alone with a long file at the end.
    """

    def _split_scope(self, nodeid: str) -> str:
        return f"{_name_of(nodeid)} on {'PostgreSQL' if on_postgresql(nodeid) else 'SQLite'}"


def _name_of(nodeid: str) -> str:
    """Of the file, or of those with which it shares an app."""
    name = Path(nodeid.partition("::")[0]).stem.removeprefix("test_")
    return ONE_APP[0] if name in ONE_APP else name


def on_postgresql(nodeid: str) -> bool:
    return "postgresql" in re.split(r"[\[\]-]", nodeid.partition("::")[2])


def turn(item: pytest.Item) -> tuple[bool, int, str]:
    """The place of its file: first on SQLite, then on PostgreSQL, where axe-core finds most pages known."""
    name = _name_of(item.nodeid)
    place = LONGEST_FIRST.index(name) if name in LONGEST_FIRST else len(LONGEST_FIRST)
    return on_postgresql(item.nodeid), place, item.path.stem
