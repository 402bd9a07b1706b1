"""The session of a request, and of a page that is open: asked when a page opens and before everything it does."""

import asyncio
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from fastapi import Request
from nicegui import ui

from oncall_ui.app import App
from oncall_ui.errors import NotLoggedIn
from oncall_ui.services.accounts.rate_limits import may_open_page
from oncall_ui.services.accounts.sessions import LoggedIn, require_session, session_for

TOKEN = "token"  # noqa: S105 - the key in the cookie's session, not a value
FLASH = "flash"
"""What a rejected form has to say, kept for the next page only."""

P = ParamSpec("P")
T = TypeVar("T")


class TooManyPages(Exception):
    """Too many pages were opened from one address without logging in."""


def login_required(app: App) -> Callable[[Request], LoggedIn]:
    """A dependency for pages: who is logged in. Raises NotLoggedIn, which redirects to /login."""

    def logged_in(request: Request) -> LoggedIn:
        return session_for(app, request.session.get(TOKEN))

    return logged_in


def rate_limited(app: App) -> Callable[[Request], None]:
    """A dependency for pages that need no login. Raises TooManyPages."""

    def within_limit(request: Request) -> None:
        if not may_open_page(app, origin(request)):
            raise TooManyPages

    return within_limit


async def still_here(app: App, me: LoggedIn) -> None:
    """The first line of every handler. Raises NotLoggedIn after sending the page to /login."""
    try:
        await asyncio.to_thread(require_session, app, me.session_id)
    except NotLoggedIn:
        ui.navigate.to("/login")
        raise


async def run_as(
    app: App, me: LoggedIn, verb: Callable[Concatenate[App, int, P], T], *args: P.args, **kw: P.kwargs
) -> T:
    """Runs `verb` for the member, in a thread, once the session is known to be valid. Raises NotLoggedIn."""
    await still_here(app, me)
    return await asyncio.to_thread(verb, app, me.member.id, *args, **kw)


def pop_flash(request: Request) -> dict[str, Any]:
    """What the last rejected form left: `values`, `field`, `sentence`; empty if there was none."""
    flash: dict[str, Any] = request.session.pop(FLASH, {})
    return flash


def origin(request: Request) -> str:
    """The address the request comes from, as rate limits count it."""
    return request.client.host if request.client else ""
