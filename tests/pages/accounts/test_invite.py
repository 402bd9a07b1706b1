"""The page behind an invitation's link: a form, or why there is none and who can help."""

from datetime import timedelta

import httpx
import pytest
from nicegui.testing import User
from sqlmodel import select, update

from oncall_ui.app import App
from oncall_ui.models import Invitation, Member, now
from oncall_ui.services.accounts.links.invitations import InvitationLink, invite, renew, revoke
from oncall_ui.services.accounts.links.joining import join
from oncall_ui.services.accounts.members import add_member
from tests.conftest import PASSWORD, Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import button, entry, said

GRACE = "grace@example.org"
RIGHT = {"name": "Grace Lindqvist", "password": PASSWORD, "zone": "Europe/Stockholm"}


def path_of(link: InvitationLink) -> str:
    return "/invite/" + link.url.rpartition("/")[2]


async def post(user: User, link: InvitationLink, **fields: str) -> httpx.Response:
    return await user.http_client.post(path_of(link), data=fields)


async def test_the_form_creates_the_account_and_logs_in(browser: Browser, app: App, alice: Person) -> None:
    link = invite(app, alice.id, GRACE)
    user = await browser()
    await user.open(path_of(link))
    assert (entry(user, "Email").value, "readonly" in entry(user, "Email").props) == (GRACE, True)
    names = {label: entry(user, label).props["name"] for label in ("Name", "Password", "Time zone")}
    assert names == {"Name": "name", "Password": "password", "Time zone": "zone"}
    assert button(user, "Create account").props["type"] == "submit"
    said(user, "Alice invited you. This link works once, until ")
    answer = await post(user, link, **RIGHT, email="eve@example.org", is_admin="1")
    assert answer.headers["location"] == "/"
    await user.open("/")
    said(user, "Welcome, Grace")
    with app.db.read() as session:
        grace = session.exec(select(Member).where(Member.name == "Grace Lindqvist")).one()
        assert (grace.email, grace.is_admin) == (GRACE, False)


@pytest.mark.parametrize(
    ("wrong", "label"),
    [({"name": " "}, "Name"), ({"password": "short"}, "Password"), ({"zone": "Atlantis"}, "Time zone")],
)
async def test_a_refusal_stands_at_its_field(
    browser: Browser, app: App, alice: Person, wrong: dict[str, str], label: str
) -> None:
    link = invite(app, alice.id, GRACE)
    user = await browser()
    typed = RIGHT | wrong
    answer = await post(user, link, **typed)
    await user.open(answer.headers["location"])
    assert [each for each in ("Name", "Password", "Time zone") if entry(user, each).error] == [label]
    kept = [entry(user, each).value for each in ("Name", "Password", "Time zone")]
    assert kept == [typed["name"], "", typed["zone"]]


async def test_a_link_that_does_not_work_says_why_and_who_can_help(browser: Browser, app: App, alice: Person) -> None:
    user = await browser()

    async def text_of(link: InvitationLink) -> str:
        answer = await user.http_client.get(path_of(link))
        assert answer.status_code == 410
        assert (await post(user, link, **RIGHT)).headers["location"] == path_of(link)
        return answer.text

    expired = invite(app, alice.id, GRACE)
    with app.db.write() as session:
        session.exec(update(Invitation).values(expires_at=now() - timedelta(minutes=1)))
    text = await text_of(expired)
    assert "This invitation has expired" in text
    assert "Ask Alice for a new link" in text
    revoked = renew(app, alice.id, expired.invitation_id)
    assert "There is a newer link" in await text_of(expired)
    revoke(app, alice.id, revoked.invitation_id)
    assert "This invitation was revoked" in await text_of(revoked)
    used = invite(app, alice.id, "hugo@example.org")
    join(app, used.url.rpartition("/")[2], name="Hugo", password=PASSWORD, zone="UTC")
    assert "This invitation was already used" in await text_of(used)
    taken = invite(app, alice.id, "ivo@example.org")
    add_member(app, name="Ivo", email="ivo@example.org", password=PASSWORD, zone="UTC")
    assert "There is an account already" in await text_of(taken)


async def test_an_unknown_link_names_nobody(browser: Browser, alice: Person) -> None:
    user = await browser()
    answer = await user.http_client.get("/invite/never-made")
    assert (answer.status_code, "Alice" in answer.text) == (410, False)
    assert "Ask your administrator for a new link" in answer.text
