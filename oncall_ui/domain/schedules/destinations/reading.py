"""Answers of PagerDuty and GoAlert, read strictly: values of the documented type, few enough, fit to be stored.

For a worker alone: whatever a foreign server sends, it is understood in a process of its own.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from oncall_ui.domain.imports.failures import Cause, Failure, TryLater
from oncall_ui.domain.schedules.destinations.copies import Held, Override
from oncall_ui.domain.schedules.destinations.spans import FixedSpan

T = TypeVar("T")
MOST = 5000
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_FAR = (2000, 2199)


class Unexpected(ValueError):
    """It isn't what the API documents."""


def overrides(body: bytes) -> tuple[Override, ...]:
    """Of `GET /schedules/{id}/overrides`."""
    return _read(body, lambda answer: tuple(_override(each) for each in _several(answer, "overrides")))


def user_with_email(body: bytes, email: str) -> str:
    """Of PagerDuty's `GET /users` or GoAlert's `users`: the id of the one with exactly this address; empty if none."""

    def read(answer: Mapping[str, Any]) -> str:
        people = _several(_data(answer)["users"], "nodes") if "data" in answer else _several(answer, "users")
        found = [_id(_record(each), "id") for each in people if _email(each) == email.lower()]
        return found[0] if len(found) == 1 else ""

    return _read(body, read)


def fixed_spans(body: bytes) -> tuple[FixedSpan, ...] | None:
    """Of GoAlert's `temporarySchedules`; None if there is no such schedule."""

    def read(answer: Mapping[str, Any]) -> tuple[FixedSpan, ...] | None:
        schedule = _data(answer).get("schedule")
        if schedule is None:
            return None
        return tuple(_span(_record(each)) for each in _several(_record(schedule), "temporarySchedules"))

    return _read(body, read)


def graphql(body: bytes, reader: Callable[..., Any], *arguments: str) -> tuple[str, Any]:
    """Of a GraphQL answer: why it wasn’t done, as a word for the log, or what `reader` finds in it."""
    code = _read(body, _error_code)
    return code, None if code else reader(body, *arguments)


def done(_body: bytes) -> None:
    """There is nothing to read in it."""


def _error_code(answer: Mapping[str, Any]) -> str:
    if not answer.get("errors"):
        return "" if isinstance(answer.get("data"), dict) else "no data"
    first = _record(_several(answer, "errors")[0])
    extensions = first.get("extensions")
    code = extensions.get("code") if isinstance(extensions, dict) else None
    return code if isinstance(code, str) and _ID.fullmatch(code) else "error"


def _read(body: bytes, read: Callable[[Mapping[str, Any]], T]) -> T:
    try:
        return read(_record(json.loads(body)))
    except (ValueError, LookupError, RecursionError, OverflowError) as error:
        raise _unreadable(error) from None


def _unreadable(error: Exception) -> Failure:
    detail = str(error) if isinstance(error, Unexpected) else type(error).__name__
    return TryLater(Cause.UNREADABLE, "Its answer isn’t what we expect.", detail=detail)


def _override(value: object) -> Override:
    item = _record(value)
    user = _id(_record(item.get("user")), "id")
    return Override(_id(item, "id"), Held(_moment(item, "start"), _moment(item, "end"), user))


def _span(item: Mapping[str, Any]) -> FixedSpan:
    shifts = (_record(each) for each in _several(item, "shifts"))
    held = tuple(Held(_moment(each, "start"), _moment(each, "end"), _id(each, "userID").lower()) for each in shifts)
    return FixedSpan(_moment(item, "start"), _moment(item, "end"), held)


def _data(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    return _record(answer.get("data"))


def _record(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Unexpected("not an object")
    return value


def _several(item: Mapping[str, Any], key: str) -> list[Any]:
    value = item.get(key)
    if not isinstance(value, list) or len(value) > MOST:
        raise Unexpected(f"{key} is no list, or too long")
    return value


def _id(item: Mapping[str, Any], key: str) -> str:
    value = item.get(key)
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise Unexpected(f"{key} is no id")
    return value


def _email(value: object) -> str:
    found = _record(value).get("email")
    return found.strip().lower() if isinstance(found, str) else ""


def _moment(item: Mapping[str, Any], key: str) -> datetime:
    value = item.get(key)
    moment = datetime.fromisoformat(value) if isinstance(value, str) and len(value) < 40 else None
    if moment is None or moment.tzinfo is None or not _FAR[0] <= moment.year <= _FAR[1]:
        raise Unexpected(f"{key} is no moment")
    return moment.astimezone(UTC)
