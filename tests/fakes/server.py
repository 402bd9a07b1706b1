"""What the HTTP fakes have in common: a server on a free loopback port that fails the test for unexpected requests."""

import selectors
import socket
import socketserver
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self, cast


class Hold:
    """Answers on one path that wait. Released when left as a context, or when the server closes."""

    def __init__(self) -> None:
        self._arrived = threading.Event()
        self._released = threading.Event()

    def reached(self, timeout: float = 60) -> None:
        """Returns once a request is waiting."""
        assert self._arrived.wait(timeout), f"no request arrived within {timeout:g} seconds"

    def release(self) -> None:
        """Lets waiting and future answers go."""
        self._released.set()

    def pass_by(self) -> None:
        """Called for each request: it arrives, and waits for the release."""
        self._arrived.set()
        self._released.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


class LocalServer(ABC):
    """Listens from `with` to the end of it. Requests of any method go to `handle`, each in a thread of its own."""

    def __init__(self) -> None:
        self.closing = threading.Event()
        self._lock = threading.RLock()
        self._holds: dict[str, Hold] = {}
        self._broken: list[str] = []
        self._listener = _Listener(self)
        self._thread = threading.Thread(target=self._listener.serve_until_closed, daemon=True)

    @abstractmethod
    def handle(self, handler: "Handler") -> None:
        """Answers one request."""

    def complain(self) -> list[str]:
        """What clients shouldn't have asked. Fails the test at the end, unless it is empty."""
        return []

    def broke(self, what: str) -> None:
        """Called when answering raised: fails the test at the end."""
        with self._lock:
            self._broken.append(what)

    def url(self, path: str = "") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def port(self) -> int:
        return self._listener.server_address[1]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        for hold in self._holds.values():
            hold.release()
        self._listener.close_soon()
        self._thread.join()
        self._listener.server_close()
        complaints = [*self.complain(), *self._broken]
        if not complaints:
            return
        if error is None:
            raise AssertionError("; ".join(complaints))
        error.add_note("; ".join(complaints))  # the test's own failure stays the first one seen


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):  # any method, so that a wrong one is recorded as well
            return lambda: cast(_Listener, self.server).owner.handle(self)
        raise AttributeError(name)

    def log_message(self, *_: object) -> None:
        pass


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, owner: LocalServer) -> None:
        self.owner = owner
        self._ended, self._end = socket.socketpair()
        super().__init__(("127.0.0.1", 0), Handler)

    def serve_until_closed(self) -> None:
        """As `serve_forever`, which looks at the clock again and again whether it should end."""
        with selectors.DefaultSelector() as selector:
            selector.register(self, selectors.EVENT_READ)
            selector.register(self._ended, selectors.EVENT_READ)
            while not any(key.fileobj is self._ended for key, _ in selector.select()):
                self._handle_request_noblock()  # type: ignore[attr-defined]

    def close_soon(self) -> None:
        """From another thread."""
        self._end.close()

    def server_close(self) -> None:
        super().server_close()
        self._end.close()
        self._ended.close()

    def server_bind(self) -> None:
        # HTTPServer would look up the name of 127.0.0.1 first.
        socketserver.TCPServer.server_bind(self)

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError):  # a client may leave; an answer may not raise
            self.owner.broke(repr(error))
