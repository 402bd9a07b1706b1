"""How every page opens: with `page` instead of `ui.page`. However slow the server is, opening one is never an error.

NiceGUI answers 500 when a page isn't built within 3 s. Here it is waited for, and if that takes very long, a small page
says so and tries again by itself. Pages whose browser never comes are kept until there are too many of them.
"""

import asyncio
import functools
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from fastapi.responses import Response
from nicegui import Client, ui

from oncall_ui.errors import NotAllowed, NotLoggedIn
from oncall_ui.reporting.ids import carry
from oncall_ui.reporting.incidents import INCIDENTS
from oncall_ui.reporting.outages import mark_counted
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from pages.builds import place
from pages.page_ids import know
from pages.page_loads import PageLoads, TooManyLoads
from pages.plain import error_page, page_name, plain_page, remember

log = structlog.get_logger()

BUSY_SECONDS = 30
"""Browsers and proxies wait at least twice as long."""
AGAIN_SECONDS = 10
NEVER_SECONDS = 24 * 3600
MOST_WAITING = 200
"""Pages without a browser, at most: each takes up to a megabyte, and NiceGUI keeps it for 70 s. A browser whose page is
gone when it comes, as one can on a flooded server, loads it again by itself."""
TELL_AGAIN_SECONDS = 10
"""A page that fails at every refresh says so this often."""
NOTICE_MILLISECONDS = 20_000
FAILED = (
    "That didn’t work because of an error on this server. Error id {id}. If it happens again, send this id to your "
    "administrator."
)
GONE = "This no longer exists, or isn’t yours. Reload the page."
TOO_MANY = (
    "Too many pages at once",
    f"Others you opened are still loading. This one tries again every {AGAIN_SECONDS} seconds.",
)
LOADS = PageLoads(most=8)
"""Of this process; the setting ONCALL_MAX_PAGE_LOADS says how many."""
BUSY = (
    "This server is busy",
    f"The page took too long to open. It tries again every {AGAIN_SECONDS} seconds; nothing you saved is lost.",
)
Build = Callable[..., Awaitable[Response | None] | Response | None]


def page(path: str, **options: Any) -> Callable[[Build], Build]:
    """A decorator like `ui.page`, which it takes the options of."""

    def register(build: Build) -> Build:
        ui.page(path, response_timeout=NEVER_SECONDS, **options)(_patient(build))
        return build

    return register


def _patient(build: Build) -> Build:
    @functools.wraps(build)
    async def patient(*args: Any, **kwargs: Any) -> Response | None:
        _make_room()
        client = ui.context.client
        me = next((value for value in kwargs.values() if isinstance(value, LoggedIn)), None)
        carry(**know(client, me))
        try:
            async with asyncio.timeout(BUSY_SECONDS) as limit:
                await LOADS.begin(_whose(client, me), client)
                async with place():
                    answer = await _built(functools.partial(build, *args, **kwargs), client, me)
        except TooManyLoads:
            client.delete()
            return plain_page(TOO_MANY, 429, again_seconds=AGAIN_SECONDS)
        except TimeoutError:
            if not limit.expired():
                raise
            log.warning("page too slow", path=client.page.path, seconds=BUSY_SECONDS)
            return _busy(client)
        return answer

    return patient


async def _built(build: Build, client: Client, me: LoggedIn | None) -> Response | None:
    request = client.request
    if me is not None and request is not None:
        remember(request, me)
    client.on_exception(functools.partial(_tell, client, _Told()))
    try:
        built = build()
        answer = await built if isinstance(built, Awaitable) else built
    except Exception:
        if client.tab_id is not None:  # it is open, and shows a notice
            raise
        if client.is_deleted:
            return _busy(client)
        client.delete()  # half a page is no use to anybody
        raise
    LOADS.is_built(client)
    if isinstance(answer, Response):
        client.delete()  # it was only built to answer with something else
    elif client.is_deleted and client.tab_id is None:  # to make room, while it was built
        return _busy(client)
    return answer


def _busy(client: Client) -> Response:
    client.delete()
    if client.request is None:
        return plain_page(BUSY, 503, again_seconds=AGAIN_SECONDS)
    incident = INCIDENTS.report("the page took too long to open", page_name(client.request))
    return error_page(incident, client.request, 503, words=BUSY, again_seconds=AGAIN_SECONDS)


def _whose(client: Client, me: LoggedIn | None) -> str:
    if me is not None:
        return f"member {me.member.id}"
    request = client.request
    return f"address {request.client.host if request is not None and request.client else ''}"


@dataclass(slots=True)
class _Told:
    """The last notice on an open page."""

    id: str = ""
    at: float = 0.0


def _tell(client: Client, told: _Told, error: Exception) -> None:
    """Tells the member that a button, or the page by itself, failed.

    A session that ended and things that are gone are no errors of ours.
    """
    if isinstance(error, NotLoggedIn):
        mark_counted(error)
        return
    if isinstance(error, NotAllowed):
        mark_counted(error)
        ui.notify(GONE, position="bottom-right")
        return
    incident = INCIDENTS.report(error, page_name(client.request) if client.request is not None else "a page")
    moment = time.monotonic()
    if (told.id, moment - told.at < TELL_AGAIN_SECONDS) != (incident.id, True):
        told.id, told.at = incident.id, moment
        ui.notify(
            FAILED.format(id=incident.id), position="bottom-right", timeout=NOTICE_MILLISECONDS, close_button="Close"
        )


def _make_room() -> None:
    """Closes the oldest pages whose browser hasn't come: those that were sent, or are older than building may take."""
    latest = time.time() - BUSY_SECONDS
    waiting = [
        client
        for client in Client.instances.values()
        if client.tab_id is None and (LOADS.was_sent(client) or client.created < latest)
    ]
    waiting.sort(key=lambda client: client.created)
    for client in waiting[: max(0, len(waiting) - MOST_WAITING)]:
        client.delete()
