"""The forms that begin and end a session: /login, /setup and /logout."""

import asyncio
import contextlib
import math

from fastapi import Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from nicegui import app as web

from oncall_ui.app import App
from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.errors import InvalidInput, NotLoggedIn, SetupClosed, TooManyAttempts
from oncall_ui.services.accounts.log_in import Outcome, log_in
from oncall_ui.services.accounts.rate_limits import Kind, may_log_in, may_try, seconds_to_wait
from oncall_ui.services.accounts.sessions import log_out, open_session, session_for
from oncall_ui.services.accounts.setup import create_first_account
from pages.known_browser import browser_cookie, set_browser_cookie
from pages.opening import plain_page
from pages.patience import Patience
from pages.session import FLASH, NEXT, PENDING, TOKEN, TooManyPages, asked_for, login_route, origin, own_page


def register(app: App) -> None:
    """Also answers NotLoggedIn, TooManyPages and TooManyAttempts, wherever a page raises them."""
    patience = Patience()

    @web.exception_handler(NotLoggedIn)
    async def to_login(request: Request, _error: Exception) -> Response:
        return RedirectResponse(login_route(asked_for(request)), 303)

    @web.post("/login")
    async def post_login(request: Request) -> Response:
        form = await text_fields(request)
        email, password = form.get("email", ""), form.get("password", "")
        target = own_page(form.get(NEXT, ""))
        again = login_route(target)
        cookie = browser_cookie(request)
        try:
            outcome = await _checked(app, origin(request), email, password, cookie)
        except TooManyAttempts as error:
            await patience.hold()
            return refuse_form(request, again, {"email": email}, error)
        if outcome is None:
            return refuse_form(request, again, {"email": email}, "Wrong email or password.")
        await end_session(app, request)
        return follow(app, request, outcome, target)

    @web.post("/login/wait")
    async def post_wait(request: Request) -> JSONResponse:
        """How many seconds a log-in with this email would be refused: asked before the password leaves the page."""
        email = (await text_fields(request)).get("email", "")
        seconds = await asyncio.to_thread(seconds_to_wait, app, origin(request), email, browser_cookie(request))
        return JSONResponse({"seconds": math.ceil(seconds)})

    @web.post("/setup")
    async def post_setup(request: Request) -> Response:
        form = await text_fields(request)
        kept = {key: form.get(key, "") for key in ("name", "email", "zone")}
        link = form.get("token", "")
        try:
            attempt = may_try(app, Kind.LINK, origin(request))
            member_id = await asyncio.to_thread(
                create_first_account, app, link, password=form.get("password", ""), **kept
            )
        except InvalidInput as error:
            attempt.was_not_checked()
            return refuse_form(request, f"/setup?token={link}", kept, error)
        except TooManyAttempts as error:
            return refuse_form(request, f"/setup?token={link}", kept, error.sentence)
        except SetupClosed:
            return RedirectResponse("/setup", 303)
        attempt.succeeded()
        return enter(request, await asyncio.to_thread(open_session, app, member_id, LoginMethod.LINK))

    @web.post("/logout")
    async def post_logout(request: Request) -> Response:
        await end_session(app, request)
        request.session.clear()
        return RedirectResponse("/login", 303)

    @web.exception_handler(TooManyPages)
    async def slow_down(_request: Request, _error: Exception) -> Response:
        return Response("Too many requests from this address. Wait 1 minute.", 429)

    @web.exception_handler(TooManyAttempts)
    async def wait(_request: Request, error: Exception) -> Response:
        seconds = error.seconds if isinstance(error, TooManyAttempts) else 1
        words = ("Too many attempts", f"Try again in {seconds} s.")
        return plain_page(words, 429, again_seconds=seconds)


async def _checked(app: App, address: str, email: str, password: str, cookie: str) -> Outcome | None:
    """Counts, then checks. None for a wrong email or password. Raises TooManyAttempts."""
    if cookie:
        attempt = await asyncio.to_thread(may_log_in, app, address, email, cookie)
    else:
        attempt = may_log_in(app, address, email)
    try:
        run = app.passwords.pool.run
        outcome = await run(attempt.is_known_browser, log_in, app, email, password, browser=cookie)
    except TooManyAttempts:
        attempt.was_not_checked()
        raise
    if outcome is not None:
        attempt.succeeded()
    return outcome


async def end_session(app: App, request: Request) -> None:
    """Ends the browser's session, if it has one, and the pages open in it."""
    with contextlib.suppress(NotLoggedIn):
        me = await asyncio.to_thread(session_for, app, request.session.get(TOKEN))
        await asyncio.to_thread(log_out, app, me.session_id)


def follow(app: App, request: Request, outcome: Outcome, target: str) -> Response:
    """What a browser gets after a log-in: the page it asked for, or the second step of logging in."""
    if outcome.session:
        response = enter(request, outcome.session, target)
        set_browser_cookie(app, response, outcome.browser)
        return response
    request.session.clear()
    request.session[PENDING] = outcome.pending
    return RedirectResponse(login_route(target), 303)


def enter(request: Request, token: str, target: str = "/") -> Response:
    """The browser's session begins."""
    # Nothing from before the login survives, least of all the session's id.
    request.session.clear()
    request.session[TOKEN] = token
    return RedirectResponse(target, 303)


def refuse_form(
    request: Request, to: str, values: dict[str, str], why: str | InvalidInput | TooManyAttempts
) -> Response:
    """Back to the form at `to`, which says why and keeps `values`; see `pop_flash`."""
    said: dict[str, object] = {"sentence": why}
    if isinstance(why, InvalidInput):
        said = {"errors": why.sentences}
    elif isinstance(why, TooManyAttempts):
        said = {"wait": why.seconds}
    request.session[FLASH] = {"values": {key: value[:300] for key, value in values.items()}, **said}
    return RedirectResponse(to, 303)


async def text_fields(request: Request) -> dict[str, str]:
    """What a form sent, without files."""
    form = await request.form(max_fields=20, max_files=0)
    return {key: value for key, value in form.items() if isinstance(value, str)}
