"""Who may come in: the login of each request, and the three forms that change it."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from nicegui import app as web
from nicegui import ui

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput, NotLoggedIn, SetupClosed
from oncall_ui.security.rate_limits import PAGES_PER_ADDRESS, PER_ACCOUNT, PER_ADDRESS
from oncall_ui.services.accounts.sessions import LoggedIn, log_in, log_out, open_session, require_session, session_for
from oncall_ui.services.accounts.setup import create_first_account

TOKEN = "token"  # noqa: S105 - the key in the cookie's session, not a value
FLASH = "flash"
"""What a refused form says, kept for the next page only."""

P = ParamSpec("P")
T = TypeVar("T")


def required(app: App) -> Callable[[Request], LoggedIn]:
    """A dependency for pages: who is logged in. Raises NotLoggedIn, which leads to /login."""

    def logged_in(request: Request) -> LoggedIn:
        return session_for(app, request.session.get(TOKEN))

    return logged_in


def unhurried(app: App) -> Callable[[Request], None]:
    """A dependency for pages that ask for no login. Raises TooManyPages."""

    def is_unhurried(request: Request) -> None:
        if not app.rate_limits.allows(PAGES_PER_ADDRESS, "pages", _origin(request)):
            raise TooManyPages

    return is_unhurried


async def act(app: App, me: LoggedIn, verb: Callable[Concatenate[App, int, P], T], *args: P.args, **kw: P.kwargs) -> T:
    """Does `verb` as the member, in a thread, after asking whether this browser is still logged in."""
    await still_here(app, me)
    return await asyncio.to_thread(verb, app, me.member.id, *args, **kw)


async def still_here(app: App, me: LoggedIn) -> None:
    """The first line of every handler. Raises NotLoggedIn after sending the page to /login."""
    try:
        await asyncio.to_thread(require_session, app, me.session_id)
    except NotLoggedIn:
        ui.navigate.to("/login")
        raise


def register(app: App) -> None:
    """The forms of /login, /setup and /logout, and what happens to those who aren't logged in."""

    @web.exception_handler(NotLoggedIn)
    async def to_login(_request: Request, _error: Exception) -> Response:
        return RedirectResponse("/login", 303)

    @web.post("/login")
    async def post_login(request: Request) -> Response:
        form = await _text_fields(request)
        email, password = form.get("email", ""), form.get("password", "")
        tries = ((PER_ADDRESS, "address", _origin(request)), (PER_ACCOUNT, "account", email.strip().lower()))
        if not all(app.rate_limits.has_left(*each) for each in tries):
            return _refuse(request, "/login", {"email": email}, "", "Too many attempts. Wait ten minutes.")
        token = await asyncio.to_thread(log_in, app, email, password)
        if token is None:
            for each in tries:
                app.rate_limits.allows(*each)
            return _refuse(request, "/login", {"email": email}, "", "E-mail or password is wrong.")
        await _end_session(app, request)
        return _enter(request, token)

    @web.post("/setup")
    async def post_setup(request: Request) -> Response:
        form = await _text_fields(request)
        kept = {key: form.get(key, "") for key in ("name", "email", "zone")}
        link = form.get("token", "")
        if not app.rate_limits.allows(PER_ADDRESS, "address", _origin(request)):
            return _refuse(request, f"/setup?token={link}", kept, "", "Too many attempts. Wait a minute.")
        try:
            member_id = await asyncio.to_thread(
                create_first_account, app, link, password=form.get("password", ""), **kept
            )
        except InvalidInput as error:
            return _refuse(request, f"/setup?token={link}", kept, error.field, error.sentence)
        except SetupClosed:
            return RedirectResponse("/setup", 303)
        return _enter(request, await asyncio.to_thread(open_session, app, member_id))

    @web.post("/logout")
    async def post_logout(request: Request) -> Response:
        await _end_session(app, request)
        request.session.clear()
        return RedirectResponse("/login", 303)

    @web.exception_handler(TooManyPages)
    async def slow_down(_request: Request, _error: Exception) -> Response:
        return Response("Too many pages were asked for from this address. Wait a minute.", 429)


class TooManyPages(Exception):
    """Somebody who isn't logged in asks for pages faster than a person does."""


def pop_flash(request: Request) -> dict[str, Any]:
    """What the last refused form left: `values`, `field`, `sentence`; empty when there was none."""
    flash: dict[str, Any] = request.session.pop(FLASH, {})
    return flash


async def _end_session(app: App, request: Request) -> None:
    """Ends the session this browser had, if it had one, and with it the pages open in it."""
    with contextlib.suppress(NotLoggedIn):
        me = await asyncio.to_thread(session_for, app, request.session.get(TOKEN))
        await asyncio.to_thread(log_out, app, me.session_id)


def _enter(request: Request, token: str) -> Response:
    # Nothing of the session before the login survives it, least of all its id.
    request.session.clear()
    request.session[TOKEN] = token
    return RedirectResponse("/", 303)


def _refuse(request: Request, to: str, values: dict[str, str], field: str, sentence: str) -> Response:
    kept = {key: value[:300] for key, value in values.items()}
    request.session[FLASH] = {"values": kept, "field": field, "sentence": sentence}
    return RedirectResponse(to, 303)


async def _text_fields(request: Request) -> dict[str, str]:
    form = await request.form(max_fields=20, max_files=0)
    return {key: value for key, value in form.items() if isinstance(value, str)}


def _origin(request: Request) -> str:
    return request.client.host if request.client else ""
