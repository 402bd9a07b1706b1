"""A card that says in sentences what is set, and becomes a form when a manager edits it."""

from collections.abc import Awaitable, Callable, Sequence

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.errors import InvalidInput
from pages.schedules.drawn import Drawn
from pages.widgets.forms.fields import busy, is_busy

# Names are text in the template, never markup: people type them.
SENTENCE = '<p class="rules-line" role="listitem">{{ props.row.t }}</p>'
Save = Callable[[], Awaitable[str | None]]
"""Saves what the form says, and returns a sentence; None while the form says what is wrong. Raises InvalidInput."""


class Editing:
    """One per page: while one section is edited, the others can't be, so that a page stays small."""

    def __init__(self) -> None:
        self._buttons: list[ui.button] = []

    def add(self, button: ui.button) -> None:
        """A button that opens a form."""
        self._buttons.append(button)

    def set(self, *, is_on: bool) -> None:
        """Whether a form is open."""
        for button in self._buttons:
            button.set_visibility(not is_on)


class Section:
    """Drawn where it is created. `draw` draws the form and returns what saves it; `saved` is called with a sentence."""

    def __init__(
        self,
        key: str,
        heading: str,
        draw: Callable[[], Save],
        saved: Callable[[str], None],
        editing: Editing | None,
    ) -> None:
        """`editing` None: it can only be read."""
        self._draw, self._saved, self._heading, self._editing = draw, saved, heading, editing
        with html.section().classes("oc-card").props(f"aria-labelledby=rules-{key}") as self.card:
            with html.div().classes("oc-card-head"):
                html.h2(heading).classes("grow").props(f"id=rules-{key}")
                self._edit = ui.button("Edit", color=None, on_click=self._open).props("unelevated no-caps")
                self._edit.classes("oc-btn").props["aria-label"] = f"Edit {heading.lower()}"
                if editing is not None:
                    editing.add(self._edit)
                self._edit.set_visibility(editing is not None)
            self._list = Drawn(SENTENCE, "rules-lines")
            self._list.table.props["role"] = "list"
            self._list.table.props["aria-labelledby"] = f"rules-{key}"
            self._form = html.div().classes("rules-form")
        self._lines: Sequence[str] = ()

    @property
    def is_open(self) -> bool:
        """Whether somebody is editing it."""
        return bool(self._form.default_slot.children)

    def show(self, lines: Sequence[str]) -> None:
        """What is set now. A form that is open stays as it is."""
        self._lines = lines
        if not self.is_open:
            self._list.show([{"key": str(number), "t": line} for number, line in enumerate(lines)])

    def _open(self) -> None:
        if self.is_open or self._editing is None:
            return
        self._list.table.set_visibility(False)
        self._editing.set(is_on=True)
        with self._form:
            save = self._draw()
            self._wrong = TextElement(tag="p", text="").classes("new-wrong oc-icon oc-i-alert").props("role=alert")
            self._wrong.set_visibility(False)
            with html.div().classes("oc-acts rules-acts"):
                cancel = ui.button("Cancel", color=None, on_click=self._close).props("unelevated no-caps")
                cancel.classes("oc-btn").props["aria-label"] = f"Cancel editing {self._heading.lower()}"
                button = ui.button("Save", color=None).props("unelevated no-caps").classes("oc-btn main")
                button.props["aria-label"] = f"Save {self._heading.lower()}"
        button.on_click(lambda: self._save(button, save))

    async def _save(self, button: ui.button, save: Save) -> None:
        if is_busy(button):
            return
        with busy(button):
            try:
                sentence = await save()
            except InvalidInput as error:
                self._wrong.set_text(error.sentence)
                self._wrong.set_visibility(True)
                return
        if sentence is not None:
            self._close()
            self._saved(sentence)

    def _close(self) -> None:
        self._form.clear()
        if self._editing is not None:
            self._editing.set(is_on=False)
        self.show(self._lines)
        # Once it is visible again: the keyboard continues from here. The button that was pressed is gone.
        self._edit.client.run_javascript(f"setTimeout(() => getElement({self._edit.id})?.$el.focus(), 50)")
