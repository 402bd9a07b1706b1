"""GoAlert's GraphQL with memory: one schedule's shifts, at most 50 days at once, for a key of exactly one query."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fakes.endpoints import Answer, EndpointServer, Request, Wrong, json_answer

KEY = "eyJhbGciOiJFUzIyNCJ9.goalert.key"
MOST = timedelta(days=50)


class GoAlertServer(EndpointServer):
    """`query` is what the key was created for. Shifts are (start, end, name, address)."""

    def __init__(self, query: str) -> None:
        super().__init__()
        self.query = query
        self.names: dict[str, str] = {}
        self.shifts: dict[str, list[tuple[datetime, datetime, str, str]]] = {}
        self.endpoint("graphql", "POST", "/api/graphql", self._graphql)

    def add(self, key: str, name: str) -> None:
        self.names[key] = name
        self.shifts[key] = []

    def _graphql(self, request: Request) -> Answer:
        said = request.headers.get("authorization", "")
        if not said.startswith("Bearer "):
            raise Wrong(f"Authorization begins with {said[:7]!r}")
        if said != f"Bearer {KEY}":
            return Answer(401, b"Unauthorized\n")
        if not request.headers.get("content-type", "").startswith("application/json"):
            raise Wrong("not JSON")
        body = json.loads(request.body)
        if body["query"] != self.query:
            return _error("wrong query for API key", "invalid_query")
        asked = body["variables"]
        start, end = (datetime.fromisoformat(asked[each]) for each in ("start", "end"))
        if end > start + MOST:
            raise Wrong("cannot be more than 50 days past StartTime")
        if asked["id"] not in self.shifts:
            return json_answer({"data": {"schedule": None}})
        shifts = [_shift(*each) for each in self.shifts[asked["id"]] if each[0] < end and each[1] > start]
        return json_answer({"data": {"schedule": {"name": self.names[asked["id"]], "shifts": shifts}}})


def _shift(start: datetime, end: datetime, name: str, email: str) -> dict[str, Any]:
    user = {"name": name, "email": email} if name else None
    return {"start": _said(start), "end": _said(end), "user": user}


def _error(message: str, code: str) -> Answer:
    return json_answer({"errors": [{"message": message, "extensions": {"code": code}}], "data": None})


def _said(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
