"""Why the rest would not count: one element, whose buttons keep the focus while everything around them changes."""

from typing import Any

from nicegui import ui


class PreviewReasons(ui.element, component="preview_reasons.js"):
    """Emits `unfold` with the key of a row, `trust` with an address."""

    @property
    def rows(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.props.get("rows", [])
        return found

    def show(self, rows: list[dict[str, Any]]) -> None:
        if rows != self.rows:
            self.props["rows"] = rows
