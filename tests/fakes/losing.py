"""A server that can refuse, lose an answer after doing what was asked, or be silent."""

from abc import abstractmethod
from dataclasses import dataclass, field

from tests.fakes.server import Handler, Hold, LocalServer


@dataclass(frozen=True)
class Answered:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class LosingServer(LocalServer):
    """`requests` counts from 1. `statuses` are answered first, without doing anything."""

    def __init__(self) -> None:
        super().__init__()
        self.requests = 0
        self.statuses: list[int] = []
        self.headers: dict[str, str] = {}
        """Of every answer."""
        self.loses: set[int] = set()
        """Numbers of requests that are done and get no answer."""
        self.drops: set[int] = set()
        """Numbers of requests that are neither done nor answered."""
        self.raw: bytes | None = None
        """Sent in place of every answer."""
        self.wrong: list[str] = []

    @abstractmethod
    def answer(self, handler: Handler, content: bytes) -> Answered:
        """Does what was asked."""

    def hold(self) -> Hold:
        """Answers wait until it is released."""
        return self._holds.setdefault("", Hold())

    def complain(self) -> list[str]:
        return self.wrong

    def handle(self, handler: Handler) -> None:
        content = handler.rfile.read(int(handler.headers.get("content-length", 0)))
        if hold := self._holds.get(""):
            hold.pass_by()
        with self._lock:
            self.requests += 1
            number = self.requests
            if self.statuses:
                answered = Answered(self.statuses.pop(0))
            elif self.raw is not None:
                answered = Answered(200, self.raw)
            elif number in self.drops:
                answered = Answered(0)
            else:
                answered = self.answer(handler, content)
        if number in self.loses | self.drops:
            handler.close_connection = True
            handler.connection.close()
            return
        handler.send_response(answered.status)
        for name, value in {**self.headers, **answered.headers}.items():
            handler.send_header(name, value)
        if answered.status != 204:
            handler.send_header("content-length", str(len(answered.body)))
        handler.end_headers()
        handler.wfile.write(answered.body)
