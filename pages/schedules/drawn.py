"""One element that draws any number of rows."""

from collections.abc import Sequence
from typing import Any

from nicegui import ui

from pages.widgets.rows import show_rows

Rows = Sequence[dict[str, Any]]


class Drawn:
    """A table of Quasar’s that draws each row with a template of ours. Rows have a `key`."""

    def __init__(self, template: str, css: str) -> None:
        self.table = ui.table(rows=[], columns=[], row_key="key").classes(f"oc-calls {css}")
        self.table.props("grid hide-header hide-pagination hide-bottom hide-no-data").add_slot("item", template)

    def show(self, rows: Rows) -> None:
        """Sends what differs."""
        show_rows(self.table, rows)
        self.table.set_visibility(bool(rows))
