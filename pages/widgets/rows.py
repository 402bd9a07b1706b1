"""Rows of a table that are only shown."""

from collections.abc import Iterable
from typing import Any

from nicegui import ui

from pages.framework.encoded import Encoded, encoded


def show_rows(table: ui.table, rows: Iterable[dict[str, Any]]) -> None:
    """Sends them if they differ from what is shown. They are not to be changed afterwards.

    Rows that many pages show are best `encoded` before.
    """
    # Not a list: NiceGUI copies lists, and all in them, to notice when they change. For the twelve weeks of a plan
    # that took three quarters of the time in which an open page shows a change.
    shown, before = encoded(rows), table.props["rows"]
    is_same = before.text == shown.text if isinstance(before, Encoded) else not (before or shown)
    if not is_same:
        table.props["rows"] = shown
