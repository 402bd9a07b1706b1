"""A member takes everything back: with their password, all of it, and nobody else's."""

import asyncio

import pytest
from sqlalchemy import func
from sqlmodel import Session, SQLModel, select

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput, LastAdministrator, NotAllowed, NotLoggedIn
from oncall_ui.models import Member, Team
from oncall_ui.services.accounts.logging_in.sessions import session_for
from oncall_ui.services.accounts.setup import check_setup_link
from oncall_ui.services.privacy.erase import erase, erasure_effects
from tests.conftest import PASSWORD, Person, person
from tests.services.helpers.full_account import keep_everything
from tests.services.privacy.test_stored_data import hanging_on_members


def counts(app: App) -> dict[str, int]:
    """Rows of each table that hangs on a member."""
    with app.db.read() as session:
        return {name: _rows(session, name) for name in sorted(hanging_on_members())}


async def test_nothing_of_the_member_is_left_and_everything_of_others(app: App, alice: Person, bob: Person) -> None:
    keep_everything(app, alice)
    before = counts(app)
    assert all(number >= 1 for number in before.values())
    keep_everything(app, bob)
    assert await erase(app, bob.id, PASSWORD) is None
    with pytest.raises(NotLoggedIn):
        session_for(app, bob.token)
    after = counts(app)
    assert after == {**before, "member": 1, "login_session": 1}


async def test_a_wrong_password_erases_nothing_and_is_counted(app: App, alice: Person) -> None:
    keep_everything(app, alice)
    before = counts(app)
    for _ in range(10):
        with pytest.raises(InvalidInput) as caught:
            await erase(app, alice.id, "wrong password")
        assert caught.value.field == "Password"
    with pytest.raises(InvalidInput, match="Too many"):
        await erase(app, alice.id, PASSWORD)
    assert counts(app) == before


async def test_the_only_administrator_stays_while_others_have_accounts(app: App, alice: Person, bob: Person) -> None:
    keep_everything(app, alice)
    before = counts(app)
    assert erasure_effects(app, alice.id).is_last_admin
    assert not erasure_effects(app, bob.id).is_last_admin
    with pytest.raises(LastAdministrator, match=r"run\.py user role"):
        await erase(app, alice.id, PASSWORD)
    assert counts(app) == before
    person(app, "Carol", is_admin=True)
    await erase(app, alice.id, PASSWORD)
    assert not erasure_effects(app, bob.id).is_last


async def test_two_last_administrators_do_not_both_go(app: App, alice: Person, bob: Person) -> None:
    carol = person(app, "Carol", is_admin=True)
    outcomes = await asyncio.gather(*(erase(app, each.id, PASSWORD) for each in (alice, carol)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in outcomes) == ["LastAdministrator", "NoneType"]
    with app.db.read() as session:
        assert [member.is_admin for member in session.exec(select(Member).order_by(Member.email))].count(True) == 1


async def test_after_the_last_member_the_server_is_as_at_its_first_start(app: App, alice: Person) -> None:
    keep_everything(app, alice)
    with app.db.write() as session:
        session.add(Team(block_tags=["absent"]))
    assert erasure_effects(app, alice.id).is_last
    link = await erase(app, alice.id, PASSWORD)
    assert link is not None
    check_setup_link(app, link.partition("token=")[2])
    assert set(counts(app).values()) == {0}
    with app.db.read() as session:
        assert _rows(session, "team") == _rows(session, "participant") == _rows(session, "shift") == 0


async def test_who_is_gone_cannot_go_again(app: App, alice: Person, bob: Person) -> None:
    await erase(app, bob.id, PASSWORD)
    with pytest.raises(NotAllowed):
        await erase(app, bob.id, PASSWORD)


def _rows(session: Session, table: str) -> int:
    return int(session.execute(select(func.count()).select_from(SQLModel.metadata.tables[table])).scalar_one())
