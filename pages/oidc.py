"""Single sign-on's two routes: the browser leaves for the OpenID provider, and comes back."""

import asyncio
from collections.abc import Awaitable, Callable
from secrets import token_urlsafe
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response
from nicegui import app as web

from oncall_ui.app import App
from oncall_ui.errors import NotLoggedIn, SingleSignOnFailed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn, session_for
from oncall_ui.services.accounts.logging_in.single_sign_on import begin, finish
from pages.entering import follow
from pages.known_browser import browser_cookie
from pages.session import FLASH, NEXT, SECURITY, TOKEN, login_route, own_page, rate_limited

BROWSER = "single_sign_on"
"""Key in the cookie's session: the browser's own token, without which a callback is refused."""
LONGEST_VALUE = 4000
"""Longer query values are ignored: no provider sends them."""


def register(app: App) -> None:
    if app.openid is None:
        return

    @web.get("/login/oidc", dependencies=[Depends(rate_limited(app))])
    async def leave(request: Request, zone: str = "") -> Response:
        target = own_page(request.query_params.get(NEXT, ""))
        browser = request.session.setdefault(BROWSER, token_urlsafe(32))
        try:
            return RedirectResponse(await begin(app, browser, target, zone), 303)
        except SingleSignOnFailed as failed:
            return _refuse(request, failed, target)

    @web.get("/login/oidc/callback", dependencies=[Depends(rate_limited(app))])
    async def come_back(request: Request, me: Annotated[LoggedIn | None, Depends(maybe_logged_in(app))]) -> Response:
        answer = {key: value for key, value in request.query_params.items() if len(value) <= LONGEST_VALUE}
        browser = request.session.pop(BROWSER, "")
        try:
            returned = await finish(app, answer, browser=browser, me=me, known=browser_cookie(request))
        except SingleSignOnFailed as failed:
            return _refuse(request, failed, failed.target)
        target = own_page(returned.target)
        if returned.outcome is None:
            return RedirectResponse(target, 303)
        return await follow(app, request, returned.outcome, target)


def maybe_logged_in(app: App) -> Callable[[Request], Awaitable[LoggedIn | None]]:
    """A dependency: who is logged in, or None."""

    async def logged_in(request: Request) -> LoggedIn | None:
        try:
            return await asyncio.to_thread(session_for, app, request.session.get(TOKEN))
        except NotLoggedIn:
            return None

    return logged_in


def _refuse(request: Request, failed: SingleSignOnFailed, target: str) -> Response:
    request.session[FLASH] = {"sentence": failed.sentence}
    return RedirectResponse(SECURITY if failed.links else login_route(target), 303)
