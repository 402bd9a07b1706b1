"""A line of the audit log: stored with what it records, or not at all, and it outlives whom it names."""

import pytest
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.models import AuditEntry, Member
from oncall_ui.origin import Origin, coming_from
from oncall_ui.services.audit.record import record
from tests.conftest import Person


def entries(app: App) -> list[AuditEntry]:
    with app.db.read() as session:
        return list(session.exec(select(AuditEntry)))


def test_it_says_who_did_what_to_whom_and_from_where(app: App, alice: Person, bob: Person) -> None:
    with coming_from(Origin("192.0.2.7", "Firefox")), app.db.write() as session:
        record(session, AuditAction.ROLE_CHANGED, by=alice.id, about=bob.id, what="administrator", sessions=2)
    (entry,) = entries(app)
    assert (entry.action, entry.actor_name, entry.subject_name) == ("account.role_changed", "Alice", "Bob")
    assert (entry.what, entry.facts) == ("administrator", {"sessions": 2})
    assert (entry.address, entry.user_agent) == ("192.0.2.7", "Firefox")


def test_it_goes_with_what_it_records(app: App, alice: Person) -> None:
    with pytest.raises(ZeroDivisionError), app.db.write() as session:
        record(session, AuditAction.TAGS_CHANGED, by=alice.id)
        raise ZeroDivisionError
    assert entries(app) == []


def test_it_outlives_the_members_it_names(app: App, alice: Person, bob: Person) -> None:
    with app.db.write() as session:
        record(session, AuditAction.MEMBER_REMOVED, by=alice.id, about=bob.id)
        session.flush()
        session.delete(session.get(Member, bob.id))
    (entry,) = entries(app)
    assert (entry.actor_name, entry.subject_name, entry.subject_id) == ("Alice", "Bob", bob.id)


def test_the_command_line_and_strangers_have_no_member(app: App) -> None:
    with app.db.write() as session:
        record(session, AuditAction.INVITED, by=None, about_name="hugo@example.org")
    (entry,) = entries(app)
    assert (entry.actor_id, entry.actor_name, entry.subject_name) == (None, "", "hugo@example.org")
