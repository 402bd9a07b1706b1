"""The session of a request, and of a page that is open: asked when a page opens and before everything it does."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import quote
from weakref import WeakValueDictionary

from fastapi import Request
from nicegui import Client, ui
from starlette.routing import compile_path

from oncall_ui.app import App
from oncall_ui.errors import NotLoggedIn, SecondFactorMissing
from oncall_ui.origin import Origin, come_from, current_origin, origin_of
from oncall_ui.reporting.ids import carry
from oncall_ui.services.accounts.logging_in.login_rules import logins, pages_logged_in, require_login
from oncall_ui.services.accounts.logging_in.rate_limits import may_open_page
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn, session_id_of
from pages.shared_reading import AskedTogether

TOKEN = "token"  # noqa: S105 - the key in the cookie's session, not a value
PENDING = "pending"
"""The log-in that waits for its second factor, see services/accounts/second_factor.py."""
FLASH = "flash"
"""What a rejected form has to say, kept for the next page only."""

NEXT = "next"
"""Query parameter and form field of /login: the page to open after logging in."""
BEFORE_LOGIN = {"/login", "/login/forgot", "/setup"}
LINKS = ("/reset/", "/confirm/", "/asks/")
"""What emails lead to: nowhere to go after logging in."""
SECURITY = "/you/security"
"""The one page that opens while a second factor is missing."""

P = ParamSpec("P")
T = TypeVar("T")


class TooManyPages(Exception):
    """Too many pages were opened from one address without logging in."""


def login_required(app: App, *, for_setup: bool = False) -> Callable[[Request], Coroutine[Any, Any, LoggedIn]]:
    """A dependency for pages: who is logged in. Raises NotLoggedIn, which redirects to /login.

    Raises SecondFactorMissing, which redirects to Security, for members who have to set up a second factor first,
    unless the page is `for_setup`.
    """

    # Two hundred pages open at once when another process is gone.
    everybody = _LOGINS.setdefault(id(app), AskedTogether(partial(logins, app)))

    async def logged_in(request: Request) -> LoggedIn:
        found = await everybody.ask(session_id_of(request.session.get(TOKEN)), current_origin())
        if found is None:
            raise NotLoggedIn
        me, is_second_factor_missing = found
        if is_second_factor_missing and not for_setup:
            raise SecondFactorMissing
        carry(member=me.member.id)
        return me

    return logged_in


def rate_limited(app: App) -> Callable[[Request], None]:
    """A dependency for pages that need no login. Raises TooManyPages."""

    def within_limit(request: Request) -> None:
        if not may_open_page(app, origin(request)):
            raise TooManyPages

    return within_limit


async def still_here(app: App, me: LoggedIn) -> None:
    """The first line of every handler. Raises NotLoggedIn after sending the page to /login.

    A member who has to set up a second factor first goes to Security instead.

    From here on, what the handler does comes from the page's browser, see `current_origin`.
    """
    await _here(lambda: asyncio.to_thread(_must_set_up_first, app, me))


class Presence:
    """Asks as `still_here`, for a page that is open. Pages that ask in the same turn share one question."""

    def __init__(self, app: App, me: LoggedIn) -> None:
        self._session_id = me.session_id
        self._all = presences_of(app)

    async def ask(self) -> None:
        """Raises what `still_here` raises."""
        await _here(self._must_set_up_first)

    async def _must_set_up_first(self) -> bool:
        found = await self._all.ask(self._session_id, current_origin())
        if found is None:
            raise NotLoggedIn
        return found


async def _here(ask: Callable[[], Awaitable[bool]]) -> None:
    request = ui.context.client.request
    if request is not None:
        come_from(origin_of(origin(request), request.headers.get("user-agent", "")))
    try:
        is_second_factor_missing = await ask()
    except NotLoggedIn:
        ui.navigate.to(login_route_here())
        raise
    is_security = request is not None and request.url.path == SECURITY
    if is_second_factor_missing and not is_security:
        ui.navigate.to(setup_route(asked_for(request) if request else "/"))
        raise SecondFactorMissing


def _must_set_up_first(app: App, me: LoggedIn) -> bool:
    """Whether the member has to set up a second factor. Raises NotLoggedIn."""
    return require_login(app, me.session_id)[1]


async def run_as(
    app: App, me: LoggedIn, verb: Callable[Concatenate[App, int, P], T], *args: P.args, **kw: P.kwargs
) -> T:
    """Runs `verb` for the member, in a thread, once the session is known to be valid. Raises NotLoggedIn."""
    await still_here(app, me)
    return await asyncio.to_thread(verb, app, me.member.id, *args, **kw)


def login_route(target: str) -> str:
    """/login, and from there to `target` if it is a page of this app."""
    page = own_page(target)
    return "/login" if page == "/" else f"/login?{NEXT}={quote(page)}"


def login_route_here() -> str:
    """/login, and from there back to the page that is open."""
    request = ui.context.client.request
    return login_route(asked_for(request)) if request is not None else "/login"


def setup_route(target: str) -> str:
    """Security, and from there to `target` once a second factor is set up."""
    return f"{SECURITY}?{NEXT}={quote(own_page(target))}"


def asked_for(request: Request) -> str:
    """Path and query of a request, as they are in the address bar."""
    query = request.url.query
    return quote(request.url.path) + (f"?{query}" if query else "")


def own_page(target: str) -> str:
    """`target` if it is the path of a page of this app, with or without a query; else `/`.

    What comes out is safe to redirect to, whatever went in.
    """
    # Browsers drop tabs and line breaks inside an address, read `\\` as `/`, and take `//host` for another server.
    if len(target) > 2000 or not re.fullmatch(r"/[!-\[\]-~]*", target):
        return "/"
    path, _, query = target.partition("#")[0].partition("?")
    if "//" in path or "/." in path or path in BEFORE_LOGIN or path.startswith(LINKS):
        return "/"
    if not any(compile_path(route)[0].match(path) for route in Client.page_routes.values()):
        return "/"
    return f"{path}?{query}" if query else path


def pop_flash(request: Request) -> dict[str, Any]:
    """What the last rejected form left: `values`, and `errors` by label or one `sentence`; empty if there was none."""
    flash: dict[str, Any] = request.session.pop(FLASH, {})
    return flash


def origin(request: Request) -> str:
    """The address the request comes from, as rate limits count it."""
    return request.client.host if request.client else ""


def presences_of(app: App) -> AskedTogether[str, Origin, bool]:
    """By session: whether its member has to set up a second factor first. Nothing about sessions that have ended."""
    # Two hundred pages that show the same change would wait for two hundred threads, one after another.
    return _PRESENCES.setdefault(id(app), AskedTogether(partial(pages_logged_in, app)))


_LOGINS: WeakValueDictionary[int, AskedTogether[str, Origin, tuple[LoggedIn, bool]]] = WeakValueDictionary()
"""By app; gone with its routes."""
_PRESENCES: WeakValueDictionary[int, AskedTogether[str, Origin, bool]] = WeakValueDictionary()
"""By app; gone with its last page."""
