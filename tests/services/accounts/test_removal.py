"""Removing a member: all of theirs goes, at once, and the audit log keeps the name."""

import asyncio

import pytest
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.errors import Gone, InvitationEnd, InvitationEnded, LastAdministrator, NotAllowed, NotLoggedIn
from oncall_ui.hub import SessionEnded
from oncall_ui.models import AuditEntry, Invitation
from oncall_ui.services.accounts.links.invitations import invite
from oncall_ui.services.accounts.links.joining import join, read_invitation
from oncall_ui.services.accounts.logging_in.sessions import session_for
from oncall_ui.services.accounts.removal import RemovalEffects, removal_effects, remove_member
from tests.conftest import PASSWORD, Person, person
from tests.services.helpers.full_account import keep_everything
from tests.services.privacy.test_erase import counts


async def test_all_of_the_member_goes_and_nothing_of_others(app: App, alice: Person, bob: Person) -> None:
    keep_everything(app, alice)
    before = counts(app)
    keep_everything(app, bob)
    assert await remove_member(app, alice.id, bob.id) == ""
    assert counts(app) == {**before, "member": 1, "login_session": 1}
    with pytest.raises(NotLoggedIn):
        session_for(app, bob.token)
    with app.db.read() as session:
        (line,) = session.exec(select(AuditEntry).where(AuditEntry.action == AuditAction.MEMBER_REMOVED))
    assert (line.action, line.actor_name, line.subject_name) == ("account.removed", "Alice", "Bob")
    assert line.facts == {"connections": 1}


def test_what_it_means_is_known_before(app: App, alice: Person, bob: Person) -> None:
    keep_everything(app, bob)
    assert removal_effects(app, alice.id, bob.id) == RemovalEffects(
        name="Bob",
        email="bob@example.org",
        connections=1,
        manual_entries=1,
        has_feed=True,
        tokens=1,
        sessions=1,
        revoked_at=(),
    )


async def test_open_pages_hear_that_their_session_is_over(app: App, alice: Person, bob: Person) -> None:
    app.hub.start()
    heard: list[object] = []
    app.hub.subscribe(bob.id, heard.extend)
    await remove_member(app, alice.id, bob.id)
    await app.hub.flush()
    assert SessionEnded(bob.id, bob.me.session_id) in heard


async def test_the_last_administrator_is_not_removed(app: App, alice: Person, bob: Person) -> None:
    with pytest.raises(LastAdministrator):
        removal_effects(app, None, alice.id)
    with pytest.raises(LastAdministrator):
        await remove_member(app, None, alice.id)
    assert session_for(app, alice.token).member.is_admin


async def test_nobody_removes_themselves_without_their_password(app: App, alice: Person) -> None:
    person(app, "Dana", is_admin=True)
    with pytest.raises(NotAllowed):
        await remove_member(app, alice.id, alice.id)
    assert session_for(app, alice.token)


async def test_two_administrators_who_remove_each_other(app: App, alice: Person) -> None:
    dana = person(app, "Dana", is_admin=True)
    pairs = ((alice.id, dana.id), (dana.id, alice.id))
    outcomes = await asyncio.gather(*(remove_member(app, by, who) for by, who in pairs), return_exceptions=True)
    assert sorted(type(each).__name__ for each in outcomes) == ["NotAllowed", "str"]


async def test_of_two_administrators_the_slower_hears_who_was_faster(app: App, alice: Person, bob: Person) -> None:
    dana = person(app, "Dana", is_admin=True)
    outcomes = await asyncio.gather(
        *(remove_member(app, by, bob.id) for by in (alice.id, dana.id)), return_exceptions=True
    )
    (gone,) = [each for each in outcomes if isinstance(each, Gone)]
    assert str(gone) in {"Alice removed Bob a moment ago.", "Dana removed Bob a moment ago."}


async def test_removing_is_for_administrators(app: App, alice: Person, bob: Person, mallory: Person) -> None:
    with pytest.raises(NotAllowed):
        removal_effects(app, mallory.id, bob.id)
    with pytest.raises(NotAllowed):
        await remove_member(app, mallory.id, bob.id)
    assert session_for(app, bob.token)


async def test_the_address_of_a_removed_member_is_kept_in_no_invitation(app: App, alice: Person) -> None:
    token = invite(app, alice.id, "grace@example.org").url.rpartition("/")[2]
    grace = join(app, token, name="Grace", password=PASSWORD, zone="UTC")
    await remove_member(app, alice.id, grace)
    with app.db.read() as session:
        assert session.exec(select(Invitation)).all() == []
    with pytest.raises(InvitationEnded) as ended:
        read_invitation(app, token)
    assert ended.value.end is InvitationEnd.UNKNOWN
