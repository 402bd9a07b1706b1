"""What a browser gets when somebody logs in: a session, or the second step. Every way to log in ends here."""

import asyncio
import contextlib

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from oncall_ui.app import App
from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.errors import NotLoggedIn
from oncall_ui.services.accounts.logging_in.log_in import Outcome, finish_login
from oncall_ui.services.accounts.logging_in.sessions import log_out, session_for
from pages.known_browser import browser_cookie, set_browser_cookie
from pages.session import PENDING, TOKEN, login_route


async def let_in(app: App, request: Request, member_id: int, method: LoginMethod, target: str = "/") -> Response:
    """For a member who has just proved who they are with `method`."""
    outcome = await asyncio.to_thread(finish_login, app, member_id, method, browser=browser_cookie(request))
    return await follow(app, request, outcome, target)


async def follow(app: App, request: Request, outcome: Outcome, target: str = "/") -> Response:
    """Sends the browser to `target`, or back to /login for the second step. Its earlier session ends, if it had one."""
    if outcome.session:
        return await enter(app, request, outcome, RedirectResponse(target, 303))
    await end_session(app, request)
    request.session.clear()
    request.session[PENDING] = outcome.pending
    return RedirectResponse(login_route(target), 303)


async def enter(app: App, request: Request, outcome: Outcome, response: Response) -> Response:
    """The session of `outcome` begins with `response`."""
    await end_session(app, request)
    begin(request, outcome.session)
    set_browser_cookie(app, response, outcome.browser)
    return response


def begin(request: Request, token: str) -> None:
    """From now on the browser is in the session of this token."""
    # Nothing from before the login survives, least of all the session's id.
    request.session.clear()
    request.session[TOKEN] = token


async def end_session(app: App, request: Request) -> None:
    """Ends the browser's session, if it has one, and the pages open in it."""
    with contextlib.suppress(NotLoggedIn):
        me = await asyncio.to_thread(session_for, app, request.session.get(TOKEN))
        await asyncio.to_thread(log_out, app, me.session_id)
