"""A receiver of webhooks that keeps what it takes, checks signatures, and can lose an answer after taking something.

with Receiver(secret) as receiver:
    receiver.url("/hook")
"""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from tests.fakes.server import Handler, Hold, LocalServer

TOLERANCE = 300
"""Seconds: older time stamps are refused."""


class Receiver(LocalServer):
    """Fails the test for requests that no sender of ours may make."""

    def __init__(self, secret: str = "") -> None:
        super().__init__()
        self.secret = secret
        self.taken: list[dict[str, Any]] = []
        """The events by arrival, each once however often it came."""
        self.arrivals: list[str] = []
        """The id of everything that was taken, repetitions included."""
        self.requests = 0
        self.statuses: list[int] = []
        """Of the next answers; nothing is taken with one above 299."""
        self.headers: dict[str, str] = {}
        self.losing = 0
        """How many of the next requests are taken and get no answer."""
        self.body = b""
        self._wrong: list[str] = []

    def hold(self) -> Hold:
        """Answers wait until it is released."""
        return self._holds.setdefault("", Hold())

    def complain(self) -> list[str]:
        return self._wrong

    def handle(self, handler: Handler) -> None:
        content = handler.rfile.read(int(handler.headers.get("content-length", 0)))
        if hold := self._holds.get(""):
            hold.pass_by()
        with self._lock:
            self.requests += 1
            self._check(handler, content)
            status = self.statuses.pop(0) if self.statuses else 204
            if status < 300:
                self._take(handler, content)
            is_lost = self.losing > 0
            self.losing -= is_lost
        if is_lost:
            handler.close_connection = True
            handler.connection.close()
            return
        handler.send_response(status)
        for name, value in self.headers.items():
            handler.send_header(name, value)
        handler.send_header("content-length", str(len(self.body)))
        handler.end_headers()
        handler.wfile.write(self.body)

    def _take(self, handler: Handler, content: bytes) -> None:
        event = json.loads(content)
        self.arrivals.append(event["id"])
        if event["id"] not in {each["id"] for each in self.taken}:
            self.taken.append(event)
        if event["id"] != handler.headers["webhook-id"]:
            self._wrong.append("another id in the header")

    def _check(self, handler: Handler, content: bytes) -> None:
        if handler.command != "POST" or handler.headers["content-type"] != "application/json":
            self._wrong.append(f"{handler.command} {handler.headers['content-type']}")
        if not self.secret:
            return
        stamp = handler.headers["webhook-timestamp"]
        if abs(time.time() - int(stamp)) > TOLERANCE:
            self._wrong.append("an old time stamp")
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        signed = f"{handler.headers['webhook-id']}.{stamp}.".encode() + content
        wanted = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
        if handler.headers["webhook-signature"] != f"v1,{wanted}":
            self._wrong.append("a wrong signature")
