"""What a worker does with an answer of another program: it reads it. Nothing here knows the database or a secret."""

from collections.abc import Callable
from typing import Any

from oncall_ui.worker import Link


def understood(read: Callable[..., Any], body: bytes, arguments: tuple[object, ...], _link: Link) -> Any:
    """`read` is a function of `domain.schedules.destinations.reading`. Raises a Failure for what isn't readable."""
    return read(body, *arguments)
