"""One way to write each problem down, and its hash."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from fractions import Fraction
from hashlib import sha256
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.plan_format.fields import utc
from oncall_ui.domain.schedules.planning.problem import Limit, Problem, Slot


def canonical_form(problem: Problem) -> str:
    """JSON text in which everything has one place and every default is filled in.

    The order of lists in the input doesn't change it, nor does it matter whether shifts came from rules or were listed.
    """
    written = {field.name: getattr(problem, field.name) for field in fields(problem) if field.name != "problems"}
    return _text(written)


def input_hash(problem: Problem) -> str:
    """SHA-256 of the canonical form, in hexadecimal digits."""
    return sha256(canonical_form(problem).encode()).hexdigest()


def limit_order(limit: Limit) -> str:
    """Sorts limits the same way whatever order they came in."""
    return _text(limit)


def _text(value: object) -> str:
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"))


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        named = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {"": type(value).__name__, **named}
    if isinstance(value, Mapping):
        return {_key(key): _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted((_plain(item) for item in value), key=str)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return _scalar(value)


def _key(key: object) -> str:
    return f"{_scalar(key.start)} {key.role}" if isinstance(key, Slot) else str(key)


def _scalar(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return utc(value)
    if isinstance(value, date | Fraction):
        return str(value)
    if isinstance(value, timedelta):
        return value / timedelta(seconds=1)
    return value.key if isinstance(value, ZoneInfo) else value
