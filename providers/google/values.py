"""JSON of a server nobody vouches for → values of the expected type, and fit to be stored."""

import json
from typing import Any

Object = dict[str, Any]


class NotExpected(Exception):
    """Bytes that are no JSON object, or hold something else than they should."""


def read_object(body: bytes) -> Object:
    """Raises NotExpected."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise NotExpected from None
    if not isinstance(found, dict):
        raise NotExpected
    return found


def text(value: object) -> str:
    """Empty for what is no text; without what no database takes (lone surrogates, NUL)."""
    if not isinstance(value, str):
        return ""
    return value.encode("utf-8", "replace").decode().replace("\0", "")


def part(value: object) -> Object:
    """Empty for what is no object."""
    return value if isinstance(value, dict) else {}


def several(value: object) -> list[Any]:
    """Empty where nothing stands. Raises NotExpected for anything but a list."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise NotExpected
    return value


def address(value: object) -> str:
    """An e-mail address, lower case; empty where there is none."""
    return text(value).strip().lower()
