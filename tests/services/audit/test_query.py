"""The audit log is filtered, paged and exported for administrators, and members read their own part of it."""

import csv
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.errors import NotAllowed
from oncall_ui.models import AuditEntry, Member, now
from oncall_ui.origin import Origin, coming_from
from oncall_ui.services.audit.csv_writer import COLUMNS, export_log, export_own, lines_of
from oncall_ui.services.audit.failed_logins import record_failed_login
from oncall_ui.services.audit.query import COMMAND_LINE, PAGE, Entry, Wanted, read_log, read_own, who_acted
from oncall_ui.services.audit.record import record
from oncall_ui.services.audit.retention import KEPT, erase_old_entries
from tests.conftest import Person

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _written(app: App, alice: Person, bob: Person, mallory: Person) -> None:
    """A day with one line of each kind; what the cast's own log-ins recorded is left out."""
    with app.db.write() as session:
        for entry in session.exec(select(AuditEntry)):
            session.delete(entry)
    with coming_from(Origin("10.0.0.12", "Firefox")), app.db.write() as session:
        record(session, AuditAction.ROLE_CHANGED, by=alice.id, about=bob.id, what="administrator")
        record(session, AuditAction.TAGS_CHANGED, by=alice.id, added="travel")
        record(session, AuditAction.CONNECTED, by=bob.id, what="Work_%", calendars=2)
        record_failed_login(session, bob.email)
    with app.db.write() as session:
        record(session, AuditAction.INVITED, by=None, about_name="hugo@elsewhere.example")
    with app.db.write() as session:
        for number, entry in enumerate(session.exec(select(AuditEntry).order_by(col(AuditEntry.id)))):
            entry.at = NOON + timedelta(hours=number)


def actions(entries: tuple[Entry, ...]) -> list[str]:
    return [entry.action.partition(".")[2] for entry in entries]


def test_the_newest_come_first(app: App, alice: Person) -> None:
    found = read_log(app, alice.id, Wanted())
    assert actions(found.entries) == ["invited", "failed", "connected", "tags_changed", "role_changed"]
    assert (found.total, found.more) == (5, False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BOB", ["failed", "connected", "role_changed"]),
        ("alice@", ["tags_changed", "role_changed"]),
        ("hugo", ["invited"]),
        ("10.0.0.12", ["failed", "connected", "tags_changed", "role_changed"]),
        ("_%", ["connected"]),
        ("100%", []),
        ("'; drop table member; --", []),
    ],
)
def test_a_search_looks_at_names_emails_addresses_and_what_was_changed(
    app: App, alice: Person, text: str, expected: list[str]
) -> None:
    assert actions(read_log(app, alice.id, Wanted(text=text)).entries) == expected


def test_filters_narrow_together(app: App, alice: Person, bob: Person) -> None:
    def wanted(**values: object) -> list[str]:
        return actions(read_log(app, alice.id, Wanted(**values)).entries)  # type: ignore[arg-type]

    assert wanted(who=alice.id) == ["tags_changed", "role_changed"]
    assert wanted(who=alice.id, subject="setting") == ["tags_changed"]
    assert wanted(who=COMMAND_LINE) == ["invited"]
    assert wanted(subject="login") == ["failed"]
    assert wanted(subject="nonsense") == []
    assert wanted(start=NOON + timedelta(hours=1), end=NOON + timedelta(hours=3)) == ["connected", "tags_changed"]


def test_pages_follow_one_another_without_a_gap(app: App, alice: Person) -> None:
    with app.db.write() as session:
        for number in range(2 * PAGE):
            record(session, AuditAction.LOGGED_OUT, by=alice.id, what=str(number))
        session.flush()
        for entry in session.exec(select(AuditEntry).where(AuditEntry.action == AuditAction.LOGGED_OUT)):
            entry.at = NOON  # the same moment: only ids tell them apart
    first = read_log(app, alice.id, Wanted(subject="login", end=NOON + timedelta(minutes=1)))
    second = read_log(app, alice.id, Wanted(subject="login", end=NOON + timedelta(minutes=1)), first.entries[-1])
    assert (len(first.entries), first.more, first.total) == (PAGE, True, 2 * PAGE)
    assert (len(second.entries), second.more, second.total) == (PAGE, False, 2 * PAGE)
    assert [int(each.what) for each in (*first.entries, *second.entries)] == list(reversed(range(2 * PAGE)))


def test_only_administrators_read_it(app: App, mallory: Person) -> None:
    for refused in (
        lambda: read_log(app, mallory.id, Wanted()),
        lambda: who_acted(app, mallory.id),
        lambda: export_log(app, mallory.id, Wanted()),
        lambda: read_log(app, 4711, Wanted()),
        lambda: read_own(app, 4711),
    ):
        with pytest.raises(NotAllowed):
            refused()


def test_members_read_what_they_did_and_what_was_done_to_them(app: App, bob: Person, mallory: Person) -> None:
    found = read_own(app, bob.id)
    assert actions(found.entries) == ["failed", "connected", "role_changed"]
    failed, connected, changed = found.entries
    assert (changed.actor_name, changed.address, changed.user_agent) == ("Alice", "", "")
    assert connected.address == failed.address == "10.0.0.12"
    assert read_own(app, mallory.id).entries == ()


def test_those_who_acted_are_listed_also_when_they_are_gone(app: App, alice: Person, bob: Person) -> None:
    with app.db.write() as session:
        session.delete(session.get(Member, bob.id))
    assert who_acted(app, alice.id) == {alice.id: "Alice", bob.id: "Bob"}
    assert actions(read_log(app, alice.id, Wanted(who=bob.id)).entries) == ["connected"]


def test_the_export_has_every_match_and_is_recorded(app: App, alice: Person) -> None:
    rows = list(csv.DictReader("".join(export_log(app, alice.id, Wanted(subject="setting"))).splitlines()))
    (row,) = rows
    assert (row["time"], row["action"], row["who"]) == ("2026-11-28T13:00:00Z", "setting.tags_changed", "Alice")
    assert row["facts"] == '{"added": "travel"}'
    newest = read_log(app, alice.id, Wanted()).entries[0]
    assert (newest.action, newest.what) == (AuditAction.DATA_EXPORTED, "Audit log")


def test_a_member_exports_their_own_part(app: App, bob: Person) -> None:
    rows = list(csv.DictReader("".join(export_own(app, bob.id)).splitlines()))
    assert [row["action"] for row in rows][1:] == ["login.failed", "connection.connected", "account.role_changed"]
    assert rows[-1]["address"] == ""


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\ufeff=1"])
@pytest.mark.once_on_postgresql
def test_a_cell_of_the_export_is_never_a_formula(typed: str) -> None:
    entry = Entry(1, NOON, "account.invited", None, typed, None, typed, typed, {}, "", typed)
    _, line = lines_of([entry])
    (cells,) = csv.reader([line.rstrip("\r\n")]) if "\r" not in typed else csv.reader(iter([line]))
    assert len(cells) == len(COLUMNS)
    assert [cells[number] for number in (2, 4, 6, 9)] == [f"'{typed}"] * 4


def test_entries_are_kept_for_twelve_months(app: App, alice: Person) -> None:
    with app.db.write() as session:
        for number, entry in enumerate(session.exec(select(AuditEntry).order_by(col(AuditEntry.id)))):
            entry.at = now() - KEPT + timedelta(minutes=1 if number else -1)
    assert erase_old_entries(app) == 1
    assert "role_changed" not in actions(read_log(app, alice.id, Wanted()).entries)
    assert erase_old_entries(app) == 0
