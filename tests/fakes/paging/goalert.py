"""GoAlert's GraphQL API as an API key of ours sees it: one fixed document, temporary schedules, users.

The rules are those of schedule/validate.go and schedule/temporaryschedule.go.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fakes.losing import Answered, LosingServer
from tests.fakes.server import Handler

KEY = "eyJ-goalert-s3cret"
SCHEDULE = "6ec6a9a0-7a5b-4d4a-9f9a-7f7b6a5d4c3b"
MOST_SHIFTS = 150
SOON = timedelta(minutes=5)


@dataclass(frozen=True)
class Shift:
    user: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Temporary:
    start: datetime
    end: datetime
    shifts: tuple[Shift, ...]


class Refused(Exception):
    """A validation error, with the field."""


class GoAlertServer(LosingServer):
    """Fails the test for what no client of ours may ask."""

    def __init__(self) -> None:
        super().__init__()
        self.users: dict[str, str] = {}
        """Id → email."""
        self.schedules: dict[str, list[Temporary]] = {SCHEDULE: []}
        self.has_wrong_query = False
        """The key was created with another document."""
        self.writes = 0

    def on_call(self, at: datetime, schedule: str = SCHEDULE) -> str | None:
        """Empty: nobody; None: the schedule's own rules."""
        for each in self.schedules[schedule]:
            if each.start <= at < each.end:
                return next((shift.user for shift in each.shifts if shift.start <= at < shift.end), "")
        return None

    def answer(self, handler: Handler, content: bytes) -> Answered:
        if handler.command != "POST" or handler.path != "/api/graphql":
            self.wrong.append(f"{handler.command} {handler.path}")
        if handler.headers.get("authorization") != f"Bearer {KEY}":
            return Answered(401)
        asked = json.loads(content)
        if set(asked) != {"operationName", "variables"}:
            self.wrong.append(f"fields {sorted(asked)}")
        if self.has_wrong_query:
            return _errors("wrong query for API key", "invalid_query")
        operations: dict[str, Callable[..., dict[str, Any]]] = {
            "User": self._user,
            "Shifts": self._shifts,
            "Set": self._set,
            "Clear": self._clear,
        }
        try:
            data = operations[asked["operationName"]](**asked["variables"])
        except Refused as refused:
            return _errors(str(refused), "INVALID_INPUT_VALUE")
        return Answered(200, json.dumps({"data": data}).encode())

    def _user(self, email: str) -> dict[str, Any]:
        found = [{"id": key, "email": own} for key, own in self.users.items() if email.lower() in own.lower()]
        return {"users": {"nodes": found}}

    def _shifts(self, id: str) -> dict[str, Any]:  # noqa: A002 - the variable's name
        if id not in self.schedules:
            return {"schedule": None}
        return {"schedule": {"temporarySchedules": [_shown(each) for each in self.schedules[id]]}}

    def _set(self, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 - the variable's name
        there = self._schedule(input)
        shifts = tuple(Shift(each["userID"], *_times(each)) for each in input["shifts"])
        start, end = _times(input)
        now = _floor(datetime.now(UTC))
        if start < now:
            start = now
            shifts = tuple(replace(each, start=max(each.start, now)) for each in shifts if each.end > now)
        self._check(start, end, shifts)
        if "clearStart" in input or "clearEnd" in input:
            clear = max(_moment(input["clearStart"]), datetime.now(UTC)), _moment(input["clearEnd"])
            there[:] = _without(there, *clear)
        there[:] = _merged([*_without(there, start, end), Temporary(start, end, shifts)])
        self.writes += 1
        return {"setTemporarySchedule": True}

    def _clear(self, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 - the variable's name
        there = self._schedule(input)
        start, end = _times(input)
        if end <= datetime.now(UTC) + SOON or end <= start:
            raise Refused("End: must be at least 5 min the future")
        there[:] = _without(there, max(start, datetime.now(UTC)), end)
        self.writes += 1
        return {"clearTemporarySchedules": True}

    def _schedule(self, asked: dict[str, Any]) -> list[Temporary]:
        if asked["scheduleID"] not in self.schedules:
            raise Refused("ScheduleID: not found")
        return self.schedules[asked["scheduleID"]]

    def _check(self, start: datetime, end: datetime, shifts: Sequence[Shift]) -> None:
        if end <= datetime.now(UTC) + SOON:
            raise Refused("End: must be at least 5 min the future")
        if end <= start:
            raise Refused("End: must be after Start")
        if len(shifts) > MOST_SHIFTS:
            raise Refused("Shifts: too many shifts defined")
        for number, each in enumerate(shifts):
            if each.user not in self.users:
                raise Refused(f"Shifts[{number}].UserID: user does not exist")
            if not start <= each.start < each.end <= end:
                raise Refused(f"Shifts[{number}].Start: must not be before Start")


def _without(spans: Sequence[Temporary], start: datetime, end: datetime) -> list[Temporary]:
    found = []
    for each in spans:
        if each.start < start:
            found.append(_cut(each, each.start, min(each.end, start)))
        if each.end > end:
            found.append(_cut(each, max(each.start, end), each.end))
    return found


def _merged(spans: Sequence[Temporary]) -> list[Temporary]:
    found: list[Temporary] = []
    for each in sorted(spans, key=lambda one: one.start):
        if found and each.start <= found[-1].end:
            last = found[-1]
            found[-1] = Temporary(last.start, max(last.end, each.end), (*last.shifts, *each.shifts))
        else:
            found.append(each)
    return [replace(each, shifts=_merged_shifts(each.shifts)) for each in found]


def _merged_shifts(shifts: Sequence[Shift]) -> tuple[Shift, ...]:
    found: list[Shift] = []
    for each in sorted(shifts, key=lambda one: (one.user, one.start)):
        if found and found[-1].user == each.user and each.start <= found[-1].end:
            found[-1] = replace(found[-1], end=max(found[-1].end, each.end))
        else:
            found.append(each)
    return tuple(sorted(found, key=lambda one: one.start))


def _cut(each: Temporary, start: datetime, end: datetime) -> Temporary:
    inside = (replace(one, start=max(one.start, start), end=min(one.end, end)) for one in each.shifts)
    return Temporary(start, end, tuple(one for one in inside if one.end > one.start))


def _shown(each: Temporary) -> dict[str, Any]:
    shifts = [{"userID": one.user, "start": _iso(one.start), "end": _iso(one.end)} for one in each.shifts]
    return {"start": _iso(each.start), "end": _iso(each.end), "shifts": shifts}


def _times(asked: dict[str, Any]) -> tuple[datetime, datetime]:
    return _floor(_moment(asked["start"])), _floor(_moment(asked["end"]))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    assert moment.tzinfo is not None
    return moment


def _floor(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _errors(message: str, code: str) -> Answered:
    error = {"message": message, "path": ["x"], "extensions": {"code": code}}
    return Answered(200, json.dumps({"errors": [error], "data": None}).encode())
