"""PagerDuty's REST API for schedules and users, as far as overrides go; it refuses what PagerDuty refuses.

with PagerDutyServer() as pagerduty:
    pagerduty.users["PALICE"] = "alice@example.org"
"""

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.losing import Answered, LosingServer
from tests.fakes.server import Handler

KEY = "pd-s3cret"
LONGEST = timedelta(days=92)
"""The widest span overrides are listed for."""
SLACK = timedelta(minutes=1)
GONE = Answered(404, b'{"error": {"message": "Not Found", "code": 2100}}')


@dataclass(frozen=True)
class Stored:
    id: str
    start: datetime
    end: datetime
    user: str


class PagerDutyServer(LosingServer):
    """Fails the test for what no client of ours may ask."""

    def __init__(self) -> None:
        super().__init__()
        self.users: dict[str, str] = {}
        """Id → email."""
        self.schedules: dict[str, list[Stored]] = {"PPRIMARY": []}
        """In the order in which they were created: the last one wins."""
        self._ids = count(1)

    def on_call(self, at: datetime, schedule: str = "PPRIMARY") -> str:
        """Whom the overrides put on call; empty: the layers below decide."""
        running = [each for each in self.schedules[schedule] if each.start <= at < each.end]
        return running[-1].user if running else ""

    def override(self, start: datetime, end: datetime, user: str, schedule: str = "PPRIMARY") -> str:
        """Somebody adds one there."""
        key = f"PO{next(self._ids):04}"
        self.schedules[schedule].append(Stored(key, start, end, user))
        return key

    def answer(self, handler: Handler, content: bytes) -> Answered:
        if handler.headers.get("authorization") != f"Token token={KEY}":
            return Answered(401, b'{"error": {"code": 2006}}')
        if handler.headers.get("accept") != "application/vnd.pagerduty+json;version=2":
            self.wrong.append("no version in Accept")
        url = urlsplit(handler.path)
        query = {key: values[-1] for key, values in parse_qs(url.query).items()}
        if handler.command == "GET" and url.path == "/users":
            return self._find_users(query)
        match = re.fullmatch(r"/schedules/(\w+)/overrides(?:/(\w+))?", url.path)
        if match and match[1] in self.schedules:
            return self._overrides(handler.command, match[1], match[2] or "", query, content)
        if not match:
            self.wrong.append(f"{handler.command} {url.path}")
        return GONE

    def _overrides(self, method: str, schedule: str, key: str, query: dict[str, str], content: bytes) -> Answered:
        if method == "GET" and not key:
            return self._list(schedule, query)
        if method == "POST" and not key:
            return self._create(schedule, json.loads(content))
        if method == "DELETE" and key:
            return self._delete(schedule, key)
        self.wrong.append(f"{method} {schedule}")
        return Answered(405)

    def _find_users(self, query: dict[str, str]) -> Answered:
        if int(query["limit"]) > 100:
            self.wrong.append("more than 100 a page")
        found = [{"id": key, "email": email} for key, email in self.users.items() if query["query"].lower() in email]
        return Answered(200, json.dumps({"users": found, "more": False}).encode())

    def _list(self, schedule: str, query: dict[str, str]) -> Answered:
        since, until = (datetime.fromisoformat(query[key]) for key in ("since", "until"))
        if until - since > LONGEST or query.get("overflow") != "true":
            self.wrong.append("a span that isn’t allowed, or cut ends")
        found = [_shown(each) for each in self.schedules[schedule] if each.start < until and each.end > since]
        return Answered(200, json.dumps({"overrides": found}).encode())

    def _create(self, schedule: str, asked: dict[str, Any]) -> Answered:
        results = []
        for each in asked["overrides"]:
            start, end = (datetime.fromisoformat(each[key]) for key in ("start", "end"))
            user, is_reference = each["user"]["id"], each["user"]["type"] == "user_reference"
            is_past = start < datetime.now(UTC) - SLACK or end <= start
            if is_past or user not in self.users or not is_reference or start.tzinfo is None:
                results.append({"status": 400, "errors": ["Invalid"], "override": each})
                continue
            key = self.override(start, end, user, schedule)
            results.append({"status": 201, "override": {**each, "id": key}})
        return Answered(201, json.dumps(results).encode())

    def _delete(self, schedule: str, key: str) -> Answered:
        moment, overrides = datetime.now(UTC), self.schedules[schedule]
        for number, each in enumerate(overrides):
            if each.id != key:
                continue
            if each.end <= moment:
                return Answered(400, b'{"error": {"message": "Cannot delete a past override"}}')
            if each.start < moment:
                overrides[number] = replace(each, end=moment.replace(microsecond=0))
                return Answered(200)
            del overrides[number]
            return Answered(204)
        return GONE


def _shown(each: Stored) -> dict[str, Any]:
    user = {"id": each.user, "type": "user_reference", "summary": "<b>Somebody</b>"}
    return {"id": each.id, "start": _there(each.start), "end": _there(each.end), "user": user}


def _there(moment: datetime) -> str:
    """With another offset than we send, as PagerDuty answers in the zone of the schedule."""
    zone = timedelta(hours=-5)
    return f"{moment + zone:%Y-%m-%dT%H:%M:%S}-05:00"
