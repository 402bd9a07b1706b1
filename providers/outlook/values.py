"""Where Graph's JSON comes in: values of the type that was promised, or `Odd`."""

import json
import unicodedata
from collections.abc import Mapping
from typing import Any


class Odd(ValueError):
    """Something isn't what it is documented to be; the message says what, as a sentence without any of its content."""


def loaded(raw: bytes) -> dict[str, Any]:
    """The object in `raw`. Raises Odd for anything else."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        raise Odd("It is no JSON.") from None
    if not isinstance(value, dict):
        raise Odd("It is no object.")
    return value


def text(item: Mapping[str, Any], key: str) -> str:
    """Empty where there is none. What no encoding can hold is replaced."""
    value = item.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Odd(f"Its {key} is no text.")
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def line(item: Mapping[str, Any], key: str) -> str:
    """The text on one line and without control characters, to be stored and shown."""
    words = " ".join(text(item, key).split())
    return "".join(each for each in words if unicodedata.category(each) != "Cc")


def flag(item: Mapping[str, Any], key: str) -> bool:
    """False where there is none."""
    value = item.get(key)
    if value is not None and not isinstance(value, bool):
        raise Odd(f"Its {key} is neither true nor false.")
    return value is True


def record(item: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Empty where there is none."""
    value = item.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Odd(f"Its {key} is no object.")
    return value


def several(item: Mapping[str, Any], key: str) -> list[Any]:
    """Empty where there is none."""
    value = item.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise Odd(f"Its {key} is no list.")
    return value


def address(item: Mapping[str, Any]) -> str:
    """The e-mail address of a Graph `recipient`, `attendee` or `emailAddress`, lower case; empty where it has none."""
    return text(record(item, "emailAddress") or item, "address").strip().lower()
