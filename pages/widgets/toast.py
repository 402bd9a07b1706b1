"""What has just happened, in one sentence for ten seconds, with Undo."""

import asyncio
from collections.abc import Awaitable, Callable

from nicegui import background_tasks, html, ui
from nicegui.elements.mixins.text_element import TextElement

SECONDS = 10

Undo = Callable[[], Awaitable[None]]


class Toast:
    """One per page; a new sentence replaces the last."""

    def __init__(self) -> None:
        self._undo_it: Undo | None = None
        self._number = 0
        # The outer box is always there: screen readers only announce changes inside elements they know.
        with html.div().classes("oc-toast").props("role=status"), html.div() as self._box:
            self._sentence = TextElement(tag="span", text="")
            self._button = ui.button("Undo", color=None, on_click=self._undo).props("flat no-caps")
        self._box.set_visibility(False)

    def say(self, sentence: str, undo: Undo | None = None, *, seconds: float = SECONDS) -> None:
        """`undo` is awaited if the member presses Undo."""
        self._number += 1
        self._undo_it = undo
        self._sentence.set_text(sentence)
        self._button.set_visibility(undo is not None)
        self._box.set_visibility(True)
        if undo is not None:
            # The button pressed before is gone; the keyboard continues from Undo.
            self._button.client.run_javascript(f"setTimeout(() => getElement({self._button.id})?.$el.focus(), 50)")
        background_tasks.create(self._go_after(seconds, self._number), name="toast")

    async def _undo(self) -> None:
        undo, self._undo_it = self._undo_it, None
        self._box.set_visibility(False)
        if undo is not None:
            await undo()

    async def _go_after(self, seconds: float, number: int) -> None:
        await asyncio.sleep(seconds)
        if number == self._number and not self._box.is_deleted:
            self._box.set_visibility(False)
