"""Members, sessions and the first account."""

from datetime import timedelta

import pytest
from sqlmodel import select, update

from oncall_ui.app import App
from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.errors import InvalidInput, NotAllowed, NotLoggedIn, SetupClosed
from oncall_ui.models import LoginSession, Member, SetupLink, now
from oncall_ui.services.accounts import setup
from oncall_ui.services.accounts.logging_in.log_in import log_in
from oncall_ui.services.accounts.logging_in.sessions import log_out, open_session, require_session, session_for
from oncall_ui.services.accounts.members import add_member, list_members
from oncall_ui.services.accounts.setup import check_setup_link, create_first_account, renew_setup_link
from tests.conftest import PASSWORD, Person

FIRST = {"name": "Alice Moreno", "email": "Alice@Example.org", "password": PASSWORD, "zone": "Europe/Berlin"}


def token_of(link: str | None) -> str:
    assert link is not None
    return link.partition("token=")[2]


def test_the_setup_link_creates_an_administrator_once(app: App) -> None:
    token = token_of(renew_setup_link(app))
    create_first_account(app, token, **FIRST)
    with app.db.read() as session:
        (member,) = session.exec(select(Member)).all()
    assert (member.email, member.is_admin) == ("alice@example.org", True)
    with pytest.raises(SetupClosed):
        create_first_account(app, token, **FIRST | {"email": "mallory@example.org"})
    assert renew_setup_link(app) is None


@pytest.mark.parametrize("token", ["", "guessed", "x" * 500])
def test_without_the_printed_token_setup_stays_closed(app: App, token: str) -> None:
    renew_setup_link(app)
    with pytest.raises(SetupClosed):
        check_setup_link(app, token)
    with pytest.raises(SetupClosed):
        create_first_account(app, token, **FIRST)


def test_processes_that_start_together_print_one_setup_link_and_its_token_is_not_stored(app: App) -> None:
    one, other = token_of(renew_setup_link(app)), token_of(renew_setup_link(app))
    assert one == other
    check_setup_link(app, one)
    with app.db.read() as session:
        assert one not in session.exec(select(SetupLink)).one().model_dump_json()


def test_only_the_newest_setup_link_works(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "TOGETHER", timedelta(0))
    old = token_of(renew_setup_link(app))
    new = token_of(renew_setup_link(app))
    with pytest.raises(SetupClosed):
        check_setup_link(app, old)
    check_setup_link(app, new)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "  "}, "Name"),
        ({"name": "Al\0ice"}, "Name"),
        ({"email": "alice"}, "Email"),
        ({"name": "Ali\nce"}, "Name"),
        ({"name": "Al\ud800ice"}, "Name"),
        ({"email": "a b@example.org"}, "Email"),
        ({"email": "a\0b@example.org"}, "Email"),
        ({"email": "a\x1bb@example.org"}, "Email"),
        ({"email": "a\u200bb@example.org"}, "Email"),
        ({"email": "a\u00a0b@example.org"}, "Email"),
        ({"email": "a@b@example.org"}, "Email"),
        ({"email": "@example.org"}, "Email"),
        ({"email": f"{'a' * 243}@example.org"}, "Email"),
        ({"password": "short"}, "Password"),
        ({"zone": "Mars/Olympus"}, "Time zone"),
    ],
)
def test_a_field_that_cannot_be_taken_is_named(app: App, change: dict[str, str], field: str) -> None:
    token = token_of(renew_setup_link(app))
    with pytest.raises(InvalidInput) as caught:
        create_first_account(app, token, **FIRST | change)
    assert caught.value.field == field
    check_setup_link(app, token)


def test_the_longest_address_and_any_script_are_taken(app: App) -> None:
    for email in (f"{'a' * 242}@example.org", "björn@exämple.org", "用户@例え.jp"):
        add_member(app, name="نام\u200cخانوادگی", email=email, password=PASSWORD, zone="UTC")
        assert log_in(app, email, PASSWORD)


def test_an_address_has_one_account(app: App, alice: Person) -> None:
    with pytest.raises(InvalidInput):
        add_member(app, name="Other", email="ALICE@example.org", password=PASSWORD, zone="UTC")


def test_only_an_administrator_lists_members(app: App, alice: Person, mallory: Person) -> None:
    assert [member.name for member in list_members(app, alice.id)] == ["Alice", "Mallory"]
    with pytest.raises(NotAllowed):
        list_members(app, mallory.id)


def test_every_login_has_a_session_of_its_own(app: App, alice: Person) -> None:
    again = log_in(app, " Alice@example.org ", PASSWORD)
    assert again is not None and again.session != alice.token
    assert session_for(app, again.session).session_id != alice.me.session_id


@pytest.mark.parametrize(
    ("email", "password"),
    [("alice@example.org", "wrong"), ("nobody@example.org", PASSWORD), ("a\0b@example.org", PASSWORD)],
)
def test_a_wrong_login_is_refused_and_says_not_what_was_wrong(
    app: App, alice: Person, email: str, password: str
) -> None:
    assert log_in(app, email, password) is None


def test_logging_out_ends_that_session_alone(app: App, alice: Person) -> None:
    other = open_session(app, alice.id, LoginMethod.PASSWORD)
    log_out(app, alice.me.session_id)
    with pytest.raises(NotLoggedIn):
        session_for(app, alice.token)
    with pytest.raises(NotLoggedIn):
        require_session(app, alice.me.session_id)
    assert session_for(app, other).member.id == alice.id


def test_a_session_that_is_over_is_no_session(app: App, alice: Person) -> None:
    with app.db.write() as session:
        session.exec(update(LoginSession).values(created_at=now() - timedelta(days=90)))
    with pytest.raises(NotLoggedIn):
        session_for(app, alice.token)


@pytest.mark.parametrize("token", [None, "", "guessed"])
def test_a_guessed_cookie_is_nobody(app: App, alice: Person, token: str | None) -> None:
    with pytest.raises(NotLoggedIn):
        session_for(app, token)


def test_neither_password_nor_session_token_is_stored(app: App, alice: Person) -> None:
    with app.db.read() as session:
        rows = [*session.exec(select(Member)), *session.exec(select(LoginSession))]
    text = "".join(row.model_dump_json() for row in rows)
    assert PASSWORD not in text and alice.token not in text
