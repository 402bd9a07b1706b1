"""Every file of tests in a browser runs on SQLite and on PostgreSQL; what doesn't is listed here, with the reason."""

from pathlib import Path

import pytest

from tests.e2e.order import on_postgresql

SQLITE_ALONE: dict[str, str] = {"test_databases.py": "opens no database"}


def test_every_file_runs_on_both_or_says_why_not(request: pytest.FixtureRequest) -> None:
    """In a run of all files, each process has collected all tests."""
    cases: dict[str, set[bool]] = {}
    for item in request.session.items:
        if item.path.parent == Path(__file__).parent:
            cases.setdefault(item.path.name, set()).add(on_postgresql(item.nodeid))
    assert {name for name, on in cases.items() if True not in on} <= SQLITE_ALONE.keys()
    assert all(False in on for on in cases.values())
    assert all(SQLITE_ALONE.values())
