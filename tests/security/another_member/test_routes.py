"""Every route of the running app, page or not, called by a stranger, and by a member who wants what another has.

Generated from the registered routes: a new one is called by itself. One with a parameter that isn't known here fails,
and says what to add.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from httpx import Response
from nicegui import core
from starlette.routing import Route

from oncall_ui.app import App
from oncall_ui.services.accounts.members import add_member
from oncall_ui.services.sharing.tokens import create_token
from pages.sharing.api.routes import application
from tests.conftest import Person
from tests.databases import settings
from tests.pages.conftest import Browser
from tests.security.another_member.world import INVITED, SECRET_NAME, Hers, everything, give

pytestmark = pytest.mark.slow  # every route

__all__ = ["settings"]

PARAMETERS: dict[str, Callable[[Hers], Any]] = {
    "connection_id": lambda hers: hers["connection_id"],
    "product": lambda _hers: "ics",
    "guide": lambda _hers: "connect-google",
    "authority": lambda _hers: "google",
    "token": lambda _hers: "not-a-token",
    "key": lambda _hers: "not-a-key",
    "rest": lambda _hers: "v1/me/availability",
    "schedule_id": lambda hers: hers["schedule_id"],
    "destination_id": lambda hers: hers["destination_id"],
    "number": lambda hers: hers["number"],
    "shift": lambda hers: hers["shift"],
    "page": lambda _hers: "not-a-page",
    "try_number": lambda hers: hers["try_number"],
}
"""What a parameter of a path is filled with: Alice's, where it is something owned."""
FRAMEWORK = re.compile(r"/(_nicegui|static|favicon\.ico)")
"""NiceGUI's own files and socket, and our style sheets: the same for everybody."""
FOR_STRANGERS = {
    "/login",
    "/login/forgot",
    "/login/oidc",
    "/login/oidc/callback",
    "/login/passkey/options",
    "/login/wait",
    "/setup",
    "/logout",
    "/invite/{token}",
    "/reset/{token}",
    "/confirm/{token}",
    "/emails/stop/{token}",
    "/asks/{token}",
    "/healthz",
    "/readyz",
    "/metrics",  # numbers alone, and for this machine alone or with a token: tests/pages/test_metrics.py
    "/api/v1/openapi.json",
}
"""Answered without a login, by intention. What they do with a valid link has tests of its own."""
BEGUN = {"authorization_request", "login_request", "passkey_challenge"}
"""Tables of what has only begun, and runs out by itself: an attempt to log in leaves a row."""
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
REFUSED = {303, 307, 400, 401, 403, 404, 405, 422, 429}
HERS = (SECRET_NAME, "secret-", "sealed-credentials", "f1ngerprint", "own@example.org", "other@example.org")
"""Names and secrets of Alice's. That she exists, and when she can't be on call, everybody on the team may see."""
FOR_ADMINISTRATORS = (INVITED, "dora@example.org")
"""Written in lists that only administrators see."""


def paths(app: App) -> list[str]:
    """Of every route that is registered, those of the API included."""
    registered = [*core.app.routes, *application(app).routes]
    found = {route.path for route in registered if isinstance(route, Route)}
    return sorted(path for path in found if not FRAMEWORK.match(path))


def filled(path: str, hers: Hers) -> str:
    """The path with Alice's ids in it."""

    def value(match: re.Match[str]) -> str:
        name = match[1].partition(":")[0]
        if name not in PARAMETERS:
            pytest.fail(f"{path} takes `{name}`: add what of Alice's it means to PARAMETERS in {__file__}.")
        return quote(str(PARAMETERS[name](hers)), safe="/")

    return re.sub(r"\{([^}]+)\}", value, path)


def body_of(answer: Response) -> str:
    """With characters that scripts escape, and without."""
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), answer.text) + answer.text


async def asked(user: Any, path: str, headers: dict[str, str] | None = None) -> list[tuple[str, Response]]:
    """What each method answers. HEAD and OPTIONS have no content of their own."""
    return [(method, await user.http_client.request(method, path, headers=headers or {})) for method in METHODS]


async def test_a_stranger_sees_and_changes_nothing(app: App, browser: Browser, alice: Person) -> None:
    hers, stranger = give(app, alice), await browser()
    before = everything(app, _counted)
    for path in paths(app):
        for method, answer in await asked(stranger, filled(path, hers)):
            assert_nothing_of(answer, (*HERS, *FOR_ADMINISTRATORS, alice.email), f"{method} {path}")
            if path not in FOR_STRANGERS:
                assert answer.status_code in REFUSED, f"{method} {path} answers a stranger {answer.status_code}"
                assert answer.status_code != 303 or answer.headers["location"].startswith("/login"), path
    assert everything(app, _counted) == before


async def test_a_member_sees_and_changes_nothing_of_another(
    app: App, browser: Browser, alice: Person, mallory: Person
) -> None:
    hers = give(app, alice)
    _dora(app)
    before = everything(app, lambda table, row: _is_own(table, row, mallory))
    user = await browser(mallory)
    for path in paths(app):
        answers = await asked(user, filled(path, hers))
        for method, answer in answers:
            assert_nothing_of(answer, (*HERS, *FOR_ADMINISTRATORS), f"{method} {path}")
        if any(answer.headers.get("location") == "/login" for _, answer in answers):
            user = await browser(mallory)  # it was /logout
    assert everything(app, lambda table, row: _is_own(table, row, mallory)) == before


async def test_a_token_of_the_api_opens_nothing_of_another(
    app: App, browser: Browser, alice: Person, mallory: Person
) -> None:
    hers, user = give(app, alice), await browser()
    bearer = {"Authorization": f"Bearer {create_token(app, mallory.id, 'Script')}"}
    before = everything(app, lambda table, row: _is_own(table, row, mallory))
    for path in paths(app):
        for method, answer in await asked(user, filled(path, hers), bearer):
            assert_nothing_of(answer, (*HERS, *FOR_ADMINISTRATORS), f"{method} {path}")
    assert everything(app, lambda table, row: _is_own(table, row, mallory)) == before


async def test_the_owner_and_administrator_sees_what_the_others_did_not(
    app: App, browser: Browser, alice: Person
) -> None:
    """What is looked for above is there to be found."""
    user, seen = await browser(alice), ""
    hers = give(app, alice)
    _dora(app)
    for path in paths(app):
        if path != "/logout":
            seen += body_of(await user.http_client.get(filled(path, hers)))
    for mark in (SECRET_NAME, "other@example.org", *FOR_ADMINISTRATORS):
        assert mark in seen, mark


def assert_nothing_of(answer: Response, marks: tuple[str, ...], what: str) -> None:
    body = body_of(answer)
    assert not [mark for mark in marks if mark in body], what
    assert answer.status_code != 500, what


def _dora(app: App) -> None:
    add_member(app, name="Dora", email="dora@example.org", password="correct horse battery", zone="UTC")


def _is_own(table: str, row: dict[str, Any], person: Person) -> bool:
    """Whether it may change while the member uses the app: what they did, their sessions, when they were seen."""
    if table == "member":
        return bool(row["id"] == person.id)
    if table == "audit_entry":
        return bool(row["actor_id"] == person.id or row["action"] == "login.failed")
    return bool(row.get("member_id") == person.id) or table in BEGUN


def _counted(table: str, row: dict[str, Any]) -> bool:
    """What strangers may leave: counted failures, and log-ins at the provider that have only begun."""
    return table in BEGUN or (table == "audit_entry" and row["action"] == "login.failed")
