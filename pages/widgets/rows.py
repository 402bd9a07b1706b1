"""Rows of a table that are only shown."""

from collections.abc import Iterable
from typing import Any

from nicegui import ui


def show_rows(table: ui.table, rows: Iterable[dict[str, Any]]) -> None:
    """Sends them if they differ from what is shown. They are not to be changed afterwards."""
    shown = tuple(rows)
    if shown != tuple(table.rows):
        # A tuple: NiceGUI copies lists, and all in them, to notice when they change. For the twelve weeks of a plan
        # that took three quarters of the time in which an open page shows a change.
        table.props["rows"] = shown
