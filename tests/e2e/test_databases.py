"""Which files of tests in a browser run on SQLite and on PostgreSQL."""

from pathlib import Path

import pytest

from tests.e2e.order import ON_BOTH, on_postgresql


def test_files_that_go_the_whole_way_run_on_both(request: pytest.FixtureRequest) -> None:
    """In a run of all files, each process has collected all tests."""
    cases: dict[str, set[bool]] = {}
    for item in request.session.items:
        if item.path.parent == Path(__file__).parent:
            cases.setdefault(item.path.stem.removeprefix("test_"), set()).add(on_postgresql(item.nodeid))
    assert {name for name, on in cases.items() if True not in on} & ON_BOTH == set()
    assert all(False in on for on in cases.values())
