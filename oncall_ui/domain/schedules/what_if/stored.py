"""What is tried, as the row of its plan keeps it: without a name of anybody."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from oncall_ui.domain.schedules.plan_format.limits import LimitReader
from oncall_ui.domain.schedules.plan_format.problem_writing import limit_as_json
from oncall_ui.domain.schedules.what_if.changes import (
    Away,
    Change,
    Entry,
    Joins,
    Leaves,
    LimitsAre,
    PointsAre,
    RoleAdded,
    RoleRemoved,
    ShareIs,
    Tried,
)

Row = Mapping[str, Any]


def to_row(tried: Tried) -> dict[str, Any]:
    """As JSON; read again by `from_row`."""
    found: dict[str, Any] = {"entries": [{"on": each.is_on, **_written(each.change)} for each in tried.entries]}
    if tried.is_free:
        found["is_free"] = True
    if tried.seed is not None:
        found["seed"] = tried.seed
    return found


def from_row(stored: Row) -> Tried:
    """What `to_row` wrote; nothing is tried where there is nothing."""
    entries = tuple(Entry(READERS[each["kind"]](each), each["on"]) for each in stored.get("entries", ()))
    return Tried(entries, bool(stored.get("is_free")), stored.get("seed"))


def _written(change: Change) -> dict[str, Any]:
    kind = KINDS[type(change)]
    if isinstance(change, LimitsAre):
        return {"kind": kind, "limits": [limit_as_json(limit) for limit in change.limits]}
    values = {FIELDS.get(each.name, each.name): getattr(change, each.name) for each in fields(change)}
    return {"kind": kind, **{name: _plain(value) for name, value in values.items()}}


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return dict(value) if isinstance(value, Mapping) else value


def _limits(row: Row) -> LimitsAre:
    # Nobody leaves a schedule's list of participants, so that everybody named then is still there.
    named = {person for limit in row["limits"] for person in limit.get("people", ())}
    reader = LimitReader(named)
    return LimitsAre(tuple(reader.read(limit, "limits") for limit in row["limits"]))


def _day(row: Row, name: str = "from") -> date:
    return date.fromisoformat(row[name])


KINDS: Mapping[type, str] = {
    Away: "away",
    Joins: "joins",
    Leaves: "leaves",
    ShareIs: "share",
    PointsAre: "points",
    LimitsAre: "limits",
    RoleAdded: "role_added",
    RoleRemoved: "role_removed",
}
FIELDS = {"participant": "who", "from_day": "from", "to_day": "to"}
READERS: Mapping[str, Callable[[Row], Change]] = {
    "away": lambda row: Away(row["who"], _day(row), _day(row, "to")),
    "joins": lambda row: Joins(row["who"], row["member"], _day(row), row["share"]),
    "leaves": lambda row: Leaves(row["who"], _day(row)),
    "share": lambda row: ShareIs(row["who"], _day(row), row["share"]),
    "points": lambda row: PointsAre(dict(row["points"])),
    "limits": _limits,
    "role_added": lambda row: RoleAdded(row["name"]),
    "role_removed": lambda row: RoleRemoved(row["name"]),
}
