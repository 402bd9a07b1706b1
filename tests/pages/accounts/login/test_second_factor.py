"""The second step at /login, the JSON of passkeys, and what opens while a second factor is missing."""

import json
from typing import Any

import httpx
import pytest
from nicegui.testing import User

from oncall_ui.app import App
from oncall_ui.domain.accounts.login import SecondFactorRule
from oncall_ui.origin import Origin, coming_from
from oncall_ui.services.accounts.logging_in.login_rules import require_second_factor
from oncall_ui.services.accounts.second_factors import totp
from oncall_ui.services.accounts.second_factors.factors import second_factors
from oncall_ui.services.accounts.second_factors.passkeys import list_passkeys
from tests.conftest import PASSWORD, Person
from tests.fakes.authenticator import Authenticator
from tests.pages.conftest import Browser
from tests.pages.helpers.forms import button, entry, press, refusal, said, says, until
from tests.services.helpers.factors import ORIGIN, CodeApp, with_app, with_passkey

CODE = "Code from your authenticator app"


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new step can't begin in the middle of a test."""
    moment = totp.__dict__["now"]()
    monkeypatch.setattr(totp, "now", lambda: moment)


async def waiting(browser: Browser, person: Person, target: str = "/") -> User:
    """A browser whose log-in waits for the second factor."""
    user = await browser()
    answer = await user.http_client.post("/login", data={"email": person.email, "password": PASSWORD, "next": target})
    assert answer.headers["location"].startswith("/login")
    return user


async def post_json(user: User, path: str, said: object) -> httpx.Response:
    return await user.http_client.post(path, content=json.dumps(said))


async def test_the_code_opens_the_page_that_was_asked_for(browser: Browser, app: App, bob: Person) -> None:
    codes_app, _ = with_app(app, bob)
    user = await waiting(browser, bob, "/team")
    await user.open("/login?next=/team")
    assert said(user, "Enter your code") and said(user, f"Logging in as {bob.email}")
    code = entry(user, CODE).props
    assert (code["name"], code["inputmode"], code["autocomplete"]) == ("code", "numeric", "one-time-code")
    answer = await user.http_client.post("/login/code", data={"code": codes_app.code(), "next": "/team"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/team")
    await user.open("/help")
    assert said(user, bob.email)


async def test_a_waiting_log_in_opens_nothing(browser: Browser, app: App, bob: Person) -> None:
    with_app(app, bob)
    user = await waiting(browser, bob)
    for path in ("/", "/team", "/you/security", "/privacy"):
        answer = await user.http_client.get(path)
        assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/login")
    answer = await user.http_client.post("/you/passkeys/options")
    assert answer.status_code == 303


async def test_a_wrong_code_is_said_at_the_field(browser: Browser, app: App, bob: Person) -> None:
    with_app(app, bob)
    user = await waiting(browser, bob)
    await user.http_client.post("/login/code", data={"code": "12345"})
    await user.open("/login")
    assert "Codes change every 30" in await refusal(user, CODE)


async def test_after_five_wrong_codes_the_page_asks_for_the_password(browser: Browser, app: App, bob: Person) -> None:
    with_app(app, bob)
    user = await waiting(browser, bob)
    for _ in range(5):
        await user.http_client.post("/login/recovery", data={"code": "aaaa-aaaa"})
    await user.open("/login")
    assert said(user, "5 wrong codes. Log in again.").props["role"] == "alert"
    assert entry(user, "Password") is not None


async def test_a_recovery_code_logs_in(browser: Browser, app: App, bob: Person) -> None:
    _, codes = with_app(app, bob)
    user = await waiting(browser, bob)
    await user.open("/login")
    press(user, "Use a recovery code")
    await until(lambda: says(user, "Enter a recovery code"))
    press(user, "Use a code from your app")
    await until(lambda: says(user, "Enter your code"))
    answer = await user.http_client.post("/login/recovery", data={"code": codes[0]})
    assert answer.headers["location"] == "/"


async def test_somebody_else_can_log_in_instead(browser: Browser, app: App, bob: Person) -> None:
    with_app(app, bob)
    user = await waiting(browser, bob)
    await user.open("/login?step=password")
    assert entry(user, "Password") is not None


async def test_a_trusted_browser_is_not_asked(browser: Browser, app: App, bob: Person) -> None:
    codes_app, _ = with_app(app, bob)
    user = await waiting(browser, bob)
    await user.http_client.post("/login/code", data={"code": codes_app.code(), "trust": "yes"})
    await user.http_client.post("/logout")
    answer = await user.http_client.post("/login", data={"email": bob.email, "password": PASSWORD})
    assert answer.headers["location"] == "/"


async def asked(user: User, path: str) -> Any:
    answer = await user.http_client.post(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_passkey_logs_in(browser: Browser, app: App, bob: Person) -> None:
    passkey = with_passkey(app, bob)
    user = await browser()
    answer = passkey.get(await asked(user, "/login/passkey/options"))
    response = await post_json(user, "/login/passkey", {"answer": answer, "next": "/team"})
    assert (response.status_code, response.json()) == (200, {"to": "/team"})
    await user.open("/help")
    assert said(user, bob.email)
    await user.http_client.post("/logout")
    assert (await post_json(user, "/login/passkey", {"answer": answer})).status_code == 400


async def test_an_answer_from_another_browser_is_refused(browser: Browser, app: App, bob: Person) -> None:
    passkey = with_passkey(app, bob)
    here, elsewhere = await browser(), await browser()
    answer = passkey.get(await asked(here, "/login/passkey/options"))
    await asked(elsewhere, "/login/passkey/options")
    for user in (elsewhere, await browser()):
        refused = await post_json(user, "/login/passkey", {"answer": answer})
        assert (refused.status_code, refused.json()) == (400, {"error": "refused"})
    assert (await post_json(here, "/login/passkey", {"answer": answer})).status_code == 200


async def test_a_passkey_leads_to_pages_of_this_app_only(browser: Browser, app: App, bob: Person) -> None:
    passkey = with_passkey(app, bob)
    user = await browser()
    answer = passkey.get(await asked(user, "/login/passkey/options"))
    response = await post_json(user, "/login/passkey", {"answer": answer, "next": "https://example.net/"})
    assert response.json() == {"to": "/"}


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b'{"answer": 7}', b"[" * 50_000, b'"' + b"a" * 70_000])
async def test_what_is_no_answer_is_refused(browser: Browser, alice: Person, body: bytes) -> None:
    user = await browser()
    await asked(user, "/login/passkey/options")
    assert (await user.http_client.post("/login/passkey", content=body)).status_code == 400
    user = await browser(alice)
    await asked(user, "/you/passkeys/options")
    assert (await user.http_client.post("/you/passkeys", content=body)).status_code == 400


async def test_a_passkey_is_added(browser: Browser, app: App, bob: Person) -> None:
    user = await browser(bob)
    passkey = Authenticator(ORIGIN)
    answer = passkey.create(await asked(user, "/you/passkeys/options"))
    with coming_from(Origin("", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")):
        response = await post_json(user, "/you/passkeys", {"answer": answer})
    assert len(response.json()["codes"]) == 10
    assert [each.name for each in list_passkeys(app, bob.id)] == ["Firefox on Linux"]
    assert (await post_json(user, "/you/passkeys", {"answer": answer})).status_code == 400


@pytest.mark.parametrize("path", ["/you/passkeys/options", "/you/passkeys"])
async def test_adding_a_passkey_takes_a_log_in(browser: Browser, alice: Person, path: str) -> None:
    user = await browser()
    answer = await user.http_client.post(path)
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/login")


async def test_the_log_in_page_offers_passkeys_where_browsers_do(browser: Browser, app: App, alice: Person) -> None:
    user = await browser()
    await user.open("/login")
    assert "needs-passkeys" in button(user, "Use a passkey").classes
    object.__setattr__(app, "settings", app.settings.model_copy(update={"base_url": "http://oncall.example.org"}))
    await user.open("/login")
    assert not [each for each in user.client.elements.values() if "needs-passkeys" in each.classes]  # type: ignore[union-attr]


async def test_nothing_but_security_opens_while_a_factor_is_missing(
    browser: Browser, app: App, alice: Person, bob: Person
) -> None:
    user = await browser(bob)
    await user.open("/help")
    require_second_factor(app, alice.id, SecondFactorRule.EVERYONE)
    for path in ("/", "/calendars", "/team", "/privacy", "/privacy/export.json"):
        answer = await user.http_client.get(path)
        assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/you/security")
    await user.open("/you/security?next=/team")
    await until(lambda: says(user, "This server requires a second factor."))
    key = next(each._text for each in user.client.elements.values() if "oc-key" in each.classes)  # type: ignore[union-attr]
    entry(user, "Code").set_value(CodeApp((key or "").replace(" ", "")).code())
    press(user, "Turn on")
    await until(lambda: says(user, "We show them only now."))
    assert second_factors(app, bob.id).has_app
    assert (await user.http_client.get("/calendars")).status_code == 200


async def test_log_out_works_while_a_factor_is_missing(browser: Browser, app: App, alice: Person) -> None:
    user = await browser(alice)
    require_second_factor(app, alice.id, SecondFactorRule.ADMINISTRATORS)
    answer = await user.http_client.post("/logout")
    assert answer.headers["location"] == "/login"
    assert (await user.http_client.get("/")).headers["location"] == "/login"


async def test_a_page_that_is_open_does_nothing_more(browser: Browser, app: App, alice: Person) -> None:
    user = await browser(alice)
    await user.open("/you")
    require_second_factor(app, alice.id, SecondFactorRule.EVERYONE)
    before = user.back_history[:]
    press(user, "Save")
    await until(lambda: user.back_history != before)
    assert user.back_history[-1].startswith("/you/security")
