"""In which order the files run, and which tests share a process."""

import pytest
from xdist.scheduler import LoadScopeScheduling

LONGEST_FIRST = (
    *("schedule_screens", "accessibility", "team", "feeds", "second_factor", "passwords", "injection", "preview"),
    *("hard_plans", "members", "vendors", "privacy", "swaps", "schedules", "journey", "choose", "screens"),
)
"""Files by the time they take; all others are short."""


class ByApp(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Tests that share an app, those of a file on one database, run in one process, one after the other.

    They come in the order of `LONGEST_FIRST`, so that no process is left alone with a long file at the end.
    """

    def _split_scope(self, nodeid: str) -> str:
        file, _, name = nodeid.partition("::")
        return f"{file} on {'PostgreSQL' if '[postgresql' in name else 'SQLite'}"


def turn(item: pytest.Item) -> int:
    """The place of its file."""
    name = item.path.stem.removeprefix("test_")
    return LONGEST_FIRST.index(name) if name in LONGEST_FIRST else len(LONGEST_FIRST)
