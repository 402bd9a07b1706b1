"""The forms that begin and end a session: /login, /setup and /logout."""

import asyncio
import math
from collections.abc import Callable
from functools import partial

from fastapi import Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from nicegui import app as web

from oncall_ui.app import App
from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.errors import InvalidInput, LogInAgain, NotLoggedIn, SecondFactorMissing, SetupClosed, TooManyAttempts
from oncall_ui.services.accounts.logging_in.log_in import Outcome
from oncall_ui.services.accounts.logging_in.rate_limits import Kind, may_try, seconds_to_wait
from oncall_ui.services.accounts.logging_in.throttled_log_in import throttled_log_in
from oncall_ui.services.accounts.second_factors.second_factor import finish_with_code, finish_with_recovery_code
from oncall_ui.services.accounts.setup import create_first_account
from pages.entering import end_session, follow, let_in
from pages.known_browser import browser_cookie
from pages.patience import Patience
from pages.plain import plain_page
from pages.session import FLASH, NEXT, PENDING, TooManyPages, asked_for, login_route, origin, own_page, setup_route


def register(app: App) -> None:
    """Also answers NotLoggedIn, SecondFactorMissing, TooManyPages and TooManyAttempts, wherever a page raises them."""
    _register_errors()
    _register_log_in(app, Patience())
    _register_setup(app)


def _register_errors() -> None:
    @web.exception_handler(NotLoggedIn)
    async def to_login(request: Request, _error: Exception) -> Response:
        return RedirectResponse(login_route(asked_for(request)), 303)

    @web.exception_handler(SecondFactorMissing)
    async def to_security(request: Request, _error: Exception) -> Response:
        return RedirectResponse(setup_route(asked_for(request)), 303)

    @web.exception_handler(TooManyAttempts)
    async def wait(_request: Request, error: Exception) -> Response:
        seconds = error.seconds if isinstance(error, TooManyAttempts) else 1
        return plain_page(("Too many attempts", f"Try again in {seconds} s."), 429, again_seconds=seconds)

    @web.exception_handler(TooManyPages)
    async def slow_down(_request: Request, _error: Exception) -> Response:
        return Response("Too many requests from this address. Wait 1 minute.", 429)


def _register_log_in(app: App, patience: Patience) -> None:
    @web.post("/login")
    async def post_login(request: Request) -> Response:
        form = await text_fields(request)
        email, password = form.get("email", ""), form.get("password", "")
        target = own_page(form.get(NEXT, ""))
        again = login_route(target)
        try:
            outcome = await throttled_log_in(app, origin(request), email, password, browser=browser_cookie(request))
        except TooManyAttempts as error:
            await patience.hold()
            return refuse_form(request, again, {"email": email}, error)
        if outcome is None:
            return refuse_form(request, again, {"email": email}, "Wrong email or password.")
        return await follow(app, request, outcome, target)

    @web.post("/login/wait")
    async def post_wait(request: Request) -> JSONResponse:
        """How many seconds a log-in with this email would be refused: asked before the password leaves the page."""
        email = (await text_fields(request)).get("email", "")
        seconds = await asyncio.to_thread(seconds_to_wait, app, origin(request), email, browser_cookie(request))
        return JSONResponse({"seconds": math.ceil(seconds)})

    @web.post("/login/code")
    async def post_code(request: Request) -> Response:
        form = await text_fields(request)
        finish = partial(finish_with_code, trust=bool(form.get("trust")))
        return await _second_step(app, request, finish, form)

    @web.post("/login/recovery")
    async def post_recovery_code(request: Request) -> Response:
        return await _second_step(app, request, finish_with_recovery_code, await text_fields(request))


def _register_setup(app: App) -> None:
    @web.post("/setup")
    async def post_setup(request: Request) -> Response:
        form = await text_fields(request)
        kept = {key: form.get(key, "") for key in ("name", "email", "zone")}
        link = form.get("token", "")
        try:
            attempt = await asyncio.to_thread(may_try, app, Kind.LINK, origin(request))
            member_id = await asyncio.to_thread(
                create_first_account, app, link, password=form.get("password", ""), **kept
            )
        except InvalidInput as error:
            await asyncio.to_thread(attempt.was_not_checked)
            return refuse_form(request, f"/setup?token={link}", kept, error)
        except TooManyAttempts as error:
            return refuse_form(request, f"/setup?token={link}", kept, error.sentence)
        except SetupClosed:
            return RedirectResponse("/setup", 303)
        await asyncio.to_thread(attempt.succeeded)
        return await let_in(app, request, member_id, LoginMethod.LINK)

    @web.post("/logout")
    async def post_logout(request: Request) -> Response:
        await end_session(app, request)
        request.session.clear()
        return RedirectResponse("/login", 303)


async def _second_step(app: App, request: Request, finish: Callable[..., Outcome], form: dict[str, str]) -> Response:
    target = own_page(form.get(NEXT, ""))
    again, pending = login_route(target), request.session.get(PENDING, "")
    try:
        outcome = await asyncio.to_thread(finish, app, pending, form.get("code", ""), browser=browser_cookie(request))
    except InvalidInput as error:
        return refuse_form(request, again, {}, error)
    except LogInAgain as error:
        request.session.pop(PENDING, None)
        return refuse_form(request, again, {}, error.sentence)
    return await follow(app, request, outcome, target)


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
