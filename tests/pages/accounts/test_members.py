"""Who has an account: an administrator's page, and nobody else's."""

import pytest
from nicegui import ui
from nicegui.testing import User
from sqlmodel import delete

from oncall_ui.app import App
from oncall_ui.models import LoginSession
from oncall_ui.services.accounts.log_in import log_in
from oncall_ui.services.accounts.members import list_members
from tests.conftest import PASSWORD, Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import button, entry, fill, press, refusal, until
from tests.pages.simulation import settled

BOB = {"Name": "Bob", "Email": "bob@example.org", "Password": PASSWORD, "Time_zone": "Europe/Lisbon"}


async def test_a_member_is_added_and_can_log_in(browser: Browser, app: App, alice: Person) -> None:
    user = await browser(alice)
    await user.open("/members")
    fill(user, **BOB)
    press(user, "Add member")
    await user.should_see("Bob can log in now.")
    assert [row["name"] for row in _rows(user)] == ["Alice", "Bob"]
    assert log_in(app, "bob@example.org", PASSWORD)
    left = [entry(user, label).value for label in ("Name", "Email", "Password", "Time zone")]
    assert left == ["", "", "", "Europe/Lisbon"]


async def test_everybody_is_listed_with_what_they_are(browser: Browser, alice: Person, bob: Person) -> None:
    user = await browser(alice)
    await user.open("/members")
    shown = [(row["name"], row["email"], row["zone"], row["is_admin"]) for row in _rows(user)]
    assert shown == [
        ("Alice", "alice@example.org", "Europe/Berlin", True),
        ("Bob", "bob@example.org", "Europe/Berlin", False),
    ]


@pytest.mark.parametrize(
    ("wrong", "label"),
    [
        ({"Name": ""}, "Name"),
        ({"Email": "bob"}, "Email"),
        ({"Email": "alice@example.org"}, "Email"),
        ({"Password": "short"}, "Password"),
        ({"Time_zone": "nowhere"}, "Time zone"),
    ],
)
async def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(
    browser: Browser, app: App, alice: Person, wrong: dict[str, str], label: str
) -> None:
    user = await browser(alice)
    await user.open("/members")
    typed = BOB | wrong
    fill(user, **typed)
    press(user, "Add member")
    assert await refusal(user, label)
    assert {key: entry(user, key.replace("_", " ")).value for key in typed} == typed
    await until(lambda: not button(user, "Add member").props.get("loading"))
    assert len(list_members(app, alice.id)) == 1


async def test_a_second_press_adds_nobody_twice(browser: Browser, app: App, alice: Person) -> None:
    user = await browser(alice)
    await user.open("/members")
    fill(user, **BOB)
    press(user, "Add member")
    press(user, "Add member")
    await user.should_see("Bob can log in now.")
    assert entry(user, "Email").error is None
    assert len(list_members(app, alice.id)) == 2


async def test_a_page_left_open_adds_nobody_after_the_log_out(
    browser: Browser, app: App, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await browser(alice)
    await user.open("/members")
    fill(user, **BOB)
    went: list[str] = []
    monkeypatch.setattr(user.navigate, "to", went.append)
    with app.db.write() as session:
        session.exec(delete(LoginSession))  # silently: nothing tells the page
    press(user, "Add member")
    await until(lambda: any(each.startswith("/login") for each in went))
    await settled(app.hub)
    assert len(list_members(app, alice.id)) == 1


async def test_it_needs_a_login(browser: Browser, alice: Person) -> None:
    user = await browser()
    assert (await user.http_client.get("/members")).headers["location"] == "/login?next=/members"


async def test_for_a_member_who_is_no_administrator_it_is_not_there(
    browser: Browser, alice: Person, bob: Person
) -> None:
    user = await browser(bob)
    answer = await user.http_client.get("/members")
    assert answer.status_code == 404
    assert answer.text == (await user.http_client.get("/no-such-page")).text
    assert alice.email not in answer.text


def _rows(user: User) -> list[dict[str, object]]:
    (table,) = user.find(kind=ui.table).elements
    return list(table.rows)
