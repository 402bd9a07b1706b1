"""Control, format and direction characters are in no name, whatever the form. Characters and columns are generated."""

import sys
from collections.abc import Callable
from datetime import date, time
from functools import cache
from unicodedata import category

import pytest
from sqlalchemy import JSON, String
from sqlmodel import AutoString, SQLModel

from oncall_ui.app import App
from oncall_ui.domain.schedules.destinations.kinds import DestinationKind
from oncall_ui.domain.schedules.shifts.rules import DAY_SETS, Rule
from oncall_ui.errors import InvalidInput
from oncall_ui.services.accounts.addresses import add_address
from oncall_ui.services.accounts.links.invitations import invite
from oncall_ui.services.accounts.members import add_member, valid_name
from oncall_ui.services.accounts.second_factors.passkeys import rename_passkey
from oncall_ui.services.connections.connect import _check_nickname, _usual_name
from oncall_ui.services.schedules.cover.ask import ask_for_cover
from oncall_ui.services.schedules.create import NewSchedule, create_schedule
from oncall_ui.services.schedules.destinations.manage import add_destination
from oncall_ui.services.schedules.settings import Settings as ScheduleSettings
from oncall_ui.services.sharing.channels.manage import add_channel
from oncall_ui.services.sharing.tokens import create_token
from oncall_ui.services.team.tags import save_tags
from oncall_ui.services.text_input import is_email, is_one_line, without_hidden
from providers.base import Discovery, RemoteCalendar
from tests.conftest import PASSWORD, Person
from tests.services.helpers.cover import ROLE
from tests.services.helpers.schedules import in_plan, keep_schedule, participant_of, publish_by_hand

HIDDEN = [
    character
    for character in map(chr, range(sys.maxunicode + 1))
    if category(character) in {"Cc", "Cf", "Zl", "Zp"} and character not in "\u200c\u200d"
]
DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
REAL = ("José Ñandú", "Нина", "علی‌رضا", "क्‍ष", "ශ්‍රී", "李小龍", "👩‍💻 Ana", "O’Neil-Łuk", "ไทย", "א״ב", "❤️ Team")
"""Names as people have them, with the joiners their scripts need."""
TYPED = {
    "member.name",
    "member.email",
    "connection.nickname",
    "api_token.name",
    "passkey.name",
    "invitation.email",
    "email_change.email",
    "team.block_tags",
    "team.prefer_tags",
    "member.addresses",
    "trusted_address.address",
    "schedule.name",
    "ledger_line.why",
    "request.note",
    "destination.name",
    "channel.name",
}

FOREIGN = {
    "calendar.name",
    "login_session.address",
    "audit_entry.address",
    "audit_entry.name",
    "known_browser.name",
    "feed_address.address",
    "identity.email",
    "login_request.address",
}
"""Cleaned, not refused, where they are stored."""
OURS = {
    "calendar.why",
    "schedule_plan.note",
    "server_secret.name",
    "lease.name",
    "participant.name",
    "destination.why",
    "channel.why",
    "delivery.why",
}
"""Sentences and names of this app, or copies of what was checked."""


def test_there_are_many_of_them() -> None:
    assert len(HIDDEN) > 200
    assert set(DIRECTIONS) < set(HIDDEN)


@pytest.mark.parametrize("name", REAL)
def test_real_names_stay_as_they_are(name: str) -> None:
    assert valid_name(f" {name} ") == name
    assert without_hidden(name) == name


@pytest.mark.parametrize(
    "name", ["\u200cAna", "Ana\u200d", "A\u200dna", "а\u200cн", "क्\u200d\u200dष", "\u3164", "Ana\u2800"]
)
def test_joiners_and_blanks_where_no_script_needs_them_are_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="invisible character"):
        valid_name(name)
    assert is_one_line(without_hidden(name))


def schedule_named(name: str, role: str = "primary") -> NewSchedule:
    settings = ScheduleSettings(name, "UTC", roles={role: 100})
    return NewSchedule(settings, date(2026, 12, 7), {}, (Rule(DAY_SETS["Daily"], time(9)),))


HOOK = {"url": "https://hooks.example.org/x"}


def on_call(app: App, alice: Person) -> int:
    """A schedule on which Alice has a shift."""
    schedule = keep_schedule(app, alice, [alice])
    publish_by_hand(app, alice, schedule, [participant_of(app, schedule, alice)])
    return schedule


def forms(app: App, alice: Person) -> dict[str, Callable[[str], object]]:
    """Every service that stores text somebody types, with all else valid."""

    def tags(word: str) -> object:
        return save_tags(app, alice.id, [word], ["prefer"])

    @cache
    def schedule() -> int:
        return on_call(app, alice)

    return {
        "valid_name": valid_name,
        "add_member, email": lambda text: add_member(
            app, name="Ana", email=f"{text}@example.org", password=PASSWORD, zone="UTC", is_admin=False
        ),
        "create_token": lambda text: create_token(app, alice.id, text),
        "rename_passkey": lambda text: rename_passkey(app, alice.id, 1, text),
        "nickname": _check_nickname,
        "tags": tags,
        "invite": lambda text: invite(app, alice.id, f"{text}@example.org"),
        "schedule": lambda text: create_schedule(app, alice.id, schedule_named(text)),
        "role": lambda text: create_schedule(app, alice.id, schedule_named("Platform", text)),
        "ask_for_cover": lambda text: ask_for_cover(app, alice.id, schedule(), in_plan(0), ROLE, note=text),
        "add_destination": lambda text: add_destination(app, alice.id, schedule(), DestinationKind.WEBHOOK, text, HOOK),
        "add_channel": lambda text: add_channel(app, alice.id, DestinationKind.SLACK, text, HOOK),
        "add_address": lambda text: add_address(app, alice.id, f"{text}@example.org", is_confirmed=True),
    }


@pytest.mark.parametrize("form", list(forms(None, None)))  # type: ignore[arg-type]
def test_every_form_refuses_every_one_of_them(app: App, alice: Person, form: str) -> None:
    store = forms(app, alice)[form]
    for character in (
        HIDDEN if form in {"valid_name", "nickname"} else (*DIRECTIONS, "\0", "\x1b", "\x7f", "\u00ad", "\ufeff")
    ):
        with pytest.raises(InvalidInput):
            store(f"a{character}b")


@pytest.mark.parametrize("character", DIRECTIONS)
def test_emails_have_none(character: str) -> None:
    assert not is_email(f"a{character}b@example.org")


def test_foreign_names_lose_them() -> None:
    name = "Work" + "".join(HIDDEN) + "\r\nteam"
    assert without_hidden("Work\r\nteam\x00") == "Work  team"
    assert is_one_line(without_hidden(name))
    found = Discovery("id", "\u202eacc", (RemoteCalendar("1", "\u202eWork\u2066", "UTC"),))
    assert _usual_name(found) == "Work"


def test_every_column_of_text_is_known_to_be_typed_or_not() -> None:
    """A new column of names belongs into TYPED and its service into `forms`, or into FOREIGN."""
    words = {"name", "nickname", "email", "address", "title", "note", "why"}
    named = {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if column.name in words and isinstance(column.type, (String, AutoString, JSON))
    }
    assert len(named) > 10
    assert named <= TYPED | FOREIGN | OURS, named - TYPED - FOREIGN - OURS
