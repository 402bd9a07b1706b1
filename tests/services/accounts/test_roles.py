"""Roles: changed by administrators, at once, and never so that nobody is one."""

import pytest
from sqlmodel import col, func, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.errors import Gone, LastAdministrator, NotAllowed, NotLoggedIn
from oncall_ui.models import AuditEntry, Member
from oncall_ui.services.accounts.logging_in.sessions import session_for
from oncall_ui.services.accounts.members import list_members
from oncall_ui.services.accounts.removal import remove_member
from oncall_ui.services.accounts.roles import change_role, log_out_everywhere
from tests.conftest import Person, person
from tests.services.test_at_once import together


def number_of_administrators(app: App) -> int:
    with app.db.read() as session:
        return session.exec(select(func.count()).where(col(Member.is_admin))).one()


def role_changes(app: App) -> list[tuple[str, str, str]]:
    with app.db.read() as session:
        chosen = select(AuditEntry).where(AuditEntry.action == AuditAction.ROLE_CHANGED)
        rows = session.exec(chosen.order_by(col(AuditEntry.id)))
        return [(each.actor_name, each.subject_name, each.what) for each in rows]


def test_a_member_becomes_an_administrator_and_a_member_again(app: App, alice: Person, bob: Person) -> None:
    change_role(app, alice.id, bob.id, is_admin=True)
    assert len(list_members(app, bob.id)) == 2
    change_role(app, bob.id, alice.id, is_admin=False)
    with pytest.raises(NotAllowed):
        list_members(app, alice.id)
    assert role_changes(app) == [("Alice", "Bob", "administrator"), ("Bob", "Alice", "member")]


def test_the_last_administrator_stays_one(app: App, alice: Person, bob: Person) -> None:
    for by in (alice.id, None):
        with pytest.raises(LastAdministrator, match=r"user role EMAIL admin"):
            change_role(app, by, alice.id, is_admin=False)
    assert number_of_administrators(app) == 1
    change_role(app, None, bob.id, is_admin=True)
    change_role(app, alice.id, alice.id, is_admin=False)
    assert number_of_administrators(app) == 1


def test_what_stays_the_same_is_not_recorded(app: App, alice: Person, bob: Person) -> None:
    change_role(app, alice.id, bob.id, is_admin=False)
    assert role_changes(app) == []


@pytest.mark.parametrize("attempt", range(4))
def test_two_who_demote_each_other_leave_one(app: App, alice: Person, attempt: int) -> None:
    dana = person(app, "Dana", is_admin=True)
    outcomes = together(
        lambda: change_role(app, alice.id, dana.id, is_admin=False),
        lambda: change_role(app, dana.id, alice.id, is_admin=False),
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["NoneType", "NotAllowed"]
    assert number_of_administrators(app) == 1


@pytest.mark.parametrize("attempt", range(4))
def test_two_who_step_down_at_once_leave_one(app: App, alice: Person, attempt: int) -> None:
    dana = person(app, "Dana", is_admin=True)
    outcomes = together(*[lambda each=each: _step_down(app, each) for each in (alice, dana)])
    assert sorted(map(str, outcomes)) == ["done", "last"]
    assert number_of_administrators(app) == 1


def test_roles_are_for_administrators(app: App, alice: Person, bob: Person, mallory: Person) -> None:
    for verb in (
        lambda: change_role(app, mallory.id, mallory.id, is_admin=True),
        lambda: change_role(app, mallory.id, alice.id, is_admin=False),
        lambda: log_out_everywhere(app, mallory.id, bob.id),
    ):
        with pytest.raises(NotAllowed):
            verb()


async def test_who_was_removed_meanwhile_has_no_role(app: App, alice: Person, bob: Person) -> None:
    dana = person(app, "Dana", is_admin=True)
    await remove_member(app, dana.id, bob.id)
    for verb in (
        lambda: change_role(app, alice.id, bob.id, is_admin=True),
        lambda: log_out_everywhere(app, alice.id, bob.id),
    ):
        with pytest.raises(Gone, match=r"^Dana removed Bob a moment ago\.$"):
            verb()


def test_logged_out_everywhere(app: App, alice: Person, bob: Person) -> None:
    assert log_out_everywhere(app, alice.id, bob.id) == 1
    with pytest.raises(NotLoggedIn):
        session_for(app, bob.token)
    assert session_for(app, alice.token).member.name == "Alice"


def _step_down(app: App, who: Person) -> str:
    try:
        change_role(app, who.id, who.id, is_admin=False)
    except LastAdministrator:
        return "last"
    return "done"
