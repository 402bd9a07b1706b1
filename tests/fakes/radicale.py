"""Radicale, a real CalDAV server, in a thread of the tests, on a free port and in its own folder.

    with Radicale(folder) as radicale:
        radicale.hold("alice", "work", {"1": event("Lunch")})
        radicale.refuse(503)

Events are written straight into its folder, so that a thousand events don't need a thousand requests.
"""

import json
import logging
import shutil
import socketserver
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from radicale import config
from radicale.app import Application

from tests.calendars import calendar

PASSWORD = "open-sesame"
_Start = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    depth: str
    authorization: str
    body: str


class Radicale:
    """Has one user, alice. `requests` are all requests so far, in order."""

    def __init__(self, folder: Path, *, user: str = "alice", password: str = PASSWORD) -> None:
        self.user, self._folder = user, folder / "storage"
        self._folder.mkdir(parents=True)
        self._passwords = folder / "passwords"
        self.change_password(password)
        logging.getLogger("radicale").setLevel(logging.CRITICAL)
        self._radicale = Application(self._configuration())
        self._refusal: tuple[int, str | None] | None = None
        self._moved: dict[str, str] = {}
        self._meanwhile: Callable[[], object] | None = None
        self.requests: list[Request] = []
        self._listener = _Listener(("127.0.0.1", 0), _Handler)
        self._listener.set_app(self._answer)
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown()
        self._thread.join()
        self._listener.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.server_port}"

    def url_of(self, name: str, user: str = "") -> str:
        return f"{self.url}/{user or self.user}/{name}/"

    def change_password(self, password: str) -> None:
        self._passwords.write_text(f"{self.user}:{password}\n", encoding="utf-8")

    def make(self, name: str, *, title: str = "", components: str = "VEVENT", zone: str = "") -> None:
        """Creates an empty calendar, or changes the properties of one."""
        properties = {"tag": "VCALENDAR", "C:supported-calendar-component-set": components}
        properties["D:displayname"] = title or name
        if zone:
            properties["C:calendar-timezone"] = (
                f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\nTZID:{zone}\r\nEND:VTIMEZONE\r\nEND:VCALENDAR\r\n"
            )
        self._path(name).mkdir(parents=True, exist_ok=True)
        (self._path(name) / ".Radicale.props").write_text(json.dumps(properties), encoding="utf-8")

    def hold(self, name: str, events: Mapping[str, str], **properties: str) -> None:
        """From now on the calendar holds exactly these, each a resource of this name."""
        self.make(name, **properties)
        folder = self._path(name)
        wanted = {f"{key}.ics": calendar(event, zone="") for key, event in events.items()}
        for path in folder.glob("*.ics"):
            if path.name not in wanted:
                path.unlink()
        for file, body in wanted.items():
            if not (folder / file).exists() or (folder / file).read_bytes() != body:
                (folder / file).write_bytes(body)

    def remove(self, name: str) -> None:
        shutil.rmtree(self._path(name))

    def refuse(self, status: int, *, retry_after: str | None = None) -> None:
        """From now on answers everything like this, as a proxy in front of it would."""
        self._refusal = (status, retry_after)

    def accept(self) -> None:
        self._refusal = None

    def meanwhile(self, act: Callable[[], object]) -> None:
        """While the next request waits for its answer, this happens."""
        self._meanwhile = act

    def move(self, path: str, *, to: str) -> None:
        """From now on the path is answered with a redirect."""
        self._moved[path] = to

    def _path(self, name: str) -> Path:
        return self._folder / "collection-root" / self.user / name

    def _configuration(self) -> config.Configuration:
        configuration = config.load()
        auth = {"type": "htpasswd", "htpasswd_filename": str(self._passwords), "htpasswd_encryption": "plain"}
        configuration.update(
            {
                "auth": auth | {"delay": "0.001"},
                # Nothing it holds need outlive the power cut, and each file it caches would be waited for.
                "storage": {"filesystem_folder": str(self._folder), "_filesystem_fsync": "False"},
                "server": {"delay_on_error": "0"},
            },
            "tests",
            privileged=True,
        )
        return configuration

    def _answer(self, environ: dict[str, Any], start: _Start) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.requests.append(
            Request(
                environ["REQUEST_METHOD"],
                path,
                environ.get("HTTP_DEPTH", ""),
                environ.get("HTTP_AUTHORIZATION", ""),
                body.decode(),
            )
        )
        if act := self._meanwhile:
            self._meanwhile = None
            act()
        if self._refusal is not None:
            status, retry_after = self._refusal
            start(f"{status} Refused", [("Retry-After", retry_after)] if retry_after else [])
            return []
        if path in self._moved:
            start("301 Moved", [("Location", self._moved[path])])
            return []
        answer: Iterable[bytes] = self._radicale(environ | {"wsgi.input": BytesIO(body)}, start)
        return answer


class _Listener(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128

    def server_bind(self) -> None:
        # HTTPServer would look up the name of 127.0.0.1 first.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]
        self.setup_environ()


class _Handler(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass
