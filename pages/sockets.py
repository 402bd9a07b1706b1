"""The websockets of open pages: what NiceGUI does with a message, once it is known to be one of ours.

A message is for the page whose websocket it comes through, and has the form that NiceGUI's own script sends. All else
is dropped and counted: it costs one line of the log a minute, whatever it is.
"""

import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs

import structlog
from nicegui import Client, core
from socketio.exceptions import ConnectionRefusedError as Refused
from starlette.types import Scope

from oncall_ui.app import App
from oncall_ui.origin import current_origin
from oncall_ui.reporting.ids import carrying
from oncall_ui.services.accounts.logging_in.sessions import session_id_of
from pages.page_ids import ids_of
from pages.session import TOKEN, presences_of

log = structlog.get_logger()

PATH = "/_nicegui_ws/"
TRANSPORTS = ["websocket"]
"""Long polling would be a second way in, without the limits of a websocket."""
LARGEST_MESSAGE = 200_000
SOURCE = "websockets of browsers"
"""Under this name the log counts what is refused."""
LIBRARIES = ("engineio.server", "socketio.server")

Handle = Callable[[Client, Mapping[str, Any]], None]
HasForm = Callable[[Mapping[str, Any]], bool]
Report = Callable[[str | BaseException], None]


def harden(app: App) -> None:
    """Call it once, after NiceGUI is imported and before it runs."""
    engine = core.sio.eio
    engine.cors_allowed_origins = None  # websockets from our own origin only
    engine.max_http_buffer_size = LARGEST_MESSAGE
    engine.transports = TRANSPORTS
    core.app.config.socket_io_js_transports = TRANSPORTS  # type: ignore[assignment]
    report = reporter(app)
    core.sio.on("event", _checked(report, _is_event, lambda client, sent: client.handle_event(dict(sent))))
    core.sio.on(
        "javascript_response",
        _checked(report, _is_response, lambda client, sent: client.handle_javascript_response(dict(sent))),
    )
    core.sio.on(
        "ack", _checked(report, _is_ack, lambda client, sent: client.outbox.prune_history(sent["next_message_id"]))
    )
    core.sio.on("handshake", _greeting(report, core.sio.handlers["/"]["handshake"]))
    core.sio.on("connect", _connecting(report, core.sio.handlers["/"]["connect"]))
    core.sio.on("log", _drop)  # its text would be written as it is, at any length
    _guard_packets(report)
    for name in LIBRARIES:
        _quieten(logging.getLogger(name), report)


def reporter(app: App) -> Report:
    """Counts what is refused: one line a minute, whatever it was, and never what was sent."""

    def report(what: str | BaseException) -> None:
        cause = what if isinstance(what, str) else type(what).__name__
        if app.outages.is_first(SOURCE, cause):
            log.warning("refused", source=SOURCE, cause=cause)

    return report


def is_greeted(scope: Scope) -> bool:
    """Whether the page that the websocket names is open and has a websocket."""
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"), max_num_fields=20)
    client = Client.instances.get(query.get("client_id", [""])[0])
    return client is not None and client.has_socket_connection


def session_of(app: App) -> Callable[[dict[str, Any]], Any]:
    """For the limits of websockets: which session a cookie belongs to."""

    everybody = presences_of(app)

    async def session_id(cookie: dict[str, Any]) -> str | None:
        token = cookie.get(TOKEN)
        if not isinstance(token, str):
            return None
        found = session_id_of(token)
        return found if await everybody.ask(found, current_origin()) is not None else None

    return session_id


def _checked(report: Report, has_form: HasForm, handle: Handle) -> Callable[..., None]:
    """A handler of messages that does nothing but for a page's own websocket and a message of the right form."""

    def handler(sid: str, *sent: Any) -> None:
        client = _page_of(sid, sent[0]) if len(sent) == 1 else None
        if client is None or not has_form(sent[0]):
            report("a message that isn't a page's own")
            return
        with _counted(report), carrying(**ids_of(client)):
            handle(client, sent[0])

    return handler


def _greeting(report: Report, greet: Any) -> Callable[..., Any]:
    async def handler(sid: str, *sent: Any) -> bool:
        keys = ("client_id", "tab_id", "document_id")
        if len(sent) == 1 and isinstance(sent[0], dict) and all(isinstance(sent[0].get(key), str) for key in keys):
            with _counted(report):
                return bool(await greet(sid, sent[0]))
        report("a message that isn't a page's own")
        return False

    return handler


def _connecting(report: Report, connect: Any) -> Callable[..., Any]:
    async def handler(sid: str, environ: dict[str, Any], *rest: Any) -> bool | None:
        with _counted(report):
            await connect(sid, environ, *rest)
            return None
        return False  # refused, with no word why

    return handler


@contextlib.contextmanager
def _counted(report: Report) -> Iterator[None]:
    """What goes wrong inside is counted, except a refusal that the browser's script waits for."""
    try:
        yield
    except Refused:
        raise
    except Exception as error:  # noqa: BLE001 - whatever was sent, it is a stranger's
        report(error)


def _page_of(sid: str, sent: object) -> Client | None:
    """The page the message is for, if it comes through a websocket of that page."""
    named = sent.get("client_id") if isinstance(sent, dict) else None
    client = Client.instances.get(named) if isinstance(named, str) else None
    return client if client is not None and client.has_socket_connection and client.id in core.sio.rooms(sid) else None


def _is_event(sent: Mapping[str, Any]) -> bool:
    args = sent.get("args", [])
    return (
        type(sent.get("id")) is int
        and isinstance(sent.get("listener_id"), str)
        and isinstance(args, list)
        and all(each is None or isinstance(each, str) for each in args)
    )


def _is_response(sent: Mapping[str, Any]) -> bool:
    return isinstance(sent.get("request_id"), str)


def _is_ack(sent: Mapping[str, Any]) -> bool:
    return type(sent.get("next_message_id")) is int


def _drop(_sid: str, *_sent: Any) -> None:
    """Not even counted: NiceGUI's own script sends it."""


def _guard_packets(report: Report) -> None:
    """A packet that can't be read ends its connection."""
    engine = core.sio.eio
    read = engine.handlers["message"]

    async def guarded(eio_sid: str, packet: Any) -> None:
        try:
            await read(eio_sid, packet)
        except Exception as error:  # noqa: BLE001 - whatever it sent, it is a stranger's
            report(error)
            await engine.disconnect(eio_sid)

    engine.on("message", guarded)


def _quieten(library: logging.Logger, report: Report) -> None:
    """What the library would log about a connection is counted instead: it quotes what was sent."""
    library.handlers = [_Counting(report)]
    library.propagate = False


class _Counting(logging.Handler):
    def __init__(self, report: Report) -> None:
        super().__init__(logging.WARNING)
        self._report = report

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self._report(error or "a connection broke the protocol")
