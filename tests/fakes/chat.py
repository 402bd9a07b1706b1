"""Slack, Teams and ntfy, as far as messages go; each refuses what the real one refuses.

with ChatServer() as chat:
    chat.url("/slack"), chat.url("/teams"), chat.url()
"""

import json
from typing import Any

from tests.fakes.losing import Answered, LosingServer
from tests.fakes.server import Handler

TOKEN = "tk_s3cret"
CARD = "application/vnd.microsoft.card.adaptive"


class ChatServer(LosingServer):
    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []
        """What people read, by arrival."""
        self.notifications: dict[str, str] = {}
        """Of ntfy, by sequence id: one that comes twice replaces itself."""

    def answer(self, handler: Handler, content: bytes) -> Answered:
        told = json.loads(content)
        if handler.command != "POST" or handler.headers["content-type"] != "application/json":
            self.wrong.append(f"{handler.command} {handler.headers['content-type']}")
        takers = {"/slack": self._slack, "/teams": self._teams, "/": self._ntfy}
        if handler.path not in takers:
            return Answered(404, b"no_service")
        return takers[handler.path](told, handler.headers.get("authorization", ""))

    def _slack(self, told: dict[str, Any], _: str) -> Answered:
        if set(told) != {"text"} or len(told["text"]) > 40_000:
            return Answered(400, b"invalid_payload")
        self.messages.append(told["text"])
        return Answered(200, b"ok")

    def _teams(self, told: dict[str, Any], _: str) -> Answered:
        (attachment,) = told["attachments"]
        if told["type"] != "message" or attachment["contentType"] != CARD:
            return Answered(400)
        self.messages.append("\n".join(block["text"] for block in attachment["content"]["body"]))
        return Answered(202)

    def _ntfy(self, told: dict[str, Any], login: str) -> Answered:
        if login != f"Bearer {TOKEN}":
            return Answered(403, b'{"code": 40301, "error": "forbidden"}')
        if told["topic"] != "ops" or not 1 <= told["priority"] <= 5:
            return Answered(400, b'{"code": 40009}')
        self.notifications[told["sequence_id"]] = f"{told['title']}\n{told['message']}"
        return Answered(200, b'{"id": "x"}')
