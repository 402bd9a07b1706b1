"""An item of a menu whose words are its own text: one element, where NiceGUI's has two. Every page holds two menus."""

from typing import Any

from nicegui import ui


class MenuItem(ui.menu_item):
    def __init__(self, words: str, on_click: Any = None) -> None:
        super().__init__(on_click=on_click)
        self._text = words
        self.props("role=menuitem")
