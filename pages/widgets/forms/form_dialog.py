"""A short form in a dialog: built when it opens, gone when it closes."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from nicegui import html, ui

from pages.widgets.forms.fields import busy, is_busy


class FormDialog:
    """One per page and purpose, drawn again each time it is opened.

    with dialog.open("Change email", "Send link", self._send):
        self._email = field("New email")

    Enter and the button call the last function; it closes the dialog, and may then lead to another page.
    """

    def __init__(self) -> None:
        self._client = ui.context.client
        self._dialog = ui.dialog()
        self._dialog.on_value_change(self._forget)

    @contextmanager
    def open(self, heading: str, words: str, submit: Callable[[], Awaitable[None]]) -> Iterator[None]:
        """What is drawn inside is between the heading and the buttons `Cancel` and `words`."""
        self._dialog.clear()
        with self._dialog, html.div().classes("oc-pop oc-ask"):
            title = html.h2(heading)
            with html.form().classes("oc-form").props("novalidate") as form:
                form.on("submit", js_handler="(event) => event.preventDefault()")
                yield
                with html.div().classes("oc-acts"):
                    cancel = ui.button("Cancel", on_click=self.close, color=None)
                    cancel.props("unelevated no-caps").classes("oc-btn")
                    button = ui.button(words, color=None).props("unelevated no-caps type=submit").classes("oc-btn main")
        button.on_click(lambda: self._submit(button, submit))
        self._dialog.props(f"aria-labelledby={title.html_id}")
        self._dialog.open()

    def close(self) -> None:
        """Nothing happens if it isn't open."""
        self._dialog.close()

    async def _submit(self, button: ui.button, submit: Callable[[], Awaitable[None]]) -> None:
        if not is_busy(button):
            # On the page, not at the button: that is gone once the dialog is closed.
            with self._client, busy(button):
                await submit()

    def _forget(self) -> None:
        """Passwords that were typed don't stay on the page, nor on the server."""
        if not self._dialog.value:
            self._dialog.clear()
