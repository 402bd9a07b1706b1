"""One calendar to switch on or off and, while it is selected, how its events count."""

from collections.abc import Callable
from dataclasses import replace

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.availability.preview import Preview
from oncall_ui.domain.imports.failures import Cause
from oncall_ui.services.connections.choose import Choice
from oncall_ui.services.connections.views import CalendarView
from pages.connections.choose.draft import Draft
from pages.connections.choose.how import HowBox
from pages.connections.choose.preview_words import how_many, share
from pages.widgets.calendar_status import MODES, how_words

PreviewOf = Callable[[int, Choice], Preview | None]
"""What would count of a calendar under a choice; None while it hasn't been read."""


class ChoiceRow:
    """Shows and changes the draft's choice, and calls `changed` after each change.

    `select` selects this calendar; None for the only calendar, which is always selected. `label`: see `label_of`.
    """

    def __init__(
        self,
        calendar: CalendarView,
        draft: Draft,
        changed: Callable[[], None],
        select: Callable[[int], None] | None,
        label: str,
    ) -> None:
        self._label = label
        self._id, self._name = calendar.id, calendar.own_name
        self._draft, self._changed, self._select = draft, changed, select
        self._how: HowBox | None = None
        self._summary: ui.button | None = None
        self._mode: TextElement | None = None
        with html.li().classes("oc-pick") as self._row:
            self._switch = ui.switch(calendar.own_name, value=self._choice.is_on, on_change=self._switched)
            if calendar.cause is Cause.NOT_FOUND:
                html.span("No longer found").classes("facts")
            if select is not None:
                self._summary = ui.button(on_click=lambda: select(self._id), color=None).props("flat no-caps")
                self._summary.classes("oc-btn quiet facts")

    @property
    def _choice(self) -> Choice:
        return self._draft.choices[self._id]

    def show(self, preview_of: PreviewOf, times: str, *, is_selected: bool) -> None:
        """`times`: when the selected calendar was checked and will be; not used for any other."""
        self._switch.set_value(self._choice.is_on)
        if is_selected:
            self._show_how(preview_of, times)
        elif self._how is not None:
            self._how.box.delete()
            self._how = None
            self._row.classes(remove="oc-picked")
        if self._summary is not None:
            self._show_summary(self._summary, preview_of(self._id, self._choice), is_selected=is_selected)

    def _show_how(self, preview_of: PreviewOf, times: str) -> None:
        if self._how is None:
            with self._row:
                self._how = HowBox(self._name, self._choice, self._chose, self._label)
            self._row.classes("oc-picked")
        previews = {mode: preview_of(self._id, replace(self._choice, mode=mode)) for mode in MODES}
        numbers = {mode: share(found) for mode, found in previews.items() if found is not None}
        self._how.show(self._choice, numbers, times)

    def _show_summary(self, summary: ui.button, preview: Preview | None, *, is_selected: bool) -> None:
        words = _in_words(self._choice, preview)
        shows_numbers = preview is not None and self._choice.is_on
        self._show_mode(_mode_words(self._choice) if shows_numbers and not is_selected else "")
        summary.set_text(words)
        summary.props["aria-label"] = f"{words}: how events in {self._name} count"
        summary.props["aria-expanded"] = "true" if is_selected else "false"

    def _show_mode(self, words: str) -> None:
        """Shows the mode next to the name while the button shows numbers instead."""
        if self._mode is None and words:
            with self._row:
                self._mode = TextElement(tag="small", text="")
            self._mode.move(target_index=1)
        if self._mode is not None:
            self._mode.set_text(words)
            self._mode.set_visibility(bool(words))

    # These also run for changes saved in another browser, which are in the draft already.

    def _switched(self) -> None:
        if self._switch.value != self._choice.is_on:
            self._draft.switch(self._id, bool(self._switch.value))
            if self._select is not None and self._choice.is_on:
                self._select(self._id)
            self._changed()

    def _chose(self, choice: Choice) -> None:
        if choice != self._choice:
            self._draft.count(self._id, choice)
            self._changed()


def _mode_words(choice: Choice) -> str:
    return how_words(choice.mode, counts_free=choice.counts_free, counts_all_day=choice.counts_all_day)


def _in_words(choice: Choice, preview: Preview | None) -> str:
    if not choice.is_on:
        return "Off"
    return how_many(preview) if preview else _mode_words(choice)
