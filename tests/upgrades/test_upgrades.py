"""Every released schema, with rows in every table, becomes the newest one with all of them, and the app works on it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, select

from oncall_ui import models
from oncall_ui.app import App
from oncall_ui.database.database import Database
from oncall_ui.domain.availability.window import Window
from oncall_ui.migrations import migrate
from oncall_ui.models import Connection, LedgerLine, Member, Schedule
from oncall_ui.security.vault import KEY_FILE
from oncall_ui.services.accounts.members import add_member, list_members
from oncall_ui.services.connections.credentials import count_sealed
from oncall_ui.services.connections.views import list_connections
from oncall_ui.services.schedules.published.history import read_history
from oncall_ui.services.schedules.published.overview import read_overview
from oncall_ui.services.schedules.published.read import read_schedule, read_shifts
from oncall_ui.services.team.grid import read_team
from oncall_ui.settings import Settings
from oncall_ui.starting import start_app
from tests.conftest import PASSWORD, QUICK_PASSWORDS
from tests.services.helpers.schedules import balances_by_bucket
from tests.upgrades.changes import CHANGES, differences
from tests.upgrades.conftest import Released
from tests.upgrades.released import REVISIONS, content, fixture, keys_of, revision_of

pytestmark = pytest.mark.slow  # every release

THEN, LATER = datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_row_is_there_after_the_upgrade(revision: str, released: Released, tmp_path: Path) -> None:
    db = released(revision)
    before = content(db)
    assert revision_of(before) == revision
    assert [table for table, rows in before.items() if not rows] == [], "each table has a row to lose"
    migrate(db)
    after = content(db)
    assert revision_of(after) == REVISIONS[-1]
    assert list(differences(before, after)) == []
    dialect = db.engine.dialect.name
    db.close()
    if dialect == "postgresql" and revision not in {REVISIONS[0], REVISIONS[-1]}:
        return  # the tables are the same whatever they came from, and starting costs as much as the upgrade
    app = _started(db, revision, tmp_path)
    try:
        _use(app)
    finally:
        app.close()


def test_each_revision_has_rows_of_its_time() -> None:
    missing = [revision for revision in REVISIONS if not fixture(revision).exists()]
    assert missing == [], "python -m tests.upgrades.keep; see CONTRIBUTING.md, Release"
    assert CHANGES.keys() <= set(REVISIONS)


def _started(db: Database, revision: str, folder: Path) -> App:
    """As `run.py` starts it, with the keys of that installation."""
    data = folder / "data"
    data.mkdir(mode=0o700)
    (data / KEY_FILE).touch(mode=0o600)
    (data / KEY_FILE).write_text("".join(f"{key}\n" for key in keys_of(revision)))
    app = start_app(Settings(_env_file=None, data_dir=data, database_url=db.url))
    return replace(app, passwords=QUICK_PASSWORDS)


def _use(app: App) -> None:
    """What its pages show, and one thing that they do."""
    with app.db.read() as session:
        for model in (each for each in vars(models).values() if hasattr(each, "__table__")):
            session.exec(select(model)).all()  # every value is one that the app knows
        members = list(session.exec(select(Member.id)))
        admins = list(session.exec(select(Member.id).where(Member.is_admin)))
        connections = list(session.exec(select(Connection.member_id)))
        schedules = list(session.exec(select(Schedule.id)))
        assert not any(any(balances_by_bucket(session, schedule or 0)) for schedule in schedules)
        assert bool(schedules) == _has_ledger(session)
    assert count_sealed(app).unreadable == ()
    admin = admins[0] or 0
    assert sum(len(list_connections(app, member or 0)) for member in members) == len(connections)
    assert len(list_members(app, admin)) == len(members)
    assert len(read_team(app, admin, Window(THEN, LATER), THEN).members) == len(members)
    read_overview(app, admin, THEN)
    for schedule in schedules:
        assert read_schedule(app, admin, schedule or 0).name
        assert read_shifts(app, admin, schedule or 0, THEN, LATER)
        read_history(app, admin, schedule or 0)
    assert add_member(app, name="New", email="new@example.com", password=PASSWORD, zone="UTC") not in members


def _has_ledger(session: Session) -> bool:
    return session.exec(select(LedgerLine.id)).first() is not None
