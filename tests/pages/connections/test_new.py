"""Adding a connection: every product has a row and a button, set up or not."""

import re

import pytest
from nicegui import ui
from nicegui.testing import User

from oncall_ui.app import App
from tests.conftest import Person
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import button, press, said, until
from tests.providers.cases import case_for


async def test_each_product_has_one_button(browser: Browser, app: App, alice: Person) -> None:
    user = await _open(browser, alice)
    said(user, "Where do you keep your calendar?")
    for product in app.products:
        assert product.button == case_for(product.key).button
        button(user, product.button)


async def test_a_product_that_is_set_up_leads_to_its_form(
    browser: Browser, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await _open(browser, alice)
    went: list[str] = []
    monkeypatch.setattr(user.navigate, "to", went.append)
    press(user, "Add ICS URL")
    await until(lambda: went == ["/calendar_connections/new/ics"])


async def test_a_product_that_is_not_set_up_says_how_and_leads_nowhere(
    browser: Browser, app: App, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await _open(browser, alice)
    went: list[str] = []
    monkeypatch.setattr(user.navigate, "to", went.append)
    waiting = [product for product in app.products if not app.offers(product)]
    assert waiting == [product for product in app.products if product.sign_in]
    for product in waiting:
        found = button(user, product.button)
        why = said(user, product.missing)
        assert (found.props["aria-disabled"], found.props["aria-describedby"]) == ("true", why.html_id)
        press(user, product.button)
    assert went == []


async def test_the_administrator_finds_the_exact_url_to_register(browser: Browser, app: App, alice: Person) -> None:
    user = await _open(browser, alice)
    steps = [element.content for element in user.find(ui.html).elements if "oc-steps" in element.classes]
    authorities = [product.sign_in.authority for product in app.products if product.sign_in]
    assert len(steps) == len(authorities) >= 2
    for authority in authorities:
        address = f"<code>http://localhost:8080/oauth/{authority}/callback</code>"
        (each,) = (each for each in steps if address in each)
        assert each.count("<li") == 3
        assert "_CLIENT_ID" in each and "_CLIENT_SECRET" in each


async def test_every_logo_exists(browser: Browser, app: App, alice: Person) -> None:
    user = await _open(browser, alice)
    logos = re.findall(r"/static/logos/[a-z_]+\.svg", (await user.http_client.get("/calendar_connections/new")).text)
    assert len(logos) == len(app.products)
    for logo in logos:
        assert (await user.http_client.get(logo)).status_code == 200


async def test_it_needs_a_login(browser: Browser, alice: Person) -> None:
    user = await browser()
    assert (await user.http_client.get("/calendar_connections/new")).headers[
        "location"
    ] == "/login?next=/calendar_connections/new"


async def _open(browser: Browser, person: Person) -> User:
    user = await browser(person)
    await user.open("/calendar_connections/new")
    return user
