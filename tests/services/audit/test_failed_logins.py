"""Failed log-ins are counted in few lines, and what was typed isn't kept."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.models import AuditEntry, now
from oncall_ui.origin import Origin, coming_from
from oncall_ui.services.audit.failed_logins import MOST_LINES, TOGETHER, record_failed_login
from tests.conftest import Person


def fail(app: App, typed: str, address: str = "192.0.2.66") -> None:
    with coming_from(Origin(address, "Chrome")), app.db.write() as session:
        record_failed_login(session, typed)


def lines(app: App) -> list[AuditEntry]:
    with app.db.read() as session:
        return list(
            session.exec(
                select(AuditEntry).where(AuditEntry.action == AuditAction.LOGIN_FAILED).order_by(col(AuditEntry.id))
            )
        )


def test_failures_with_one_account_from_one_address_are_one_line(app: App, bob: Person) -> None:
    for _ in range(12):
        fail(app, " BOB@example.org ")
    (line,) = lines(app)
    assert (line.subject_id, line.subject_name, line.actor_id) == (bob.id, "Bob", None)
    assert (line.facts["count"], line.address, line.user_agent) == (12, "192.0.2.66", "Chrome")


def test_another_address_or_account_or_a_later_time_is_another_line(app: App, alice: Person, bob: Person) -> None:
    fail(app, bob.email)
    fail(app, bob.email, "192.0.2.67")
    fail(app, alice.email)
    assert len(lines(app)) == 3
    with app.db.write() as session:
        for line in session.exec(select(AuditEntry)):
            line.at = now() - TOGETHER - timedelta(seconds=1)
    fail(app, bob.email)
    assert [line.facts["count"] for line in lines(app)] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("greta@example.org", "g…@example.org"),
        ("greta@elsewhere.example", ""),
        ("p@ssw0rd", ""),
        ("correct horse battery", ""),
        ("Tr0ub4dor\x00", ""),
        ("%@example.org", "%…@example.org"),
        ("a@%.org", ""),
    ],
)
@pytest.mark.once_on_postgresql
def test_of_an_unknown_email_little_is_kept(app: App, bob: Person, typed: str, kept: str) -> None:
    fail(app, typed)
    (line,) = lines(app)
    assert (line.subject_id, line.subject_name, line.what) == (None, kept, "")


def test_a_flood_from_many_addresses_ends_in_one_line(app: App, bob: Person) -> None:
    for number in range(MOST_LINES + 50):
        fail(app, bob.email, f"2001:db8::{number:x}")
    found = lines(app)
    assert len(found) == MOST_LINES + 1
    assert (found[-1].facts["count"], found[-1].address, found[-1].subject_name) == (50, "", "")
    assert sum(line.facts["count"] for line in found) == MOST_LINES + 50
