"""Says which address the preview has just added to the member's, and takes it back."""

from collections.abc import Awaitable, Callable

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement


class Trusted:
    """Hidden until `show`, and again after Undo, which calls `undo` with the address."""

    def __init__(self, undo: Callable[[str], Awaitable[None]]) -> None:
        self._undo = undo
        self._address = ""
        with html.div().classes("oc-trusted").props("role=status") as self._box:
            self._words = TextElement(tag="span", text="")
            ui.button("Undo", on_click=self._take_back, color=None).props("flat no-caps").classes("oc-btn quiet")
        self._box.set_visibility(False)

    def show(self, address: str) -> None:
        self._address = address
        self._words.set_text(f"{address} is now one of your addresses.")
        self._box.set_visibility(True)

    async def _take_back(self) -> None:
        if self._address:
            address, self._address = self._address, ""
            self._box.set_visibility(False)
            await self._undo(address)
