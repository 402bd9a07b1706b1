"""Parts of a review as one element each, however long they are."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from nicegui import ui

TEMPLATES = Path(__file__).with_name("templates")
"""Names are text in them, never markup: people type them."""


class Block:
    """A template drawn with one row of values; `show` sends it only where it differs. It is one of ours by name, or a
    file of another page.

    Handlers are called with what the template emits under their names.
    """

    def __init__(self, template: str | Path, **handlers: Callable[[Any], object]) -> None:
        self.table = ui.table(rows=[], columns=[], row_key="key").classes("draft-rows")
        self.table.props("grid hide-header hide-pagination hide-bottom hide-no-data")
        file = template if isinstance(template, Path) else TEMPLATES / f"{template}.html"
        self.table.add_slot("item", file.read_text("utf-8"))
        for name, handler in handlers.items():
            self.table.on(name, lambda event, handler=handler: handler(event.args))

    def show(self, **values: Any) -> None:
        row = {"key": "all", **values}
        if self.table.rows != [row]:
            self.table.rows = [row]
