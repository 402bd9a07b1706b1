"""Every file of tests with an installation runs on SQLite and PostgreSQL; what doesn't is listed here, with the reason.

Those in a browser: tests/e2e/test_databases.py.
"""

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
NOTHING_STORED = "asks servers through the guarded client, and stores nothing"
BACKUPS = "backups on a page: how each database is copied is tested in tests/keeping"
SQLITE_ALONE = {
    "pages/admin/test_status.py": BACKUPS,
    "services/installation/test_acts.py": BACKUPS,
    "pages/home/test_imports_notice.py": "a file can be put elsewhere; test_readiness.py has the problems of both",
    "providers/test_hostile_json.py": NOTHING_STORED,
    "security/attacks/test_ssrf.py": NOTHING_STORED,
    "security/middleware/test_headers.py": "what it calls app is no installation",
    "test_demo_calendars.py": "the demo has a file of its own, whatever the settings say",
}


def test_every_file_runs_on_both_or_says_why_not(request: pytest.FixtureRequest) -> None:
    """In a run of all files, each process has collected all tests."""
    cases: dict[str, set[bool]] = {}
    for item in request.session.items:
        name, names = item.path.relative_to(TESTS).as_posix(), set(getattr(item, "fixturenames", ()))
        if "app" in names or ("server" in names and name.startswith("security/attacks/")):
            case = item.nodeid.rpartition("[")[2]
            cases.setdefault(name, set()).add("postgresql" in case or "postgres_cluster" in names)
    cases = {name: on for name, on in cases.items() if not name.startswith("e2e/")}
    assert {name for name, on in cases.items() if True not in on} <= SQLITE_ALONE.keys()
