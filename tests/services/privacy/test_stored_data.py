"""What is kept, shown and taken away: all of it, one's own alone, and nothing that opens anything."""

import json
from datetime import timedelta

import pytest
from icalendar import Calendar as Parsed
from sqlmodel import SQLModel, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.errors import NotAllowed, NotLoggedIn
from oncall_ui.models import LoginSession, Member
from oncall_ui.services.accounts.logging_in.sessions import log_out_others, open_session, session_for
from oncall_ui.services.privacy.export import export, export_ics
from oncall_ui.services.privacy.stored_data import intervals_of, stored_data
from tests.conftest import Person
from tests.services.helpers.full_account import CURSOR, FINGERPRINT, REMOTE, SEALED, keep_everything

TOLD_AS = {
    "member": "account",
    "login_session": "logins",
    "connection": "connections",
    "authorization_request": "sign_ins_under_way",
    "calendar": "connections",
    "calendar_digest": "not_included",
    "trusted_address": "trusted_addresses",
    "manual_entry": "entries_by_hand",
    "feed_address": "private_address",
    "api_token": "api_tokens",
    "availability": "availability",
    "passkey": "passkeys",
    "totp": "two_factor",
    "recovery_code": "recovery_codes",
    "identity": "single_sign_on",
    "known_browser": "known_browsers",
    "reset_link": "reset_links",
    "email_change": "email_changes",
    "pending_login": "logins_waiting_for_a_code",
    "login_request": "logins_under_way",
    "schedule_access": "schedules",
    "shift_feed_address": "shift_addresses",
    "message": "messages",
    "message_link": "messages",
    "email_choice": "email_choices",
    "quiet_hours": "quiet_hours",
    "channel": "channels",
    "channel_delivery": "channels",
    "guide_remark": "guide_remarks",
}
"""Where the download tells of each table that hangs on a member."""


def hanging_on_members() -> set[str]:
    """Tables that go with a member, however far away they hang."""
    tables = SQLModel.metadata.tables
    found = {"member"}
    while more := {
        name
        for name, table in tables.items()
        if name not in found
        and any(key.column.table.name in found for key in table.foreign_keys if key.ondelete == "CASCADE")
    }:
        found |= more
    return found


def test_every_table_about_a_member_is_told_of() -> None:
    assert hanging_on_members() == TOLD_AS.keys()


def test_everything_is_shown(app: App, alice: Person, bob: Person) -> None:
    keep_everything(app, alice)
    keep_everything(app, bob)
    kept = stored_data(app, alice.id)
    assert (kept.name, kept.email, kept.zone) == ("Alice", "alice@example.org", "Europe/Berlin")
    assert (kept.intervals, kept.pending_sign_ins, kept.trusted) == (3, 1, ("other@example.org",))
    assert len(kept.sessions) == 1
    assert [(each.name, each.shifts) for each in kept.schedules] == [("Platform", 1)]
    (connection,) = kept.connections
    assert (connection.nickname, connection.calendars, connection.calendars_on) == ("Work of alice@example.org", 1, 1)
    assert connection.last_read_at is not None
    (entry,) = kept.manual_days
    assert entry.weekly
    intervals = intervals_of(app, alice.id)
    assert [each.calendar for each in intervals] == [f"Work of {alice.email}"] * 3
    assert intervals == sorted(intervals, key=lambda each: each.start)
    assert intervals_of(app, alice.id, 2) == intervals[:2]


def test_the_download_holds_all_of_it(app: App, alice: Person, bob: Person) -> None:
    keep_everything(app, alice)
    keep_everything(app, bob)
    told = export(app, alice.id)
    assert told["account"]["email"] == "alice@example.org"
    assert [len(told[key]) for key in ("availability", "connections", "trusted_addresses", "entries_by_hand")] == [
        3,
        1,
        1,
        1,
    ]
    assert [len(told[key]) for key in ("logins", "sign_ins_under_way", "api_tokens")] == [1, 1, 1]
    (calendar,) = told["connections"][0]["calendars"]
    assert (calendar["name"], calendar["state"], calendar["mode"]) == ("Work", "up_to_date", "matching")
    assert told["availability"][0]["action"] == "block"
    assert told["availability"][0]["start"].endswith("T09:00:00Z")
    assert told["entries_by_hand"][0]["first_day"] == "2027-01-04"
    assert told["private_address"]["last_fetched_at"] is None
    (schedule,) = told["schedules"]
    assert (schedule["access"], len(schedule["shifts"]), len(schedule["ledger"])) == ("manager", 1, 1)
    assert schedule["shifts"][0]["start"].endswith("T09:00:00Z") and schedule["ledger"][0]["due"] == 1
    assert told.keys() >= set(TOLD_AS.values())
    assert "bob" not in json.dumps(told)


def test_no_download_opens_anything(app: App, alice: Person) -> None:
    keep_everything(app, alice)
    text = json.dumps(export(app, alice.id)) + export_ics(app, alice.id).decode()
    with app.db.read() as session:
        hashes = [row.password_hash for row in session.exec(select(Member))]
        hashes += [row.id for row in session.exec(select(LoginSession))]
    for secret in (*hashes, SEALED, FINGERPRINT, REMOTE, CURSOR, alice.token, "_hash", "sealed"):
        assert secret not in text, secret


def test_the_download_as_a_calendar_holds_every_span_once(app: App, alice: Person) -> None:
    keep_everything(app, alice)
    events = Parsed.from_ical(export_ics(app, alice.id)).walk("VEVENT")
    spans = [(str(each["SUMMARY"]), each.decoded("DTSTART"), each.decoded("DTEND")) for each in events]
    assert len(spans) == len(set(spans))
    assert [title for title, *_ in spans].count("Would like to be on call") == 1
    assert any(end - start >= timedelta(days=5) for _, start, end in spans), "manual days are among them"


def test_of_somebody_new_little_is_kept(app: App, alice: Person) -> None:
    kept = stored_data(app, alice.id)
    assert (kept.intervals, kept.connections, kept.manual_days, kept.trusted) == (0, (), (), ())
    assert export(app, alice.id)["private_address"] is None
    assert b"VEVENT" not in export_ics(app, alice.id)


def test_who_is_gone_has_nothing(app: App, alice: Person) -> None:
    for ask in (stored_data, export, export_ics):
        with pytest.raises(NotAllowed):
            ask(app, alice.id + 1)


def test_logging_the_others_out_leaves_this_browser_and_other_members(app: App, alice: Person, bob: Person) -> None:
    other = open_session(app, alice.id, LoginMethod.PASSWORD)
    assert log_out_others(app, alice.id, alice.me.session_id) == 1
    with pytest.raises(NotLoggedIn):
        session_for(app, other)
    assert session_for(app, alice.token).member.id == alice.id
    assert session_for(app, bob.token).member.id == bob.id
    assert log_out_others(app, alice.id, alice.me.session_id) == 0


def test_nobody_logs_anothers_browsers_out(app: App, alice: Person, mallory: Person) -> None:
    assert log_out_others(app, mallory.id, mallory.me.session_id) == 0
    assert session_for(app, alice.token)
