"""The first account: by the newest link from the console, once."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.services.accounts import setup
from oncall_ui.services.accounts.setup import has_members, renew_setup_link
from tests.conftest import PASSWORD, Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import button, entry, fill, said

RIGHT = {"name": "Alice", "email": "alice@example.org", "password": PASSWORD, "zone": "Europe/Berlin"}


async def test_the_link_leads_to_an_account_and_logs_in(browser: Browser, app: App) -> None:
    user, link = await _at_the_door(browser, app)
    names = {label: entry(user, label).props["name"] for label in ("Name", "Email", "Password", "Time zone")}
    assert names == {"Name": "name", "Email": "email", "Password": "password", "Time zone": "zone"}
    assert button(user, "Create account").props["type"] == "submit"
    answer = await _post(user, link, **RIGHT)
    assert answer.headers["location"] == "/"
    await user.open("/members")
    said(user, "alice@example.org")


@pytest.mark.parametrize(
    ("wrong", "label"),
    [
        ({"name": " "}, "Name"),
        ({"email": "alice"}, "Email"),
        ({"password": "short"}, "Password"),
        ({"zone": "Europe/Atlantis"}, "Time zone"),
    ],
)
async def test_a_refusal_stands_at_its_field_and_keeps_all_but_the_password(
    browser: Browser, app: App, wrong: dict[str, str], label: str
) -> None:
    user, link = await _at_the_door(browser, app)
    typed = RIGHT | wrong
    answer = await _post(user, link, **typed)
    await user.open(answer.headers["location"])
    assert entry(user, label).error
    assert [each for each in ("Name", "Email", "Password", "Time zone") if entry(user, each).error] == [label]
    kept = [entry(user, each).value for each in ("Name", "Email", "Password", "Time zone")]
    assert kept == [typed["name"], typed["email"], "", typed["zone"]]
    assert not has_members(app)


async def test_the_length_of_the_password_is_told_while_typing(browser: Browser, app: App) -> None:
    user, _ = await _at_the_door(browser, app)
    fill(user, Password="correcthorsebattery")
    await user.should_see("19\u00a0characters. At least 12.")
    (line,) = user.find("19\u00a0characters").elements
    assert "is-ok" in line.classes
    fill(user, Password="x")
    await user.should_see("1\u00a0character.")
    assert "is-ok" not in line.classes


@pytest.mark.parametrize("query", ["", "?token=", "?token=guessed", "?token=" + "x" * 5000])
async def test_without_the_newest_link_there_is_no_form(browser: Browser, app: App, query: str) -> None:
    renew_setup_link(app)
    user = await browser()
    answer = await user.http_client.get(f"/setup{query}")
    assert answer.status_code == 403
    assert "it prints a new one" in answer.text
    assert "Create account" not in answer.text


async def test_an_older_link_has_stopped_working(browser: Browser, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "TOGETHER", timedelta(0))
    old = _path(renew_setup_link(app))
    renew_setup_link(app)
    user = await browser()
    assert (await user.http_client.get(old)).status_code == 403


async def test_once_there_is_an_account_the_page_leads_to_the_login(browser: Browser, app: App, alice: Person) -> None:
    user = await browser()
    answer = await user.http_client.get("/setup?token=x")
    assert answer.status_code == 403
    assert "An account already exists" in answer.text
    assert "/login" in answer.text


async def _at_the_door(browser: Browser, app: App) -> tuple[User, str]:
    user = await browser()
    user.javascript_rules[re.compile("Intl")] = lambda _: "Europe/Berlin"
    link = _path(renew_setup_link(app))
    await user.open(link)
    return user, link


async def _post(user: User, link: str, **fields: str) -> Any:
    return await user.http_client.post("/setup", data={"token": link.partition("token=")[2], **fields})


def _path(link: str | None) -> str:
    assert link is not None
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}"


async def test_all_errors_come_at_once(browser: Browser, app: App) -> None:
    user, link = await _at_the_door(browser, app)
    answer = await _post(user, link, name="", email="alice", password="short", zone="Atlantis")
    await user.open(answer.headers["location"])
    assert all(entry(user, label).error for label in ("Name", "Email", "Password", "Time zone"))
