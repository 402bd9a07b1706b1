"""Opsgenie's API with memory: schedules with rotations, and a timeline that answers only for the span that is asked."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fakes.endpoints import Answer, EndpointServer, Request, Wrong, json_answer, once

KEY = "eb243592-faa2-4ba2-a551-1afdf565c889"
MOST_DAYS = 92


class OpsgenieServer(EndpointServer):
    """`periods` are (rotation, start, end, user's address or "")."""

    def __init__(self) -> None:
        super().__init__()
        self.schedules: list[dict[str, Any]] = []
        self.periods: dict[str, list[tuple[str, datetime, datetime, str]]] = {}
        self.endpoint("schedules", "GET", "/v2/schedules", self._schedules)
        self.endpoint("timeline", "GET", "/v2/schedules/([^/]+)/timeline", self._timeline)

    def add(self, key: str, name: str, rotations: Sequence[dict[str, Any]] = (), zone: str = "Europe/Berlin") -> None:
        self.schedules.append(
            {"id": key, "name": name, "timezone": zone, "enabled": True, "rotations": list(rotations)}
        )
        self.periods[key] = []

    def _schedules(self, request: Request) -> Answer:
        if refusal := _refused(request):
            return refusal
        if once(request.query, known={"expand"}) != {"expand": "rotation"}:
            raise Wrong("rotations aren't expanded")
        return json_answer({"data": self.schedules, "took": 0.1, "requestId": "1"})

    def _timeline(self, request: Request) -> Answer:
        if refusal := _refused(request):
            return refusal
        asked = once(request.query, known={"date", "interval", "intervalUnit"})
        days = int(asked["interval"])
        if asked["intervalUnit"] != "days" or not 1 <= days <= MOST_DAYS:
            raise Wrong("not an interval")
        start = datetime.fromisoformat(asked["date"])
        end = start + timedelta(days=days)
        periods = self.periods.get(request.parts[0])
        if periods is None:
            return json_answer({"message": "No schedule exists with id", "took": 0.0}, 404)
        rotations: dict[str, list[dict[str, Any]]] = {}
        for rotation, first, last, user in periods:
            if first < end and last > start:
                rotations.setdefault(rotation, []).append(_period(max(first, start), min(last, end), user))
        final = [{"id": name, "name": name, "order": 1.0, "periods": each} for name, each in rotations.items()]
        return json_answer({"data": {"finalTimeline": {"rotations": final}, "startDate": asked["date"]}})


def _period(start: datetime, end: datetime, user: str) -> dict[str, Any]:
    who = {"type": "user", "id": "u1", "name": user} if user else {"type": "none", "name": "none"}
    kind = "historical" if end < datetime.now(UTC) else "default"
    return {"startDate": _said(start), "endDate": _said(end), "type": kind, "recipient": who}


def _said(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _refused(request: Request) -> Answer | None:
    said = request.headers.get("authorization", "")
    if not said.startswith("GenieKey "):
        raise Wrong(f"Authorization begins with {said[:9]!r}")
    if said != f"GenieKey {KEY}":
        return json_answer({"message": "Could not authenticate", "took": 0.0, "requestId": "2"}, 422)
    return None
