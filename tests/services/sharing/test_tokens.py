"""Keys to the API: shown once, removable, and nobody else's."""

from datetime import timedelta

import pytest
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput
from oncall_ui.models import ApiToken, now
from oncall_ui.services.sharing.tokens import AT_MOST, PREFIX, create_token, list_tokens, member_for_token, remove_token
from tests.conftest import Person


def test_a_token_leads_to_its_member_and_remembers_when(app: App, alice: Person, bob: Person) -> None:
    token, other = create_token(app, alice.id, " Script "), create_token(app, bob.id, "Script")
    (kept,) = list_tokens(app, alice.id)
    assert (kept.name, kept.last_used_at) == ("Script", None)
    holder, its = member_for_token(app, token), member_for_token(app, other)
    assert (holder and holder.id, its and its.id) == (alice.id, bob.id)
    (kept,) = list_tokens(app, alice.id)
    assert kept.last_used_at and now() - kept.last_used_at < timedelta(seconds=20)


def test_a_token_is_long_random_and_not_stored(app: App, alice: Person) -> None:
    first, second = create_token(app, alice.id, "a"), create_token(app, alice.id, "a")
    assert first != second and first.startswith(PREFIX) and len(first) == len(PREFIX) + 43
    with app.db.read() as session:
        rows = session.exec(select(ApiToken)).all()
    assert first not in "".join(row.model_dump_json() for row in rows)
    assert member_for_token(app, rows[0].token_hash) is None


def test_a_name_that_cannot_be_stored_is_refused(app: App, alice: Person) -> None:
    with pytest.raises(InvalidInput):
        create_token(app, alice.id, "Scr\0ipt")


@pytest.mark.parametrize("token", ["", "guessed", PREFIX, "x" * 9000, "\udcff"])
@pytest.mark.once_on_postgresql
def test_a_guess_is_nobodys(app: App, alice: Person, token: str) -> None:
    create_token(app, alice.id, "Script")
    assert member_for_token(app, token) is None


def test_a_removed_token_opens_nothing(app: App, alice: Person) -> None:
    token = create_token(app, alice.id, "Script")
    (kept,) = list_tokens(app, alice.id)
    remove_token(app, alice.id, kept.id)
    remove_token(app, alice.id, kept.id)
    assert member_for_token(app, token) is None
    assert list_tokens(app, alice.id) == []


def test_nobody_removes_or_sees_anothers(app: App, alice: Person, mallory: Person) -> None:
    token = create_token(app, alice.id, "Script")
    remove_token(app, mallory.id, list_tokens(app, alice.id)[0].id)
    assert list_tokens(app, mallory.id) == []
    assert member_for_token(app, token) is not None


@pytest.mark.parametrize("name", ["", "  ", "x" * 101])
def test_a_token_has_a_name(app: App, alice: Person, name: str) -> None:
    with pytest.raises(InvalidInput):
        create_token(app, alice.id, name)
    assert list_tokens(app, alice.id) == []


def test_there_are_only_so_many(app: App, alice: Person, bob: Person) -> None:
    for number in range(AT_MOST):
        create_token(app, alice.id, str(number))
    with pytest.raises(InvalidInput, match="Remove one first"):
        create_token(app, alice.id, "one more")
    create_token(app, bob.id, "his own")
