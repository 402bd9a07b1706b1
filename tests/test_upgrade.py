"""A database of the first release, with a member's calendar in it, goes on working after the upgrade."""

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from oncall_ui.db import Database
from oncall_ui.migrations import alembic_config, migrate
from oncall_ui.models import Calendar, Connection, Member
from tests.postgres import Cluster, postgres_cluster

__all__ = ["postgres_cluster"]

THEN = "2026-11-22 08:00:00+00:00"
ROWS = (
    "INSERT INTO member (id, email, name, password_hash, zone, is_admin, theme, created_at) "
    f"VALUES (1, 'alice@example.org', 'Alice', 'x', 'Europe/Berlin', true, '', '{THEN}')",
    "INSERT INTO connection (id, member_id, product, nickname, account, fingerprint, sealed, created_at) "
    f"VALUES (1, 1, 'ics', 'Work', 'ICS URL at example.org', 'f', 's', '{THEN}')",
    "INSERT INTO calendar (id, connection_id, remote_id, name, is_on, mode, counts_free, state, state_since, why, "
    "hint, cause, attempts, events_read, entries, problems, progress, cursor, read_as) VALUES (1, 1, '', 'Work', true, "
    f"'matching', false, 'up_to_date', '{THEN}', '', '', '', 0, 3, 2, '[]', 0, '{{}}', '')",
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    if request.param == "sqlite":
        return Database(f"sqlite:///{tmp_path / 'test.db'}")
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    return Database(cluster.fresh_database())


def test_what_was_stored_by_the_first_release_is_there_with_the_usual_settings(db: Database) -> None:
    command.upgrade(alembic_config(db), "0001")
    with db.engine.begin() as connection:
        for row in ROWS:
            connection.execute(text(row))
    migrate(db)
    with db.read() as session:
        calendar, kept, member = session.get(Calendar, 1), session.get(Connection, 1), session.get(Member, 1)
    db.close()
    assert calendar is not None and kept is not None and member is not None
    assert (calendar.entries, calendar.counts_all_day, calendar.letters, calendar.doubt, calendar.answer) == (
        2,
        True,
        0,
        {},
        "",
    )
    assert kept.addresses == []
    assert (member.country, member.region, member.holidays_block) == ("", "", False)
