"""Grafana OnCall's API with memory: final shifts by the page, cut at the first and after the last day of a span."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tests.fakes.endpoints import Answer, EndpointServer, Request, Wrong, json_answer, once

KEY = "4bfa5d6c1c1e4f6d8a0b9c7e2f3a4b5c"
PAGE = 5
MOST = timedelta(days=365)


class GrafanaServer(EndpointServer):
    """`shifts` are (start, end, user name, address)."""

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, str] = {}
        self.shifts: dict[str, list[tuple[datetime, datetime, str, str]]] = {}
        self.endpoint("schedule", "GET", "/oncall/api/v1/schedules/([A-Z0-9]+)/", self._schedule)
        self.endpoint("final_shifts", "GET", "/oncall/api/v1/schedules/([A-Z0-9]+)/final_shifts", self._final_shifts)

    def add(self, key: str, name: str) -> None:
        self.names[key] = name
        self.shifts[key] = []

    def _schedule(self, request: Request) -> Answer:
        if refusal := self._refused(request):
            return refusal
        once(request.query, known=set())
        key = request.parts[0]
        return json_answer({"id": key, "name": self.names[key], "type": "web", "team_id": None, "time_zone": "UTC"})

    def _final_shifts(self, request: Request) -> Answer:
        if refusal := self._refused(request):
            return refusal
        asked = once(request.query, known={"start_date", "end_date", "page"})
        first, last = date.fromisoformat(asked["start_date"]), date.fromisoformat(asked["end_date"])
        if not timedelta(0) <= last - first <= MOST:
            raise Wrong("not a span of up to a year")
        start = datetime.combine(first, time(), UTC)
        end = datetime.combine(last, time(23, 59, 59), UTC)
        found = [
            _shift(max(a, start), min(b, end), *who)
            for a, b, *who in self.shifts[request.parts[0]]
            if a < end and b > start
        ]
        number = int(asked.get("page", "1"))
        if not found[(number - 1) * PAGE :] and number > 1:
            raise Wrong("a page that isn't there")
        is_more = len(found) > number * PAGE
        following = f"{self.url()}/oncall{request.path}?page={number + 1}" if is_more else None
        return json_answer(
            {
                "count": len(found),
                "next": following,
                "previous": None,
                "results": found[(number - 1) * PAGE : number * PAGE],
                "current_page_number": number,
                "page_size": PAGE,
                "total_pages": -(-len(found) // PAGE),
            }
        )

    def _refused(self, request: Request) -> Answer | None:
        said = request.headers.get("authorization", "")
        if " " in said or not said:
            raise Wrong(f"Authorization is {said[:9]!r}")
        if said != KEY:
            return json_answer({"detail": "Invalid token."}, 403)
        return None if request.parts[0] in self.names else json_answer({"detail": "Not found."}, 404)


def _shift(start: datetime, end: datetime, name: str, address: str) -> dict[str, Any]:
    return {
        "user_pk": f"U{name.upper()[:12]}",
        "user_email": address,
        "user_username": name,
        "shift_start": _said(start),
        "shift_end": _said(end),
    }


def _said(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
