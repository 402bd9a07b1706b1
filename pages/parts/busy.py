"""A button that shows it was pressed, until what it does is done."""

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui


def is_busy(button: ui.button) -> bool:
    """Whether it is at it: a second press has nothing to add."""
    return bool(button.props.get("loading"))


@contextmanager
def busy(button: ui.button) -> Iterator[None]:
    """Quasar's own sign, for as long as the block takes; the page may be gone when it ends."""
    button.props["loading"] = True
    try:
        yield
    finally:
        if not button.is_deleted:
            button.props["loading"] = False
