"""The forms that begin and end a session: /login, /setup, /invite and /logout."""

import asyncio
import contextlib
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from nicegui import app as web

from oncall_ui.app import App
from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.errors import InvalidInput, InvitationEnded, NotLoggedIn, SetupClosed
from oncall_ui.services.accounts.joining import join
from oncall_ui.services.accounts.log_in import Outcome, log_in
from oncall_ui.services.accounts.rate_limits import count_wrong_password, may_log_in, may_set_up
from oncall_ui.services.accounts.sessions import log_out, open_session, session_for
from oncall_ui.services.accounts.setup import create_first_account
from pages.session import FLASH, NEXT, PENDING, TOKEN, TooManyPages, asked_for, login_route, origin, own_page


def register(app: App) -> None:
    """Also answers NotLoggedIn and TooManyPages, wherever a page raises them."""

    @web.exception_handler(NotLoggedIn)
    async def to_login(request: Request, _error: Exception) -> Response:
        return RedirectResponse(login_route(asked_for(request)), 303)

    @web.post("/login")
    async def post_login(request: Request) -> Response:
        form = await text_fields(request)
        email, password = form.get("email", ""), form.get("password", "")
        target = own_page(form.get(NEXT, ""))
        again = login_route(target)
        if not may_log_in(app, origin(request), email):
            return refuse_form(request, again, {"email": email}, "Too many attempts. Wait 10 minutes.")
        outcome = await asyncio.to_thread(log_in, app, email, password)
        if outcome is None:
            count_wrong_password(app, origin(request), email)
            return refuse_form(request, again, {"email": email}, "Wrong email or password.")
        await end_session(app, request)
        return follow(request, outcome, target)

    @web.post("/setup")
    async def post_setup(request: Request) -> Response:
        form = await text_fields(request)
        kept = {key: form.get(key, "") for key in ("name", "email", "zone")}
        link = form.get("token", "")
        if not may_set_up(app, origin(request)):
            return refuse_form(request, f"/setup?token={link}", kept, "Too many attempts. Wait 1 minute.")
        try:
            member_id = await asyncio.to_thread(
                create_first_account, app, link, password=form.get("password", ""), **kept
            )
        except InvalidInput as error:
            return refuse_form(request, f"/setup?token={link}", kept, error)
        except SetupClosed:
            return RedirectResponse("/setup", 303)
        return enter(request, await asyncio.to_thread(open_session, app, member_id, LoginMethod.LINK))

    @web.post("/invite/{token}")
    async def post_invite(request: Request, token: str) -> Response:
        form = await text_fields(request)
        kept = {key: form.get(key, "") for key in ("name", "zone")}
        here = f"/invite/{quote(token, safe='')}"
        if not may_set_up(app, origin(request)):
            return refuse_form(request, here, kept, "Too many attempts. Wait 1 minute.")
        try:
            member_id = await asyncio.to_thread(join, app, token, password=form.get("password", ""), **kept)
        except InvalidInput as error:
            return refuse_form(request, here, kept, error)
        except InvitationEnded:
            return RedirectResponse(here, 303)
        await end_session(app, request)
        return enter(request, await asyncio.to_thread(open_session, app, member_id, LoginMethod.LINK))

    @web.post("/logout")
    async def post_logout(request: Request) -> Response:
        await end_session(app, request)
        request.session.clear()
        return RedirectResponse("/login", 303)

    @web.exception_handler(TooManyPages)
    async def slow_down(_request: Request, _error: Exception) -> Response:
        return Response("Too many requests from this address. Wait 1 minute.", 429)


async def end_session(app: App, request: Request) -> None:
    """Ends the browser's session, if it has one, and the pages open in it."""
    with contextlib.suppress(NotLoggedIn):
        me = await asyncio.to_thread(session_for, app, request.session.get(TOKEN))
        await asyncio.to_thread(log_out, app, me.session_id)


def follow(request: Request, outcome: Outcome, target: str) -> Response:
    """What a browser gets after a log-in: the page it asked for, or the second step of logging in."""
    if outcome.session:
        return enter(request, outcome.session, target)
    request.session.clear()
    request.session[PENDING] = outcome.pending
    return RedirectResponse(login_route(target), 303)


def enter(request: Request, token: str, target: str = "/") -> Response:
    """The browser's session begins."""
    # Nothing from before the login survives, least of all the session's id.
    request.session.clear()
    request.session[TOKEN] = token
    return RedirectResponse(target, 303)


def refuse_form(request: Request, to: str, values: dict[str, str], why: str | InvalidInput) -> Response:
    """Back to the form at `to`, which says why and keeps `values`; see `pop_flash`."""
    said = {"sentence": why} if isinstance(why, str) else {"errors": why.sentences}
    request.session[FLASH] = {"values": {key: value[:300] for key, value in values.items()}, **said}
    return RedirectResponse(to, 303)


async def text_fields(request: Request) -> dict[str, str]:
    """What a form sent, without files."""
    form = await request.form(max_fields=20, max_files=0)
    return {key: value for key, value in form.items() if isinstance(value, str)}
