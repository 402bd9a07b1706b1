"""Single sign-on against a real OpenID provider: who is logged in, linked, created or refused."""

from typing import Any

import pytest
from sqlmodel import col, select

from oncall_ui.app import App, open_app
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.errors import NotAllowed, SingleSignOnFailed
from oncall_ui.models import AuditEntry, Identity, LoginRequest, LoginSession, Member
from oncall_ui.security.tokens import hash_token
from oncall_ui.services.accounts.logging_in.identities import identities_of, unlink
from oncall_ui.services.accounts.logging_in.login_rules import create_accounts
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn, session_for
from oncall_ui.services.accounts.logging_in.single_sign_on import (
    Returned,
    begin,
    begin_link,
    finish,
)
from oncall_ui.services.accounts.protection import protection_of
from oncall_ui.settings import Settings
from tests.conftest import QUICK_PASSWORDS, Person
from tests.fakes.openid import OpenIdServer, with_single_sign_on

BROWSER = "the token in this browser’s cookie"


@pytest.fixture
def settings(settings: Settings, openid: OpenIdServer) -> Settings:
    return with_single_sign_on(settings, openid)


def another(app: App, **changes: Any) -> App:
    """The same installation after a restart with other settings."""
    return open_app(app.settings.model_copy(update=changes), db=app.db, workers=app.workers, passwords=QUICK_PASSWORDS)


async def arrive(app: App, openid: OpenIdServer, subject: str, *, zone: str = "") -> Returned:
    """Logs in on the provider's page, and comes back in the same browser."""
    url = await begin(app, BROWSER, "/team", zone)
    return await finish(app, openid.answer_for(url, subject), browser=BROWSER, me=None)


async def logged_in(app: App, openid: OpenIdServer, subject: str, *, zone: str = "") -> LoggedIn:
    returned = await arrive(app, openid, subject, zone=zone)
    assert returned.outcome is not None
    return session_for(app, returned.outcome.session)


async def sentence(app: App, openid: OpenIdServer, subject: str) -> str:
    """Why `subject` wasn't logged in."""
    with pytest.raises(SingleSignOnFailed) as failed:
        await arrive(app, openid, subject)
    return failed.value.sentence


def actions(app: App) -> list[str]:
    with app.db.read() as session:
        return list(session.exec(select(AuditEntry.action).order_by(col(AuditEntry.id))))


async def test_a_confirmed_email_links_the_account_and_logs_in(app: App, openid: OpenIdServer, bob: Person) -> None:
    returned = await arrive(app, openid, "b-1")
    assert returned.target == "/team" and returned.outcome is not None
    me = session_for(app, returned.outcome.session)
    assert me.member.id == bob.id
    (identity,) = identities_of(app, bob.id)
    assert (identity.provider, identity.email) == ("Acme SSO", "bob@example.org")
    with app.db.read() as session:
        begun = session.get_one(LoginSession, me.session_id)
    assert begun.method is LoginMethod.SINGLE_SIGN_ON
    assert AuditAction.IDENTITY_LINKED in actions(app)


async def test_an_unconfirmed_email_links_nothing(app: App, openid: OpenIdServer, bob: Person) -> None:
    assert await sentence(app, openid, "u-1") == "Acme SSO didn’t confirm your email address. Ask your administrator."
    assert identities_of(app, bob.id) == ()
    assert AuditAction.LOGIN_FAILED in actions(app)


async def test_nobody_gets_an_account_while_the_switch_is_off(app: App, openid: OpenIdServer, alice: Person) -> None:
    assert await sentence(app, openid, "c-1") == (
        "There is no account for carla@example.org here. Ask your administrator to invite you."
    )
    with app.db.read() as session:
        assert session.exec(select(Member.email)).all() == [alice.email]
        assert session.exec(select(Identity)).all() == []


async def test_the_first_login_creates_an_account_while_the_switch_is_on(
    app: App, openid: OpenIdServer, alice: Person
) -> None:
    create_accounts(app, alice.id, True)
    me = (await logged_in(app, openid, "c-1", zone="America/New_York")).member
    assert (me.name, me.email, me.zone, me.is_admin) == (
        "Carla Reyes", "carla@example.org", "America/New_York", False,
    )  # fmt: skip
    create_accounts(app, alice.id, False)
    assert (await logged_in(app, openid, "c-1")).member.id == me.id
    assert actions(app).count(AuditAction.ACCOUNT_CREATED) == 1


@pytest.mark.parametrize(
    ("zone", "claim", "expected"),
    [("", "Europe/Rome", "Europe/Rome"), ("Nowhere/City", None, "Europe/Berlin"), ("undefined", "x", "Europe/Berlin")],
)
async def test_a_new_account_has_the_first_zone_that_is_known(
    app: App, openid: OpenIdServer, alice: Person, zone: str, claim: str | None, expected: str
) -> None:
    create_accounts(app, alice.id, True)
    openid.add_user("d", email="dana@example.org", email_verified=True, name="Da\nna \u202e", zoneinfo=claim)
    me = (await logged_in(app, openid, "d", zone=zone)).member
    assert (me.zone, me.name) == (expected, "Da na")


async def test_an_identity_stays_with_its_member(app: App, openid: OpenIdServer, alice: Person, bob: Person) -> None:
    await arrive(app, openid, "b-1")
    openid.add_user("b-1", email=alice.email, email_verified=True)
    assert (await logged_in(app, openid, "b-1")).member.id == bob.id
    assert [identity.email for identity in identities_of(app, bob.id)] == [alice.email]
    assert identities_of(app, alice.id) == ()


async def test_an_address_that_was_given_to_somebody_else_takes_over_no_account(
    app: App, openid: OpenIdServer, bob: Person
) -> None:
    await arrive(app, openid, "b-1")
    openid.add_user("b-2", email="bob@example.org", email_verified=True)
    assert "linked to another Acme SSO account" in await sentence(app, openid, "b-2")
    assert len(identities_of(app, bob.id)) == 1


async def test_domains_and_groups_are_checked_at_every_login(app: App, openid: OpenIdServer, bob: Person) -> None:
    await arrive(app, openid, "b-1")
    strict = another(app, oidc_allowed_groups="oncall, admins", oidc_allowed_domains="example.org")
    await arrive(strict, openid, "b-1")
    openid.add_user("b-1", email="bob@example.org", email_verified=True, groups=["sales"])
    group = "Your account isn’t in a group that may use this app. Ask your administrator."
    assert await sentence(strict, openid, "b-1") == group
    openid.add_user("b-1", email="bob@sub.example.org", email_verified=True, groups=["oncall"])
    domain = "Your email address isn’t in a domain that may use this app. Ask your administrator."
    assert await sentence(strict, openid, "b-1") == domain
    openid.add_user("b-1", email="bob@example.org", email_verified=False, groups=["oncall"])
    assert "didn’t confirm your email address" in await sentence(strict, openid, "b-1")


async def test_a_member_links_and_unlinks_an_account(app: App, openid: OpenIdServer, bob: Person) -> None:
    answer = openid.answer_for(await begin_link(app, bob.me), "c-1")
    assert (await finish(app, answer, browser="", me=bob.me)) == Returned("/you/security", None)
    (identity,) = identities_of(app, bob.id)
    assert (await logged_in(app, openid, "c-1")).member.id == bob.id
    unlink(app, bob.id, identity.id)
    assert identities_of(app, bob.id) == ()
    assert [actions(app).count(each) for each in (AuditAction.IDENTITY_LINKED, AuditAction.IDENTITY_UNLINKED)] == [1, 1]


async def test_an_account_of_another_member_is_not_linked(
    app: App, openid: OpenIdServer, bob: Person, mallory: Person
) -> None:
    await arrive(app, openid, "b-1")
    answer = openid.answer_for(await begin_link(app, mallory.me), "b-1")
    with pytest.raises(SingleSignOnFailed, match="already linked to another member") as failed:
        await finish(app, answer, browser="", me=mallory.me)
    assert failed.value.links
    assert identities_of(app, mallory.id) == ()


async def test_the_only_way_to_log_in_stays_linked(app: App, openid: OpenIdServer, alice: Person) -> None:
    create_accounts(app, alice.id, True)
    carla = (await logged_in(app, openid, "c-1")).member
    (identity,) = identities_of(app, carla.id)
    with pytest.raises(SingleSignOnFailed, match="the only way you can log in"):
        unlink(app, carla.id, identity.id)
    assert identities_of(app, carla.id) == (identity,)


async def test_nobody_unlinks_what_is_not_theirs(app: App, openid: OpenIdServer, bob: Person, mallory: Person) -> None:
    await arrive(app, openid, "b-1")
    (identity,) = identities_of(app, bob.id)
    with pytest.raises(NotAllowed):
        unlink(app, mallory.id, identity.id)
    assert identities_of(app, bob.id) == (identity,)


async def test_what_is_kept_meanwhile_is_sealed_and_goes(app: App, openid: OpenIdServer, bob: Person) -> None:
    url = await begin(app, BROWSER, "/team")
    answer = openid.answer_for(url, "b-1")
    with app.db.read() as session:
        (row,) = session.exec(select(LoginRequest)).all()
    assert row.state_hash == hash_token(answer["state"])
    assert answer["state"] not in row.sealed and "nonce" not in row.sealed
    await finish(app, answer, browser=BROWSER, me=None)
    with app.db.read() as session:
        assert session.exec(select(LoginRequest)).all() == []


async def test_only_an_account_at_the_present_provider_protects(app: App, openid: OpenIdServer, bob: Person) -> None:
    await arrive(app, openid, "b-1")
    assert protection_of(app, bob.id).identities == 1
    assert protection_of(another(app, oidc_client_id=""), bob.id).identities == 0


async def test_single_sign_on_that_is_not_set_up_offers_nothing(app: App) -> None:
    without = another(app, oidc_client_id="")
    with pytest.raises(NotAllowed):
        await begin(without, BROWSER, "/")
