"""Invitations: a link works once, within 72 hours, for somebody without an account, and nobody else."""

from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import col, select, update

from oncall_ui.app import App
from oncall_ui.errors import Gone, InvalidInput, InvitationEnd, InvitationEnded, NotAllowed
from oncall_ui.models import AuditEntry, Invitation, Member, now
from oncall_ui.services.accounts.links.invitations import (
    LASTS,
    InvitationLink,
    change_invited_role,
    invite,
    renew,
    revoke,
)
from oncall_ui.services.accounts.links.joining import join, note_opened, read_invitation
from oncall_ui.services.accounts.members import add_member
from oncall_ui.services.accounts.removal import remove_member
from oncall_ui.services.accounts.roles import change_role
from tests.conftest import PASSWORD, Person
from tests.services.test_at_once import together

GRACE = "grace@example.org"
DETAILS = {"name": "Grace Lindqvist", "password": PASSWORD, "zone": "Europe/Stockholm"}


def token_of(link: InvitationLink) -> str:
    return link.url.rpartition("/")[2]


def end_of(app: App, link: InvitationLink) -> InvitationEnded:
    """Why the link doesn't work; the same for who looks at it and for who uses it."""
    with pytest.raises(InvitationEnded) as looked:
        read_invitation(app, token_of(link))
    with pytest.raises(InvitationEnded) as used:
        join(app, token_of(link), **DETAILS)
    assert looked.value.end is used.value.end
    return looked.value


def expire(app: App) -> None:
    with app.db.write() as session:
        session.exec(update(Invitation).values(expires_at=now() - timedelta(minutes=1)))


def actions(app: App) -> list[tuple[str, str, str]]:
    with app.db.read() as session:
        rows = session.exec(
            select(AuditEntry).where(col(AuditEntry.action).startswith("account.")).order_by(col(AuditEntry.id))
        )
        return [(row.action, row.actor_name, row.subject_name) for row in rows]


def test_a_link_creates_one_account_with_the_role_it_was_made_for(app: App, alice: Person) -> None:
    link = invite(app, alice.id, " Grace@Example.org ", is_admin=True)
    assert link.email == GRACE
    assert timedelta(hours=71, minutes=59) < link.expires_at - now() <= LASTS
    seen = read_invitation(app, token_of(link))
    assert (seen.email, seen.inviter, seen.zone.key) == (GRACE, "Alice", "Europe/Berlin")
    member_id = join(app, token_of(link), **DETAILS)
    with app.db.read() as session:
        grace = session.get_one(Member, member_id)
        assert (grace.email, grace.name, grace.zone, grace.is_admin) == (
            GRACE,
            "Grace Lindqvist",
            DETAILS["zone"],
            True,
        )
    assert end_of(app, link).end is InvitationEnd.USED
    assert actions(app) == [
        ("account.invited", "Alice", GRACE),
        ("account.created", "Grace Lindqvist", ""),
    ]


def test_only_a_hash_of_the_link_is_stored(app: App, alice: Person) -> None:
    link = invite(app, alice.id, GRACE)
    with app.db.read() as session:
        (row,) = session.exec(select(Invitation))
        assert token_of(link) not in row.model_dump_json()
    assert token_of(link) not in repr(link)


def test_who_has_an_account_is_not_invited(app: App, alice: Person, bob: Person) -> None:
    with pytest.raises(InvalidInput, match="already has an account"):
        invite(app, alice.id, "Bob@example.org")
    with pytest.raises(InvalidInput, match="email address"):
        invite(app, alice.id, "bob")


def test_an_account_made_in_another_way_stays_as_it_is(app: App, alice: Person) -> None:
    link = invite(app, alice.id, GRACE, is_admin=True)
    add_member(app, name="Grace", email=GRACE, password=PASSWORD, zone="UTC")
    assert end_of(app, link).end is InvitationEnd.HAS_ACCOUNT
    with app.db.read() as session:
        grace = session.exec(select(Member).where(Member.email == GRACE)).one()
        assert (grace.name, grace.is_admin) == ("Grace", False)
    with pytest.raises(Gone, match="has an account by now"):
        renew(app, alice.id, link.invitation_id)


def test_an_expired_link_says_until_when_and_whom_to_ask(app: App, alice: Person) -> None:
    link = invite(app, alice.id, GRACE)
    expire(app)
    ended = end_of(app, link)
    assert (ended.end, ended.inviter) == (InvitationEnd.EXPIRED, "Alice")
    assert ended.ended_at is not None and ended.ended_at < now()


def test_an_inviter_who_is_no_administrator_any_more_is_not_the_one_to_ask(
    app: App, alice: Person, bob: Person
) -> None:
    change_role(app, alice.id, bob.id, is_admin=True)
    link = invite(app, bob.id, GRACE)
    change_role(app, alice.id, bob.id, is_admin=False)
    expire(app)
    assert end_of(app, link).inviter == ""


async def test_an_invitation_outlives_who_sent_it(app: App, alice: Person, bob: Person) -> None:
    change_role(app, alice.id, bob.id, is_admin=True)
    link = invite(app, bob.id, GRACE)
    await remove_member(app, alice.id, bob.id)
    assert read_invitation(app, token_of(link)).inviter == ""


def test_a_new_link_ends_the_old_one_and_keeps_the_role(app: App, alice: Person) -> None:
    first = invite(app, alice.id, GRACE, is_admin=True)
    second = renew(app, alice.id, first.invitation_id)
    assert end_of(app, first).end is InvitationEnd.REPLACED
    member_id = join(app, token_of(second), **DETAILS)
    with app.db.read() as session:
        assert session.get_one(Member, member_id).is_admin


def test_a_revoked_link_says_so_and_the_address_can_be_invited_again(app: App, alice: Person) -> None:
    link = invite(app, alice.id, GRACE)
    assert revoke(app, alice.id, link.invitation_id) == GRACE
    assert end_of(app, link).end is InvitationEnd.REVOKED
    invite(app, alice.id, GRACE)
    assert end_of(app, link).end is InvitationEnd.REPLACED


def test_an_address_has_one_link_at_a_time(app: App, alice: Person) -> None:
    first = invite(app, alice.id, GRACE)
    with pytest.raises(InvalidInput, match="already invited"):
        invite(app, alice.id, GRACE)
    expire(app)
    invite(app, alice.id, GRACE)
    assert end_of(app, first).end is InvitationEnd.REPLACED


def test_the_role_can_change_before_the_link_is_used(app: App, alice: Person) -> None:
    link = invite(app, alice.id, GRACE)
    change_invited_role(app, alice.id, link.invitation_id, is_admin=True)
    member_id = join(app, token_of(link), **DETAILS)
    with app.db.read() as session:
        assert session.get_one(Member, member_id).is_admin


def test_the_first_look_is_noted(app: App, alice: Person) -> None:
    link = invite(app, alice.id, GRACE)

    def opened_at() -> object:
        with app.db.read() as session:
            return session.exec(select(Invitation.opened_at)).one()

    assert opened_at() is None
    note_opened(app, token_of(link))
    first = opened_at()
    assert first is not None
    note_opened(app, token_of(link))
    assert opened_at() == first


def test_a_refused_form_leaves_the_link_as_it_was(app: App, alice: Person) -> None:
    link = invite(app, alice.id, GRACE)
    with pytest.raises(InvalidInput) as refused:
        join(app, token_of(link), name="", password="short", zone="Atlantis")
    assert list(refused.value.sentences) == ["Name", "Password", "Time zone"]
    join(app, token_of(link), **DETAILS)


def test_no_link_at_all(app: App) -> None:
    for token in ("", "never-made", "a\x00b"):
        with pytest.raises(InvitationEnded) as ended:
            read_invitation(app, token)
        assert ended.value.end is InvitationEnd.UNKNOWN


@pytest.mark.parametrize("attempt", range(3))
def test_two_who_use_a_link_at_once_make_one_account(app: App, alice: Person, attempt: int) -> None:
    link = invite(app, alice.id, f"{attempt}{GRACE}")
    outcomes = together(*[lambda: _joined(app, link)] * 2)
    assert sorted(map(str, outcomes)) == sorted(["joined", InvitationEnd.USED])
    with app.db.read() as session:
        assert len(session.exec(select(Member).where(Member.email == link.email)).all()) == 1


@pytest.mark.parametrize("attempt", range(3))
def test_two_who_invite_the_same_at_once_make_one_link(app: App, alice: Person, attempt: int) -> None:
    outcomes = together(*[lambda: _invited(app, alice)] * 2)
    assert sorted(map(str, outcomes)) == ["invited", "refused"]
    with app.db.read() as session:
        assert len(session.exec(select(Invitation)).all()) == 1


def test_a_revocation_and_a_log_in_at_once_do_not_both_succeed(app: App, alice: Person) -> None:
    for number in range(5):
        link = invite(app, alice.id, f"{number}{GRACE}")
        outcomes = together(partial(_joined, app, link), partial(_revoked, app, alice, link))
        assert outcomes in (["joined", "gone"], [InvitationEnd.REVOKED, "revoked"])


def test_invitations_are_for_administrators(app: App, alice: Person, bob: Person) -> None:
    link = invite(app, alice.id, GRACE)
    for verb in (
        lambda: invite(app, bob.id, "eve@example.org"),
        lambda: renew(app, bob.id, link.invitation_id),
        lambda: revoke(app, bob.id, link.invitation_id),
        lambda: change_invited_role(app, bob.id, link.invitation_id, is_admin=True),
    ):
        with pytest.raises(NotAllowed):
            verb()
    assert read_invitation(app, token_of(link)).email == GRACE


def test_of_two_administrators_the_slower_hears_who_was_faster(app: App, alice: Person, bob: Person) -> None:
    change_role(app, alice.id, bob.id, is_admin=True)
    link = invite(app, alice.id, GRACE)
    renewed = renew(app, bob.id, link.invitation_id)
    with pytest.raises(Gone, match=f"^Bob made a new link for {GRACE} a moment ago.$"):
        renew(app, alice.id, link.invitation_id)
    revoke(app, bob.id, renewed.invitation_id)
    with pytest.raises(Gone, match=f"^Bob revoked the invitation of {GRACE} a moment ago.$"):
        revoke(app, alice.id, renewed.invitation_id)


def test_ended_links_are_forgotten_after_a_month(app: App, alice: Person) -> None:
    old = invite(app, alice.id, GRACE)
    revoke(app, alice.id, old.invitation_id)
    with app.db.write() as session:
        session.exec(update(Invitation).values(revoked_at=now() - timedelta(days=31)))
    invite(app, alice.id, "hugo@example.org")
    assert end_of(app, old).end is InvitationEnd.UNKNOWN


def _joined(app: App, link: InvitationLink) -> str:
    try:
        join(app, token_of(link), **DETAILS)
    except InvitationEnded as ended:
        return ended.end
    return "joined"


def _invited(app: App, alice: Person) -> str:
    try:
        invite(app, alice.id, GRACE)
    except InvalidInput:
        return "refused"
    return "invited"


def _revoked(app: App, alice: Person, link: InvitationLink) -> str:
    try:
        revoke(app, alice.id, link.invitation_id)
    except Gone:
        return "gone"
    return "revoked"
