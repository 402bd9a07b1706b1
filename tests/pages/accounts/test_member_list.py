"""/members as a list: who sees it, filters, and rows that keep their place."""

import pytest
from nicegui import ui
from sqlmodel import delete, select

from oncall_ui.app import App
from oncall_ui.models import Invitation, LoginSession
from oncall_ui.services.accounts.links.invitations import invite
from oncall_ui.services.accounts.links.joining import join
from tests.conftest import PASSWORD, Person
from tests.pages.accounts.member_table import GRACE, _listener, names, token_of
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import fill, press, says, until
from tests.services.helpers.full_account import keep_calendar


async def test_the_list_is_filtered_by_kind_and_by_name(browser: Browser, app: App, alice: Person, bob: Person) -> None:
    keep_calendar(app, alice)
    invite(app, alice.id, GRACE)
    user = await browser(alice)
    await user.open("/members")
    (choice,) = user.find(kind=ui.toggle).elements
    assert list(dict(choice.options).values()) == ["All 3", "Waiting 2", "Administrators 1"]
    for show, expected in (
        ("waiting", ["Bob", GRACE]),
        ("administrators", ["Alice"]),
        ("all", ["Alice", "Bob", GRACE]),
    ):
        with user:
            choice.set_value(show)
        assert names(user) == expected


async def test_somebody_is_found_by_a_part_of_the_name(browser: Browser, app: App, alice: Person, bob: Person) -> None:
    user = await browser(alice)
    await user.open("/members")
    assert user.client is not None
    (search,) = (each for each in user.client.elements.values() if each.props.get("type") == "search")
    for typed, expected in (("BO", ["Bob"]), ("zzz", []), (" ", ["Alice", "Bob"])):
        search._handle_event({"listener_id": _listener(search, "input"), "args": typed})
        assert names(user) == expected
        (none,) = (each for each in user.client.elements.values() if "members-none" in each.classes)
        assert none.visible is not bool(expected)


async def test_a_row_keeps_its_place(browser: Browser, app: App, alice: Person, bob: Person) -> None:
    user = await browser(alice)
    await user.open("/members")
    link = invite(app, alice.id, "aaron@example.org")
    await until(lambda: names(user) == ["Alice", "Bob", "aaron@example.org"])
    join(app, token_of(link), name="Aaron", password=PASSWORD, zone="UTC")
    await until(lambda: names(user) == ["Alice", "Bob", "Aaron"])


async def test_a_page_left_open_invites_nobody_after_the_log_out(
    browser: Browser, app: App, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await browser(alice)
    await user.open("/members")
    press(user, "Invite")
    await until(lambda: says(user, "Invite a colleague"))
    fill(user, Email=GRACE)
    went: list[str] = []
    monkeypatch.setattr(user.navigate, "to", went.append)
    with app.db.write() as session:
        session.exec(delete(LoginSession))  # silently: nothing tells the page
    press(user, "Create link")
    await until(lambda: any(each.startswith("/login") for each in went))
    with app.db.read() as session:
        assert session.exec(select(Invitation)).all() == []


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
