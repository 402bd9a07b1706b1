"""JSON from other servers, for every provider that speaks it: values of the documented type, fit to be stored.

Readers take the object and the key. A missing value is empty; one of another type raises NotExpected, so that an event
that can't be read is skipped and named instead of counted wrongly.
"""

# Not pydantic: reading 20,000 events took its TypeAdapter 1.5 to 3 times as long, and a single lone surrogate in a
# title made it refuse the whole page.

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from typing import Any

Object = Mapping[str, Any]


class NotExpected(ValueError):
    """A value isn't what its API documents. The message says which one, as a sentence that quotes no content."""


def read_object(body: bytes) -> dict[str, Any]:
    """The object in `body`. Raises NotExpected for anything else."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise NotExpected("It isn’t JSON.") from None
    return _object(value)


def text(item: Object, key: str) -> str:
    """Without what a database refuses: lone surrogates become question marks, NUL is dropped."""
    value = item.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise NotExpected(f"Its “{key}” isn’t text.")
    if not value.isascii():
        value = value.encode("utf-8", "replace").decode()
    return value.replace("\0", "") if "\0" in value else value


def verbatim(item: Object, key: str) -> str:
    """Text to be sent back as it is, such as an id or a link. Raises NotExpected where `text` would change it."""
    if (found := text(item, key)) != (item.get(key) or ""):
        raise NotExpected(f"Its “{key}” isn’t plain text.")
    return found


def line(item: Object, key: str) -> str:
    """The text on one line, without control characters."""
    words = " ".join(text(item, key).split())
    return "".join(each for each in words if unicodedata.category(each) != "Cc")


def email(item: Object, key: str) -> str:
    """An email address in lower case."""
    return text(item, key).strip().lower()


def flag(item: Object, key: str) -> bool:
    value = item.get(key)
    if value is not None and not isinstance(value, bool):
        raise NotExpected(f"Its “{key}” is neither true nor false.")
    return value is True


def record(item: Object, key: str) -> Object:
    value = item.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise NotExpected(f"Its “{key}” isn’t an object.")
    return value


def several(item: Object, key: str) -> list[Any]:
    """A list of anything."""
    value = item.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise NotExpected(f"Its “{key}” isn’t a list.")
    return value


def records(item: Object, key: str) -> list[dict[str, Any]]:
    """A list of objects."""
    return [_object(each) for each in several(item, key)]


def first_text(item: object, *keys: str) -> str:
    """The first of these that is text and not empty, whatever the others are; empty for anything but an object."""
    if isinstance(item, dict):
        for key in keys:
            if isinstance(item.get(key), str) and (found := text(item, key)):
                return found
    return ""


def digest(item: Any) -> bytes:
    """Equal for equal values, whatever the order of their keys. Raises NotExpected where they are nested too deeply."""
    try:
        return hashlib.sha256(json.dumps(item, sort_keys=True).encode()).digest()
    except RecursionError:
        raise NotExpected("It is nested too deeply.") from None


class Paging:
    """Follows the pages of a list, and notices when they begin to repeat, as Microsoft's do after the last page.

    `full` is the size that was requested. Why this may be the end of a list: docs/decisions/0408.
    """

    def __init__(self, full: int) -> None:
        self._full = full
        self._ids: set[object] = set()
        self._links: set[str] = set()
        self._last = 0

    def repeats(self, items: list[Any]) -> bool:
        """Whether everything on the next page came before; an empty page repeats nothing. Raises NotExpected."""
        ids = {first_text(item, "id") or digest(item) for item in items}
        is_old = bool(ids) and ids <= self._ids
        self._ids |= ids
        self._last = self._last if is_old else len(items)
        return is_old

    def leads_back(self, link: str) -> bool:
        """Whether the next page was already requested by this link or token."""
        is_old = link in self._links
        self._links.add(link)
        return is_old

    @property
    def may_be_complete(self) -> bool:
        """Not so where the last new page was full, or where none held anything: the server may be unable to go on."""
        return bool(self._ids) and self._last < self._full


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise NotExpected("It isn’t an object.")
    return value
