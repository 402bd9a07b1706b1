"""NiceGUI's simulated server, cheap enough for one in each test: its own, with nothing left over between two of them.

What stays behind costs every later test its share of looking through garbage; a page that isn't closed costs two
seconds at times, when its outbox misses that it is cancelled.
"""

import asyncio
import functools
import gc
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import _lru_cache_wrapper
from typing import Any

from fastapi.dependencies import models as dependencies
from fastapi.routing import APIRoute
from itsdangerous import TimestampSigner
from nicegui import Client, background_tasks, core
from nicegui.page import page
from nicegui.testing import User, general, user_simulation
from starlette.routing import Route, compile_path

from oncall_ui.hub import Hub
from pages.session import TOKEN

SECRET = "simulated secret"
"""NiceGUI's own, for the sessions of its simulated server."""
PATIENCE = 30
"""Seconds for what is to come; nobody waits so long, however slow the machine."""
STANDING = {
    "Outbox.loop",
    "_send_what_changes",
    "refresh_loop",
    "Timer._run_in_loop",
    "Timer._run_once",
    "Toast._go_after",
}
"""What a page or the server has running as long as it is there, or until a time of its own."""
LOOKED_AT = {"app", *APIRoute.__annotations__}
"""What FastAPI knows of a route from its handler's parameters."""
compiled = functools.cache(compile_path)
_wrap = page._wrap


@asynccontextmanager
async def simulation() -> AsyncIterator[None]:
    """Pages may be registered and opened inside; outside there is none of them."""
    with _not_collecting(), _defaults_kept(), _routes_when_asked(), _nothing_twice():
        async with user_simulation():
            yield
            await _close_pages()
            # NiceGUI would forget the modules of all pages, and the next import make copies that no test looks at.
            Client.page_routes.clear()
    _forget_routes()
    _forget_handlers()


class PageWhenAsked:
    """What NiceGUI makes of a page's function, once somebody asks for it: the one that FastAPI gets to see."""

    def __init__(self, of: page, build: Callable[..., Any]) -> None:
        self._of, self._build = of, build

    def made(self) -> Callable[..., Any]:
        return _wrap(self._of, self._build)


class RouteWhenAsked(APIRoute):
    """FastAPI looks at a handler's parameters once somebody asks for it: a test asks for one page or two of eighty."""

    def __init__(self, path: str, endpoint: Callable[..., Any], *, methods: Collection[str] | None, **options: Any):
        self.path, self.endpoint, self.methods = path, endpoint, {*(methods or ("GET",))}
        self.path_regex, self.path_format, self.param_convertors = compiled(path)
        self._options: dict[str, Any] | None = options

    def __getattr__(self, name: str) -> Any:
        """Called for what isn't there yet, and is as soon as FastAPI has looked."""
        options = vars(self).get("_options")
        if options is None or name not in LOOKED_AT:
            raise AttributeError(name)
        self._options = None
        handler = self.endpoint.made() if isinstance(self.endpoint, PageWhenAsked) else self.endpoint
        super().__init__(self.path, handler, methods=self.methods, **options)
        return getattr(self, name)


class PatientUser(User):
    """Looks for up to `PATIENCE` seconds, where NiceGUI's own gives up after three tenths of one."""

    async def open(self, path: str, *, clear_forward_history: bool = True) -> Client:
        """Returns once the page has its content, which a busy machine adds after the page was sent."""
        client = await super().open(path, clear_forward_history=clear_forward_history)
        await idle()
        return client

    async def should_see(self, *args: Any, retries: int = PATIENCE * 10, **sought: Any) -> None:
        await super().should_see(*args, retries=retries, **sought)

    async def should_not_see(self, *args: Any, retries: int = PATIENCE * 20, **sought: Any) -> None:
        await super().should_not_see(*args, retries=retries, **sought)


def session_cookie(token: str) -> str:
    """What a browser keeps after a log-in, signed as the simulated server signs it."""
    kept = b64encode(json.dumps({TOKEN: token}).encode())
    return TimestampSigner(SECRET).sign(kept).decode()


async def settled(hub: Hub, *, apart_from: Collection[asyncio.Task[Any]] = ()) -> None:
    """Returns when everything pressed or published has been handled: what isn't there by then won't come."""
    async with asyncio.timeout(PATIENCE):
        while True:
            await hub.flush()
            if not (passing := under_way() - set(apart_from)):
                return
            await asyncio.wait(passing)


async def idle() -> None:
    """Returns once no page is reading."""
    async with asyncio.timeout(PATIENCE):
        while any(task.get_name() == "live view" for task in asyncio.all_tasks()):
            await asyncio.sleep(0.02)


def under_way() -> set[asyncio.Task[Any]]:
    """What pages are doing at this moment."""
    running = background_tasks.running_tasks
    return {task for task in running if getattr(task.get_coro(), "__qualname__", "") not in STANDING}


async def _close_pages() -> None:
    """As when every browser is gone for good."""
    for client in list(Client.instances.values()):
        client.delete()
    await asyncio.sleep(0)  # their outboxes hear of it


@contextmanager
def _not_collecting() -> Iterator[None]:
    """The simulation looks for garbage twice; Python does so itself often enough."""
    collect, gc.collect = gc.collect, lambda *_: 0
    try:
        yield
    finally:
        gc.collect = collect


@contextmanager
def _defaults_kept() -> Iterator[None]:
    """NiceGUI puts back what each of 170 kinds of elements has by default, which no page changes."""
    found = general._find_all_subclasses
    vars(general)["_find_all_subclasses"] = lambda _: []
    try:
        yield
    finally:
        vars(general)["_find_all_subclasses"] = found


@contextmanager
def _routes_when_asked() -> Iterator[None]:
    def when_asked(of: page, build: Callable[..., Any]) -> Callable[..., Any]:
        return PageWhenAsked(of, build)  # type: ignore[return-value]

    router = core.app.router
    before, router.route_class = router.route_class, RouteWhenAsked
    page._wrap = when_asked  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        page._wrap = _wrap  # type: ignore[method-assign]
        router.route_class = before


@contextmanager
def _nothing_twice() -> Iterator[None]:
    """A page first removes the routes of its path, from among all that there are; most paths have none yet."""
    remove, there = core.app.remove_route, {getattr(route, "path", "") for route in core.app.routes}

    def remove_route(path: str) -> None:
        if path in there:
            remove(path)
        there.add(path)

    vars(core.app)["remove_route"] = remove_route
    try:
        yield
    finally:
        del vars(core.app)["remove_route"]


def _forget_routes() -> None:
    """Those that NiceGUI would remove one by one before the next simulation."""
    of_pages = ("/_nicegui/auto/", "/_nicegui/client/")
    core.app.routes[:] = [
        route
        for route in core.app.routes
        if not isinstance(route, Route) or (route.path.startswith("/_nicegui/") and not route.path.startswith(of_pages))
    ]


def _forget_handlers() -> None:
    """FastAPI remembers what kind of callable each handler is, and with it the whole installation behind it."""
    for value in vars(dependencies).values():
        if isinstance(value, _lru_cache_wrapper):
            value.cache_clear()
