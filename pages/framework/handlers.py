"""NiceGUI looks at the parameters of a handler each time it is given one, three times for every element of a page.

That is a sixth of what a page costs. Here each handler of the code is looked at once.
"""

from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

from nicegui import helpers

_look = helpers.expects_arguments


class Known:
    """In place of `nicegui.helpers.expects_arguments`; remembers what it found for as long as the process runs."""

    def __init__(self) -> None:
        self._found: dict[tuple[CodeType, bool], bool] = {}
        """By code and whether it is bound; as many as there are handlers in the code, however often they are made."""

    def __call__(self, handler: Callable[..., Any]) -> bool:
        function = getattr(handler, "__func__", handler)
        # A decorated one takes what is inside it, and shares its own code with others.
        if not isinstance(function, FunctionType) or hasattr(function, "__wrapped__"):
            return _look(handler)
        key = function.__code__, function is not handler
        if key not in self._found:
            self._found[key] = _look(handler)
        return self._found[key]


def look_at_each_once() -> None:
    """Call it before pages are drawn; again, and it does nothing."""
    if helpers.expects_arguments is _look:
        vars(helpers)["expects_arguments"] = Known()
