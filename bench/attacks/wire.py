"""HTTP as an attacker writes it: bytes on a socket, with nothing added or put right by a library."""

import socket
from dataclasses import dataclass

SECONDS = 30
LARGEST = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is 0 where the server closed the connection without an answer."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """All of that name, joined by commas."""
        return ", ".join(value for each, value in self.headers if each == name.lower())

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")


def ask(port: int, path: str = "/", *, method: str = "GET", host: str | None = None, **options: object) -> Answer:
    """One request. `host` None is the server's own; an empty one leaves the header out. `headers` are pairs."""
    headers = list(options.get("headers", ()))  # type: ignore[call-overload]
    body = options.get("body", b"")
    assert isinstance(body, bytes)
    own = f"127.0.0.1:{port}" if host is None else host
    lines = [f"{method} {path} HTTP/1.1", *([f"Host: {own}"] if own else []), "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return send(port, "\r\n".join([*lines, "", ""]).encode("latin-1") + body)


def send(port: int, request: bytes) -> Answer:
    """Sends the bytes and reads until the server closes the connection or the answer is complete."""
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
        connection.sendall(request)
        answer = bytearray()
        try:
            while len(answer) < LARGEST and not _is_complete(answer) and (piece := connection.recv(65536)):
                answer += piece
        except ConnectionResetError:
            pass
    return _parsed(bytes(answer))


def _is_complete(answer: bytearray) -> bool:
    """For answers that leave the connection open, such as an accepted websocket."""
    head, separator, body = bytes(answer).partition(b"\r\n\r\n")
    if not separator:
        return False
    if head.startswith(b"HTTP/1.1 101"):
        return True
    sizes = [int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return bool(sizes) and len(body) >= sizes[0]


def _parsed(answer: bytes) -> Answer:
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    if len(words) < 2 or not words[1].isdigit():
        return Answer(0, (), answer)
    pairs = (line.partition(":") for line in lines[1:])
    return Answer(int(words[1]), tuple((name.strip().lower(), value.strip()) for name, _, value in pairs), body)
