"""Values that many pages send alike: turned into JSON once."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import orjson
from nicegui import json


class Encoded(tuple[Any, ...]):
    """What a table shows. Neither it nor what is in it is to be changed: what is sent is kept."""

    @cached_property
    def text(self) -> bytes:
        """As JSON, which also tells soonest whether two are the same."""
        return json.dumps(list(self)).encode()


def encoded(values: Iterable[Any]) -> Encoded:
    """The same object, if it is one already."""
    return values if isinstance(values, Encoded) else Encoded(values)


def fragment_of(value: object) -> orjson.Fragment | None:
    """For orjson, which knows nothing of Encoded; None for anything else."""
    return orjson.Fragment(value.text) if isinstance(value, Encoded) else None
