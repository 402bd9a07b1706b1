"""PagerDuty's API with memory: users by the page, and rendered entries, cut at both ends without overflow."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fakes.endpoints import Answer, EndpointServer, Request, Wrong, json_answer, once

KEY = "y_NbAkKc66ryYTWUXYEu"
PAGE = 2
"""Users a page, whatever is asked for, so that paging is always exercised."""
MOST = timedelta(days=90)


class PagerDutyServer(EndpointServer):
    """`entries` are (start, end, id of the user)."""

    def __init__(self) -> None:
        super().__init__()
        self.users: dict[str, tuple[str, str]] = {}
        """Id → name, address."""
        self.names: dict[str, str] = {}
        self.entries: dict[str, list[tuple[datetime, datetime, str]]] = {}
        self.endpoint("users", "GET", "/users", self._users)
        self.endpoint("schedule", "GET", "/schedules/([A-Z0-9]+)", self._schedule)

    def add(self, key: str, name: str) -> None:
        self.names[key] = name
        self.entries[key] = []

    def _users(self, request: Request) -> Answer:
        if refusal := _refused(request):
            return refusal
        asked = once(request.query, known={"limit", "offset"})
        if not 1 <= int(asked["limit"]) <= 100:
            raise Wrong("limit")
        first = int(asked["offset"])
        # A real page has `limit` of them; this one has fewer, and says so.
        step = int(asked["limit"])
        number = first // step * PAGE
        users = list(self.users.items())[number : number + PAGE]
        found = [{"id": key, "type": "user", "name": name, "email": email} for key, (name, email) in users]
        more = number + PAGE < len(self.users)
        return json_answer({"users": found, "limit": step, "offset": first, "more": more, "total": None})

    def _schedule(self, request: Request) -> Answer:
        if refusal := _refused(request):
            return refusal
        asked = once(request.query, known={"since", "until", "overflow", "time_zone"})
        since, until = (datetime.fromisoformat(asked[each]) for each in ("since", "until"))
        if until - since > MOST:
            raise Wrong("more than 90 days")
        key = request.parts[0]
        if key not in self.entries:
            return json_answer({"error": {"message": "Not Found", "code": 2100}}, 404)
        entries: list[dict[str, Any]] = []
        for start, end, user in self.entries[key]:
            if start < until and end > since:
                who = {"id": user, "type": "user_reference", "summary": self.users[user][0]}
                is_whole = asked.get("overflow") == "true"
                first, last = (start, end) if is_whole else (max(start, since), min(end, until))
                entries.append({"start": _said(first), "end": _said(last), "user": who})
        final = {"name": "Final Schedule", "rendered_schedule_entries": entries}
        return json_answer({"schedule": {"id": key, "name": self.names[key], "final_schedule": final}})


def _said(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _refused(request: Request) -> Answer | None:
    said = request.headers.get("authorization", "")
    if not said.startswith("Token token="):
        raise Wrong(f"Authorization begins with {said[:12]!r}")
    if said != f"Token token={KEY}":
        return Answer(401, b'{"error":{"message":"Unauthorized"}}')
    return None
