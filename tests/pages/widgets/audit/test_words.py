"""Every action of the audit log has a sentence, for administrators and for the member it is about."""

from datetime import UTC, datetime
from typing import Any

import pytest

from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.services.audit.query import Entry
from pages.widgets.audit.words import SENTENCES, SUBJECTS, line_of


def entry(action: str, **values: Any) -> Entry:
    usual: dict[str, Any] = {
        "id": 1,
        "at": datetime(2026, 11, 28, tzinfo=UTC),
        "actor_id": 1,
        "actor_name": "Alice",
        "subject_id": None,
        "subject_name": "",
        "what": "",
        "facts": {},
        "address": "10.0.0.12",
        "user_agent": "",
    }
    return Entry(action=action, **(usual | values))


@pytest.mark.parametrize("action", AuditAction)
def test_every_action_has_a_sentence_and_a_filter(action: AuditAction) -> None:
    assert action in SENTENCES or action is AuditAction.LOGIN_FAILED
    assert action.subject in SUBJECTS
    line = line_of(entry(action, what="member", subject_id=2, subject_name="Bob"))
    assert "{" not in line.text
    assert "  " not in line.text
    assert "." not in line.text


def test_an_action_of_a_later_version_is_shown_as_it_is() -> None:
    assert line_of(entry("schedule.imported")).text == "Alice: schedule.imported"


ABOUT_BOB = {"subject_id": 2, "subject_name": "Bob"}
NOBODY = {"actor_id": None, "address": ""}
STRANGER = {"actor_id": None, "subject_name": "g…@example.org"}
CASES: list[tuple[str, dict[str, Any], str]] = [
    ("login.succeeded", {"facts": {"method": "passkey", "factor": ""}}, "Alice logged in with a passkey"),
    (
        "login.succeeded",
        {"facts": {"method": "password", "factor": "totp"}},
        "Alice logged in with a password and a code",
    ),
    ("login.succeeded", {"facts": {"method": "nonsense"}}, "Alice logged in"),
    ("login.sessions_ended", {"facts": {"sessions": 2}}, "Alice logged out their other browsers"),
    ("login.sessions_ended", ABOUT_BOB, "Alice logged Bob out everywhere"),
    ("account.invited", {"what": "member", "subject_name": "g@a.example"}, "Alice invited g@a.example as member"),
    ("account.profile_changed", {"facts": {"zone": "UTC"}}, "Alice changed their time zone to UTC"),
    ("account.profile_changed", {"facts": {"zone": "UTC", "name": "A"}}, "Alice changed their name and time zone"),
    ("account.created", NOBODY | ABOUT_BOB, "Command line created the account of Bob"),
    ("security.reset_link_asked", {"actor_id": None} | ABOUT_BOB, "Somebody asked for a reset link for Bob"),
    ("login.failed", {"actor_id": None, "facts": {"count": 3}}, "3\u00a0failed log-ins with an unknown email"),
    ("login.failed", STRANGER, "1\u00a0failed log-in as g…@example.org"),
    ("account.data_exported", {"what": "JSON"}, "Alice exported their data"),
    ("account.data_exported", {"what": "Audit log"}, "Alice exported the audit log"),
]


@pytest.mark.parametrize(("action", "values", "text"), CASES)
def test_sentences(action: str, values: dict[str, Any], text: str) -> None:
    assert line_of(entry(action, **values)).text == text


def test_members_read_you() -> None:
    changed = entry("account.profile_changed", facts={"name": "Al"})
    assert line_of(changed, viewer=1).text == "You changed your name to Al"
    removed = entry("account.role_changed", what="member", subject_id=2, subject_name="Bob")
    assert line_of(removed, viewer=2).text == "Alice made you a member"
    created = entry("account.created", subject_id=2, subject_name="Bob")
    assert line_of(created, viewer=2).text == "Alice created your account"


def test_what_it_brought_about_is_below() -> None:
    lost = entry("connection.disconnected", what="Outlook", facts={"calendars": 1, "entries": 46})
    assert line_of(lost).note.replace("\u00a0", " ") == "1 calendar, 46 entries deleted"
    chosen = entry("connection.calendars_chosen", what="Work", facts={"switched_on": 2, "changed": 1})
    assert line_of(chosen).note.replace("\u00a0", " ") == "2 calendars switched on · 1 calendar changed"
    created = entry("account.created", what="invitation")
    assert line_of(created).note == "With an invitation"
