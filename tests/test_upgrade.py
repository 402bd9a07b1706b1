"""A database of an earlier release, with a member's calendars in it, goes on working after the upgrade."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text
from sqlmodel import col, select

from oncall_ui.database.database import Database
from oncall_ui.domain.imports.failures import Cause
from oncall_ui.domain.imports.hints import Hint
from oncall_ui.domain.schedules.messages.kinds import EmailKind, MessageKind
from oncall_ui.migrations import alembic_config, migrate
from oncall_ui.models import Availability, Calendar, Connection, EmailChoice, Member, Message
from oncall_ui.services.connections.views import calendar_view
from tests.postgres import Cluster

pytestmark = pytest.mark.slow  # every release

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
    assert (calendar.entries, calendar.counts_all_day, calendar.alerts_sent) == (2, True, 0)
    assert (calendar.suspected_loss, calendar.resolution) == ({}, "")
    assert kept.addresses == []
    assert (member.country, member.region, member.holidays_block) == ("", "", False)


LANDED = (
    (1, "needs_you", "key", "{}", ""),
    (2, "needs_you", "doubt", '{"had": 40, "has": 3, "content": "2968:1f0c93aa"}', ""),
    (3, "retrying", "kept", '{"had": 40, "has": 3, "content": "2968:1f0c93aa"}', "keep"),
    (4, "retrying", "server_error", "{}", ""),
    (5, "up_to_date", "", "{}", ""),
)
"""Calendars before the causes were a closed list: id, state, cause, doubt, answer."""
CALENDAR_THEN = (
    "INSERT INTO calendar (id, remote_id, state, cause, doubt, answer, connection_id, name, is_on, mode, counts_free, "
    "counts_all_day, state_since, why, hint, attempts, events_read, entries, problems, progress, cursor, read_as, "
    "letters, empty_since, broken_since) VALUES (:id, :remote_id, :state, :cause, :doubt, :answer, 1, 'Work', true, "
    f"'matching', false, true, '{THEN}', '', '', 0, 3, 1, '[]', 0, '{{}}', 'then', 2, '{THEN}', '{THEN}')"
)
ENTRY_THEN = (
    'INSERT INTO availability (id, member_id, calendar_id, start, "end", action, key) '
    f"VALUES (:id, 1, :id, '{THEN}', '{THEN}', 'block', :key)"
)


def test_calendars_held_back_before_the_causes_were_a_closed_list_still_are(db: Database) -> None:
    stored_at_0003(db)
    migrate(db)
    with db.read() as session:
        rows = {number: session.get_one(Calendar, number) for number, *_ in LANDED}
        views = {number: calendar_view(row, row.name) for number, row in rows.items()}
        assert len(session.exec(select(Availability)).all()) == len(LANDED), "an upgrade deletes no availability"
    db.close()
    assert [views[number].cause for number in sorted(views)] == [
        Cause.KEY_LOST,
        Cause.SUSPECTED_LOSS,
        Cause.LOSS_KEPT,
        Cause.SERVER_ERROR,
        None,
    ]
    losses = [views[number].suspected_loss for number in sorted(views)]
    assert [(loss.before, loss.after, loss.is_kept) if loss else None for loss in losses] == [
        None,
        (40, 3, False),
        (40, 3, True),
        None,
        None,
    ]
    assert {(row.alerts_sent, row.rules_version) for row in rows.values()} == {(2, "then")}
    assert rows[2].suspected_loss["content"] == "2968:1f0c93aa"


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("none is tagged: choose how events count", Hint.NONE_TAGGED),
        ("none of them in the next 90 days", Hint.NONE_IN_WINDOW),
        ("none counts, most of them because: cancelled", None),
        ("", None),
    ],
)
def test_a_hint_that_was_stored_in_words_is_known_by_its_value(db: Database, words: str, hint: Hint | None) -> None:
    stored_at_0003(db)
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE calendar SET hint = :words"), {"words": words})
    migrate(db)
    with db.read() as session:
        found = calendar_view(session.get_one(Calendar, 5), "Work")
    db.close()
    assert found.hint is hint


def test_the_way_back_gives_the_calendars_their_former_causes(db: Database) -> None:
    stored_at_0003(db)
    migrate(db)
    command.downgrade(alembic_config(db), "0003")
    with db.engine.connect() as connection:
        found = connection.execute(text("SELECT cause, doubt FROM calendar ORDER BY id")).all()
    db.close()
    assert [cause for cause, _ in found] == [cause for _, _, cause, _, _ in LANDED]
    assert "had" in str(found[1].doubt) and "before" not in str(found[1].doubt)


def stored_at_0003(db: Database) -> None:
    command.upgrade(alembic_config(db), "0003")
    with db.engine.begin() as connection:
        for row in ROWS[:2]:
            connection.execute(text(row))
        for number, *values in LANDED:
            named = dict(zip(("state", "cause", "doubt", "answer"), values, strict=True))
            connection.execute(text(CALENDAR_THEN), {"id": number, "remote_id": str(number), **named})
            connection.execute(text(ENTRY_THEN), {"id": number, "key": b""})


SCHEDULE_THEN = (
    "INSERT INTO schedule (id, uid, name, zone, country, region, roles, points, blocks, needs_fresh, priorities, "
    "balance_roles, bend, carry_percent, horizon_days, notice_days, freeze_hours, cycle_from, created_at) VALUES "
    "(1, 'u', 'Platform', 'UTC', '', '', '[]', '{}', 'avoid', false, '[]', true, true, 50, 28, 14, 24, '2026-11-23', "
    f"'{THEN}')"
)
CHANGES_THEN = '[{"start": "2026-11-30T09:00:00Z", "end": "2026-12-01T09:00:00Z", "role": "primary"}]'


def test_emails_that_waited_and_those_turned_off_are_carried_over_and_back(db: Database) -> None:
    command.upgrade(alembic_config(db), "0001")
    with db.engine.begin() as connection:
        connection.execute(text(ROWS[0]))
    command.upgrade(alembic_config(db), "0008")
    with db.engine.begin() as connection:
        connection.execute(text(SCHEDULE_THEN.replace(":", r"\:")))
        for number, sent in ((1, "NULL"), (2, f"'{THEN}'")):
            row = f"VALUES ({number}, 1, 1, 'published', :changes, '{THEN}', '2026-11-23 07:00:00+00:00', {sent})"
            columns = "id, schedule_id, member_id, occasion, changes, created_at, due_at, sent_at"
            connection.execute(text(f"INSERT INTO shift_email ({columns}) {row}"), {"changes": CHANGES_THEN})
        connection.execute(text("INSERT INTO muted_email (member_id, kind) VALUES (1, 'shift_changes')"))
    migrate(db)
    with db.read() as session:
        found = session.exec(select(Message).order_by(col(Message.id))).all()
        choice = session.exec(select(EmailChoice)).one()
    waits, done = found
    assert (waits.kind, waits.sent_at, waits.due_at) == (
        MessageKind.PUBLISHED, None, datetime(2026, 11, 23, 7, tzinfo=UTC),
    )  # fmt: skip
    assert waits.payload["changes"][0]["role"] == "primary"
    assert (waits.starts_at, done.sent_at) == (
        datetime(2026, 11, 30, 9, tzinfo=UTC), datetime(2026, 11, 22, 8, tzinfo=UTC),
    )  # fmt: skip
    assert (choice.kind, choice.is_wanted) == (EmailKind.SHIFT_CHANGES, False)
    command.downgrade(alembic_config(db), "0008")
    with db.engine.connect() as connection:
        back = connection.execute(text("SELECT sent_at, changes FROM shift_email ORDER BY id")).all()
        off = connection.execute(text("SELECT kind FROM muted_email")).scalar_one()
    db.close()
    assert (back[0].sent_at, "primary" in str(back[0].changes), off) == (None, True, "shift_changes")
