"""Members: an administrator's page, live, with one status a row, one menu, and nothing for anybody else."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from nicegui import ui
from nicegui.testing import User
from sqlmodel import update

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Cause
from oncall_ui.domain.imports.state import State
from oncall_ui.models import Invitation, now
from oncall_ui.services.accounts.links.invitations import invite
from oncall_ui.services.accounts.links.joining import join, note_opened, read_invitation
from oncall_ui.services.accounts.logging_in.log_in import log_in
from oncall_ui.services.accounts.members import list_members
from oncall_ui.services.accounts.removal import remove_member
from oncall_ui.services.accounts.roles import change_role
from oncall_ui.settings import Settings
from tests.conftest import PASSWORD, Person, person
from tests.fakes.smtp import MailServer
from tests.pages.accounts.member_table import GRACE, links, more, names, row, somebody, status, token_of
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import entry, fill, press, refusal, said, says, until
from tests.pages.simulation import settled
from tests.services.helpers.full_account import keep_calendar, keep_everything


@pytest.fixture
def post() -> Iterator[MailServer]:
    with MailServer() as running:
        yield running


@pytest.fixture
def settings(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """With a mail server for tests that ask for `post`."""
    if "post" not in request.fixturenames:
        return settings
    post: MailServer = request.getfixturevalue("post")
    return settings.model_copy(
        update={
            "smtp_host": post.host,
            "smtp_port": post.port,
            "smtp_security": "none",
            "mail_from": "oncall@example.org",
        }
    )


def link_shown(user: User) -> str:
    (link,) = links(user)
    return link


async def test_somebody_is_invited_by_a_link_that_is_shown_once(browser: Browser, app: App, alice: Person) -> None:
    user = await browser(alice)
    await user.open("/members")
    said(user, "Only you so far")
    press(user, "Invite")
    await until(lambda: says(user, "Invite a colleague"))
    fill(user, Email="Grace@example.org")
    press(user, "Create link")
    await until(lambda: says(user, f"Link for {GRACE}"))
    seen = read_invitation(app, token_of(link_shown(user)))
    assert seen.email == GRACE
    await until(lambda: names(user) == ["Alice", GRACE])
    assert row(user, GRACE)["sub"].startswith("Invited by Alice on ")
    assert status(user, GRACE)[0] == "Invited"
    press(user, "Done")
    await until(lambda: not links(user))


async def test_a_refusal_stands_at_the_field(browser: Browser, app: App, alice: Person, bob: Person) -> None:
    user = await browser(alice)
    await user.open("/members")
    press(user, "Invite")
    await until(lambda: says(user, "Invite a colleague"))
    fill(user, Email=bob.email)
    press(user, "Create link")
    assert await refusal(user, "Email") == "bob@example.org already has an account."
    assert entry(user, "Email").value == bob.email


async def test_the_link_is_emailed_where_email_is_set_up(
    browser: Browser, app: App, alice: Person, post: MailServer
) -> None:
    user = await browser(alice)
    await user.open("/members")
    press(user, "Invite")
    await until(lambda: says(user, "Invite a colleague"))
    fill(user, Email=GRACE)
    press(user, "Send invitation")
    await until(lambda: says(user, f"Invitation sent to {GRACE}"))
    (email,) = post.taken
    assert email["To"] == GRACE
    assert link_shown(user) in email.get_content()
    assert "Alice invited you" in email.get_content()
    await until(lambda: status(user, GRACE)[1].startswith("email sent; works until "))


async def test_a_failed_email_says_so_and_the_link_is_still_shown(
    browser: Browser, app: App, alice: Person, post: MailServer
) -> None:
    post.refuses[GRACE] = "550 no such user"
    user = await browser(alice)
    await user.open("/members")
    press(user, "Invite")
    await until(lambda: says(user, "Invite a colleague"))
    fill(user, Email=GRACE)
    press(user, "Send invitation")
    await until(lambda: says(user, "localhost refused the email (550). The email was not sent. Pass it on yourself."))
    assert read_invitation(app, token_of(link_shown(user))).email == GRACE


async def test_each_step_shows_while_the_page_is_open(browser: Browser, app: App, alice: Person) -> None:
    user = await browser(alice)
    await user.open("/members")
    link = invite(app, alice.id, GRACE)
    await until(lambda: names(user) == ["Alice", GRACE])
    assert status(user, GRACE)[0] == "Invited"
    note_opened(app, token_of(link))
    await until(lambda: status(user, GRACE) == ("Opened the link", "setting up now"))
    said(user, f" · {GRACE} is setting up now")
    assert "oc-changed" in row(user, GRACE)["line"]
    grace = join(app, token_of(link), name="Grace Lindqvist", password=PASSWORD, zone="UTC")
    log_in(app, GRACE, PASSWORD)
    await until(lambda: status(user, "Grace Lindqvist") == ("Signed in just now", "choosing a calendar"))
    assert row(user, "Grace Lindqvist")["key"] == GRACE, "the row stays the same"
    calendar = keep_calendar(app, somebody(app, grace))
    assert calendar.id
    change_role(app, alice.id, grace, is_admin=True)  # any change has the page read again
    await until(lambda: status(user, "Grace Lindqvist") == ("Connected", "1\xa0calendar, up to date"))
    assert row(user, "Grace Lindqvist")["is_admin"]


async def test_what_is_wrong_shows_instead_of_how_far_they_are(
    browser: Browser, app: App, alice: Person, bob: Person
) -> None:
    keep_calendar(app, bob)
    keep_calendar(app, bob, "Gone", state=State.NEEDS_YOU, cause=Cause.NOT_FOUND.value, broken_since=now())
    invite(app, alice.id, GRACE)
    with app.db.write() as session:
        session.exec(update(Invitation).values(expires_at=now() - timedelta(hours=1)))
    user = await browser(alice)
    await user.open("/members")
    word, facts = status(user, "Bob")
    assert (word, facts.startswith("1 of 2 calendars, since ")) == ("Needs Bob", True)
    word, facts = status(user, GRACE)
    assert (word, facts.endswith("; never opened")) == ("Invitation expired", True)
    assert (row(user, GRACE)["act"], row(user, GRACE)["act_name"]) == ("New link", f"New link for {GRACE}")
    said(user, "1 of 2\xa0members have a calendar connected")
    said(user, " · 1\xa0invitation expired")


async def test_a_new_link_ends_the_old_one(browser: Browser, app: App, alice: Person) -> None:
    old = invite(app, alice.id, GRACE)
    user = await browser(alice)
    await user.open("/members")
    assert await more(user, GRACE, "New link") == ["New link", "Change role", "Revoke"]
    await until(lambda: says(user, f"Link for {GRACE}"))
    assert link_shown(user) != old.url
    assert read_invitation(app, token_of(link_shown(user))).email == GRACE


async def test_a_reminder_is_an_email(browser: Browser, app: App, alice: Person, bob: Person, post: MailServer) -> None:
    user = await browser(alice)
    await user.open("/members")
    assert "Remind" in await more(user, "Bob", "Remind")
    await until(lambda: says(user, "Bob gets an email."))
    assert post.to == [bob.email]
    assert "/calendar_connections/new" in post.taken[0].get_content()


async def test_an_invitation_is_revoked_after_a_question(browser: Browser, app: App, alice: Person) -> None:
    invite(app, alice.id, GRACE)
    user = await browser(alice)
    await user.open("/members")
    await more(user, GRACE, "Revoke")
    await until(lambda: says(user, f"Revoke the invitation of {GRACE}?"))
    press(user, "Revoke")
    await until(lambda: says(user, "Only you so far"))


async def test_a_role_is_changed(browser: Browser, app: App, alice: Person, bob: Person) -> None:
    user = await browser(alice)
    await user.open("/members")
    await more(user, "Bob", "Change role")
    await until(lambda: says(user, "Role of Bob"))
    (radio,) = user.find(kind=ui.radio).elements
    with user:
        radio.set_value(True)
    press(user, "Save")
    await until(lambda: row(user, "Bob")["is_admin"])
    assert len(list_members(app, bob.id)) == 2


async def test_the_last_administrator_cannot_be_changed_in_the_menu(
    browser: Browser, app: App, alice: Person, bob: Person
) -> None:
    user = await browser(alice)
    await user.open("/members")
    offered = await more(user, "Alice", "Change role")
    assert offered == ["Change role", "Reset password", "Log out everywhere", "Activity", "Remove"]
    await settled(app.hub)
    assert not says(user, "Role of Alice")
    said(user, "Make someone else an administrator first")


async def test_a_reset_link_is_shown_once(browser: Browser, app: App, alice: Person, bob: Person) -> None:
    user = await browser(alice)
    await user.open("/members")
    await more(user, "Bob", "Reset password")
    await until(lambda: says(user, "Reset link for Bob"))
    assert "/reset/" in link_shown(user)
    await user.should_not_see("Email it to Bob", retries=1)
    assert log_in(app, bob.email, PASSWORD), "the old password still works"


async def test_somebody_is_logged_out_everywhere(browser: Browser, app: App, alice: Person, bob: Person) -> None:
    user = await browser(alice)
    await user.open("/members")
    await more(user, "Bob", "Log out everywhere")
    await until(lambda: says(user, "Log out Bob everywhere?"))
    press(user, "Log out")
    await until(lambda: says(user, "Bob is logged out in 1\xa0browser."))


async def test_removing_says_what_it_means_and_does_it(browser: Browser, app: App, alice: Person, bob: Person) -> None:
    keep_everything(app, bob)
    user = await browser(alice)
    await user.open("/members")
    await more(user, "Bob", "Remove")
    await until(lambda: says(user, "Remove Bob?"))
    said(
        user, "availability, 1\xa0calendar connection, 1\xa0entry of days they added, calendar link and 1\xa0API token."
    )
    said(user, "1\xa0browser, immediately.")
    said(user, "Entries of the audit log")
    press(user, "Remove Bob")
    await until(lambda: says(user, "Bob is removed."))
    await until(lambda: says(user, "Only you so far"))


async def test_who_is_removed_hears_of_it(
    browser: Browser, app: App, alice: Person, bob: Person, post: MailServer
) -> None:
    user = await browser(alice)
    await user.open("/members")
    await more(user, "Bob", "Remove")
    await until(lambda: says(user, "You can’t undo this. Bob gets an email."))
    press(user, "Remove Bob")
    await until(lambda: post.to == [bob.email])
    assert "Alice removed your account" in post.taken[0].get_content()


async def test_the_slower_of_two_administrators_hears_who_was_faster(
    browser: Browser, app: App, alice: Person, bob: Person
) -> None:
    dana = person(app, "Dana", is_admin=True)
    user = await browser(alice)
    await user.open("/members")
    await more(user, "Bob", "Remove")
    await until(lambda: says(user, "Remove Bob?"))
    await remove_member(app, dana.id, bob.id)
    press(user, "Remove Bob")
    await until(lambda: says(user, "Dana removed Bob a moment ago."))
    await until(lambda: names(user) == ["Alice", "Dana"])


async def test_who_is_no_administrator_any_more_leaves_the_page(
    browser: Browser, app: App, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    dana = person(app, "Dana", is_admin=True)
    user = await browser(alice)
    await user.open("/members")
    went: list[str] = []
    monkeypatch.setattr(user.navigate, "to", went.append)
    change_role(app, dana.id, alice.id, is_admin=False)
    await until(lambda: went == ["/"])
