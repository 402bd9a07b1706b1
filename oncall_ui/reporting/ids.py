"""The ids that every line of the log carries while something is done: of its request, page, member, import or plan.

They are set where something begins, and hold in the current task and in the tasks and threads that begin from there.
Ids only, never a name or an address.
"""

from collections.abc import MutableMapping
from contextlib import AbstractContextManager
from typing import Any

from structlog.contextvars import bind_contextvars, bound_contextvars, clear_contextvars, get_contextvars

SHORT = 12
"""Characters of a long random id in the log: enough to tell two apart, too few to do anything with."""
OF_ALL = {"outage continues", "outage ended"}
"""Lines about the whole process: who happened to notice has nothing to do with them."""


def carry(**ids: int | str) -> None:
    """The current task's lines carry `ids` from here on, beside those they carry already."""
    bind_contextvars(**ids)


def carry_only(**ids: int | str) -> None:
    """The current task's lines carry `ids` from here on, and none of the task that started it."""
    clear_contextvars()
    bind_contextvars(**ids)


def carrying(**ids: int | str) -> AbstractContextManager[object]:
    """Lines written inside the block carry `ids`, too."""
    return bound_contextvars(**ids)


def carried() -> dict[str, Any]:
    """The ids of the current task."""
    return get_contextvars()


def add_ids(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor of structlog, the first. What a line says itself wins."""
    if event.get("event") in OF_ALL:
        return event
    return {**carried(), **event}
