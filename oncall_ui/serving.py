"""Starts the app: settings → migrations → pages → jobs → server. By ONCALL_ROLE without the jobs, or without pages."""

import os
import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import structlog
from starlette.middleware.gzip import GZipMiddleware

from oncall_ui.app import App
from oncall_ui.compression import GZIP_LEVEL, deflate_quickly
from oncall_ui.memory import PageMemory
from oncall_ui.private_files import STORAGE
from oncall_ui.reporting.log import configure, print_setup_link
from oncall_ui.reporting.metrics import time_statements
from oncall_ui.reporting.repeats import fold_repeats
from oncall_ui.security.middleware.headers import SecurityHeaders
from oncall_ui.security.middleware.origin import Origins
from oncall_ui.security.middleware.same_origin import SameOrigin
from oncall_ui.security.middleware.sockets import Sockets
from oncall_ui.services.accounts.logging_in.cookie_secret import cookie_secret
from oncall_ui.services.accounts.setup import renew_setup_link
from oncall_ui.settings import Settings
from oncall_ui.starting import require_shared_database, start_app
from oncall_ui.stopping import Stopping
from oncall_ui.surroundings import surround
from oncall_ui.threads import import_behind_others, take_short_turns
from oncall_ui.working import GRACE_SECONDS, Work, serve_work

log = structlog.get_logger()

RECONNECT_SECONDS = 20
"""How long a page's state is kept for a browser that lost its connection."""


def serve(settings: Settings) -> None:
    """Returns when the server has stopped. Raises ValueError with a sentence for the operator if it can't start."""
    with Stopping() as stopping:
        _serve(settings, stopping)


def _serve(settings: Settings, stopping: Stopping) -> None:
    began = time.monotonic()
    configure(settings.log_level, as_json=settings.log_format == "json")
    require_shared_database(settings)
    require_free_port(settings)
    app = start_app(settings)
    fold_repeats(app.outages)
    time_statements(app.db.engine)
    report_start = partial(_report_start, app, began)
    if settings.role == "worker":
        serve_work(app, stopping, report_start)
    else:
        _serve_pages(app, settings, stopping, report_start)


def _serve_pages(app: App, settings: Settings, stopping: Stopping, report_start: Callable[[], None]) -> None:
    # NiceGUI reads this on import.
    os.environ["NICEGUI_STORAGE_PATH"] = str(settings.data_dir.absolute() / STORAGE)
    if settings.role == "web":
        import_behind_others("pages.site")
    from nicegui import Client  # noqa: PLC0415
    from nicegui import app as web  # noqa: PLC0415

    from pages import site, sockets  # noqa: PLC0415

    work = Work(app, stopping)
    memory = PageMemory(lambda: len(Client.instances))
    site.register(app, work.readiness, work.processes.others)
    sockets.harden(app)
    web.add_middleware(
        Sockets,
        path=sockets.PATH,
        session_of=sockets.session_of(app),
        is_greeted=sockets.is_greeted,
        report=sockets.reporter(app),
    )
    web.add_middleware(Origins)
    web.add_middleware(SecurityHeaders, https=settings.uses_https)
    web.add_middleware(SameOrigin, public_url=settings.public_url)
    surround(web, settings, app.outages, cookieless=site.COOKIELESS, static=site.STATIC_PATHS, dynamic=site.DYNAMIC)
    web.on_startup(lambda: work.start(web.shutdown))
    web.on_startup(memory.start)
    web.on_delete(memory.page_closed)
    web.on_startup(report_start)
    web.on_shutdown(work.stop)
    _greet(settings, renew_setup_link(app))
    _run(app, settings, site.STATIC / "favicon.svg")


def _run(app: App, settings: Settings, favicon: Path) -> None:
    from nicegui import ui  # noqa: PLC0415

    deflate_quickly()
    take_short_turns()
    ui.run(
        host=settings.host,
        port=settings.port,
        title="On-Call Optimizer",
        reload=False,
        show=False,
        show_welcome_message=False,
        tailwind=False,
        dark=None,
        language="en-US",
        favicon=favicon,
        reconnect_timeout=RECONNECT_SECONDS,
        gzip_middleware_factory=partial(GZipMiddleware, compresslevel=GZIP_LEVEL),
        storage_secret=cookie_secret(app),
        session_middleware_kwargs={
            "session_cookie": "oncall_session",
            "https_only": settings.uses_https,
            "same_site": "lax",
            "max_age": settings.session_days * 24 * 3600,
        },
        proxy_headers=False,  # see `surround`
        timeout_graceful_shutdown=GRACE_SECONDS,
        uvicorn_logging_level="warning",
        access_log=False,
        log_config=None,  # its lines go where all others do, in the same form
    )


def _report_start(app: App, began: float) -> None:
    seconds, database = round(time.monotonic() - began, 1), app.db.engine.dialect.name
    log.info("started", seconds=seconds, database=database, role=app.settings.role)


def _greet(settings: Settings, setup_link: str | None) -> None:
    sys.stdout.write(f"On-Call Optimizer: {settings.public_url}  (stop with Ctrl-C)\n")
    if setup_link:
        print_setup_link(setup_link)
    sys.stdout.flush()


def require_free_port(settings: Settings) -> None:
    """Raises ValueError with a sentence for the operator if the port can't be used."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise ValueError(
                f"Port {settings.port} on {settings.host} can’t be used ({error.strerror}). "
                "Choose another: ONCALL_PORT=8081 make run"
            ) from error
