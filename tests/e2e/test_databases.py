"""Every file of tests in a browser runs on SQLite and on PostgreSQL."""

from pathlib import Path

import pytest

from tests.e2e.order import on_postgresql


def test_every_other_file_runs_on_both(request: pytest.FixtureRequest) -> None:
    """In a run of all files, each process has collected all tests."""
    here = Path(__file__)
    cases: dict[str, set[bool]] = {}
    for item in request.session.items:
        if item.path.parent == here.parent and item.path != here:
            cases.setdefault(item.path.stem, set()).add(on_postgresql(item.nodeid))
    assert {name for name, on in cases.items() if on != {True, False}} == set()
