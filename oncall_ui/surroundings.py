"""What every request passes before it reaches the pages and their framework, in this order."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, cast

import structlog
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from oncall_ui.reporting.outages import Outages
from oncall_ui.security.middleware.allowed_hosts import AllowedHosts, allowed_names
from oncall_ui.security.middleware.cookieless import Cookieless
from oncall_ui.security.middleware.login_gate import LoginGate
from oncall_ui.security.middleware.proxies import Proxies
from oncall_ui.security.middleware.request_ids import RequestIds
from oncall_ui.security.middleware.static_files import StaticFiles
from oncall_ui.services.accounts.logging_in.known_browsers import COOKIE as BROWSER_COOKIE
from oncall_ui.settings import Settings

log = structlog.get_logger()

FOREIGN_HOST = "requests for another host"


class HasMiddleware(Protocol):
    """A Starlette application."""

    def build_middleware_stack(self) -> ASGIApp: ...


def surround(
    web: HasMiddleware,
    settings: Settings,
    outages: Outages,
    *,
    cookieless: Sequence[str],
    static: Sequence[str],
    dynamic: Sequence[str],
) -> None:
    """Puts checks and static files around everything of `web`, sessions and error pages included.

    `dynamic` are the paths below `static` whose answers change. Raises ValueError with a sentence for the operator if
    ONCALL_ALLOWED_HOSTS can't be used.
    """
    names = allowed_names(settings.public_url, settings.host, settings.allowed_hosts)
    build: Callable[[], ASGIApp] = web.build_middleware_stack

    def report(sentence: str) -> None:
        if outages.is_first(FOREIGN_HOST, sentence):
            log.warning(sentence)

    def surrounded() -> ASGIApp:
        inner: ASGIApp = Cookieless(build(), cookieless)
        inner = StaticFiles(inner, paths=static, apart_from=dynamic)
        inner = LoginGate(inner, cookie=BROWSER_COOKIE)
        inner = AllowedHosts(inner, names=names, report=report)
        return behind_proxies(RequestIds(inner), settings.trusted_proxies)

    # NiceGUI adds its own middleware outside of everything that `add_middleware` takes.
    setattr(web, "build_middleware_stack", surrounded)  # noqa: B010 - a method


def behind_proxies(app: ASGIApp, trusted: str) -> ASGIApp:
    """`app`, which gets the headers of `trusted` proxies and of nobody else."""
    if not trusted.strip():
        return Proxies(app)
    # uvicorn types the messages, Starlette doesn't.
    forwarded: Any = ProxyHeadersMiddleware(cast("Any", app), trusted_hosts=trusted)
    return Proxies(app, forwarded=forwarded, is_trusted=lambda address: address in forwarded.trusted_hosts)
