"""Errors of ours: a page, a notice or a problem with an id that is in the log, and nothing else about them."""

import asyncio
import re
from typing import Annotated

import pytest
from fastapi import Depends
from nicegui import Client, ui
from nicegui import app as web

from oncall_ui.app import App
from oncall_ui.reporting.incidents import INCIDENTS
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from pages import opening, page_loads
from pages.opening import page
from pages.session import login_required
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.simulation import settled

ID = re.compile(r"[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}")


@pytest.fixture(autouse=True)
def _no_error_before() -> None:
    """An error that repeats within a minute isn't logged again, and each test here runs twice."""
    INCIDENTS._known.clear()


class Bug(Exception):
    """Of ours, with words that nobody but the operator may read."""


def break_pages(app: App) -> None:
    logged_in = login_required(app)

    @page("/broken_page/{number}")
    async def broken_page(me: Annotated[LoggedIn, Depends(logged_in)]) -> None:
        ui.label("half a page")
        raise Bug("/srv/oncall/secret.py")

    @page("/broken_for_strangers")
    def broken_for_strangers() -> None:
        raise Bug("/srv/oncall/secret.py")

    @web.post("/broken_form")
    async def broken_form() -> None:
        raise Bug("/srv/oncall/secret.py")

    @page("/broken_button")
    def broken_button(me: Annotated[LoggedIn, Depends(logged_in)]) -> None:
        def press() -> None:
            raise Bug("/srv/oncall/secret.py")

        ui.button("Press", on_click=press)


async def sent(browser: Browser, person: Person | None, method: str, path: str) -> tuple[int, str]:
    user = await browser(person)
    with pytest.raises(Bug):  # the simulated server passes it on after the answer, as the real one logs it
        await user.http_client.request(method, path)
    transport = user.http_client._transport
    transport.raise_app_exceptions = False  # type: ignore[attr-defined]
    answer = await user.http_client.request(method, path)
    return answer.status_code, answer.text


@pytest.mark.parametrize(
    ("is_member", "method", "path", "name", "title"),
    [
        (True, "GET", "/broken_page/7", "Broken page", "This page couldn’t be loaded"),
        (False, "GET", "/broken_for_strangers", "Broken for strangers", "This page couldn’t be loaded"),
        (True, "POST", "/broken_form", "Broken form", "That didn’t work"),
    ],
)
async def test_an_error_shows_its_id_time_and_page_and_nothing_else(
    browser: Browser,
    app: App,
    alice: Person,
    capsys: pytest.CaptureFixture[str],
    is_member: bool,
    method: str,
    path: str,
    name: str,
    title: str,
) -> None:
    break_pages(app)
    before = len(Client.instances)
    status, text = await sent(browser, alice if is_member else None, method, path)
    assert status == 500
    assert f"<h1>{title}</h1>" in text
    assert name in text
    (found,) = set(ID.findall(text))
    assert capsys.readouterr().err.count(found) == 1
    text = text.replace(found, "")  # its digits are random
    for secret in ("Bug", "secret.py", "Traceback", "/srv", "half a page", "500"):
        assert secret not in text
    assert ('class="oc-side"' in text) is (is_member and method == "GET")
    assert len(Client.instances) == before


@pytest.mark.parametrize("is_admin", [True, False])
async def test_the_frame_of_an_error_has_the_admin_link_for_administrators(
    browser: Browser, app: App, alice: Person, bob: Person, is_admin: bool
) -> None:
    break_pages(app)
    _, text = await sent(browser, alice if is_admin else bob, "GET", "/broken_page/7")
    assert ('href="/admin"' in text) is is_admin


async def test_a_button_that_fails_says_so_with_the_same_id_once(
    browser: Browser, app: App, alice: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    break_pages(app)
    user = await browser(alice)
    await user.open("/broken_button")
    user.find("Press").click()
    user.find("Press").click()
    await settled(app.hub)
    (notice,) = [each for each in user.notify.messages if "Error id" in each]
    said = capsys.readouterr().err
    assert said.count(ID.findall(notice)[0]) == 1
    assert "secret.py" not in notice


async def test_the_api_has_an_id_in_its_problem(
    browser: Browser, alice: Person, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from pages.sharing.api import routes

    def broken(*_: object) -> None:
        raise Bug("/srv/oncall/secret.py")

    monkeypatch.setattr(routes, "member_for_token", broken)
    user = await browser()
    user.http_client._transport.raise_app_exceptions = False  # type: ignore[attr-defined]
    answer = await user.http_client.get("/api/v1/calendars", headers={"Authorization": "Bearer oncall_x"})
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    (found,) = ID.findall(answer.json()["detail"])
    assert capsys.readouterr().err.count(found) == 1
    assert "secret" not in answer.text


async def test_pages_at_once_are_few_per_member(
    browser: Browser, alice: Person, mallory: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many pages that no browser comes for, few are kept, and another member's page opens at once."""
    monkeypatch.setattr(opening.LOADS, "most", 3)
    mallorys, alices = await browser(mallory), await browser(alice)
    before = len(Client.instances)
    loads = [asyncio.create_task(mallorys.http_client.get("/help")) for _ in range(30)]
    while not any(load.done() for load in loads):
        await asyncio.sleep(0.02)
    assert (await alices.http_client.get("/help")).status_code == 200
    statuses = [load.result().status_code for load in loads if (await asyncio.wait([load])) and True]
    assert statuses.count(200) + statuses.count(429) == 30
    assert statuses.count(429) >= 10
    waiting = [client for client in Client.instances.values() if client.tab_id is None]
    assert len(waiting) - before <= 3 + 1
    for client in waiting:
        client.delete()
    assert f"member {mallory.id}" not in opening.LOADS._of, "nothing is kept of pages that have closed"


async def test_a_page_that_makes_room_for_another_was_sent_before(
    browser: Browser, mallory: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long a turn of the event loop takes: here every page may go as soon as it is built."""
    monkeypatch.setattr(page_loads, "GRACE_SECONDS", 0)
    monkeypatch.setattr(page_loads, "LOOK_SECONDS", 0)
    monkeypatch.setattr(opening.LOADS, "most", 1)
    user = await browser(mallory)
    answers = await asyncio.gather(*(user.http_client.get("/help") for _ in range(4)))
    assert {answer.status_code for answer in answers} == {200}


async def test_a_page_closed_for_want_of_room_was_sent_before(
    browser: Browser, mallory: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "MOST_WAITING", 1)
    user = await browser(mallory)
    answers = await asyncio.gather(*(user.http_client.get("/help") for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
