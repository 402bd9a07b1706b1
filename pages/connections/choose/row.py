"""One calendar to switch on or off and, while it is selected, how its events count."""

from collections.abc import Callable

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.availability.preview import Preview
from oncall_ui.domain.availability.rules import Mode, Tags
from oncall_ui.domain.imports.failures import Cause
from oncall_ui.services.connections.choose import Choice
from oncall_ui.services.connections.views import CalendarView
from pages.connections.choose.draft import Draft
from pages.connections.choose.preview_words import how_many
from pages.widgets.calendar_status import MODES, how_words

# Indexes are those of MODES. A template: it must never contain outside text.
LABEL = """
<div>{{ props.label }}
  <small v-if="props.value === 0">Out of office and holidays block.
    Tags in the title or description decide the rest (%s).</small>
  <small v-else-if="props.value === 1">For a calendar of absences.</small>
  <small v-else>For a calendar of shifts you would take.</small>
</div>
"""
DEFAULT_TAGS = "<b>noc</b>, <b>not oncall</b>, <b>prefer oncall</b>"
OWN_TAGS = "your team’s own, see Tags under Team"
HOLIDAYS = "Holiday lists are often marked free."


def label_of(tags: Tags) -> str:
    """The explanation of each mode. A team's own tags aren't written into it, since it is a template."""
    return LABEL % (DEFAULT_TAGS if tags == Tags() else OWN_TAGS)


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
        self._how: _How | None = None
        self._summary: ui.button | None = None
        self._mode: TextElement | None = None
        with html.li().classes("oc-pick") as self._row:
            self._switch = ui.switch(calendar.own_name, value=self._choice.is_on, on_change=self._switched)
            if calendar.cause is Cause.NOT_FOUND:
                html.span("Gone from the account").classes("facts")
            if select is not None:
                self._summary = ui.button(on_click=lambda: select(self._id), color=None).props("flat no-caps")
                self._summary.classes("oc-btn quiet facts")

    @property
    def _choice(self) -> Choice:
        return self._draft.choices[self._id]

    def show(self, preview: Preview | None, *, is_selected: bool) -> None:
        """`preview`: what would count under the draft's choice, once that is known."""
        self._switch.set_value(self._choice.is_on)
        if is_selected and self._how is None:
            with self._row:
                self._how = _How(
                    self._name, self._choice, self._chose_mode, self._chose_free, self._chose_all_day, self._label
                )
            self._row.classes("oc-picked")
        elif not is_selected and self._how is not None:
            self._how.box.delete()
            self._how = None
            self._row.classes(remove="oc-picked")
        if self._how is not None:
            self._how.show(self._choice)
        if self._summary is not None:
            words = _in_words(self._choice, preview)
            shows_numbers = preview is not None and self._choice.is_on
            self._show_mode(_mode_words(self._choice) if shows_numbers and not is_selected else "")
            self._summary.set_text(words)
            self._summary.props["aria-label"] = f"{words}: how events in {self._name} count"
            self._summary.props["aria-expanded"] = "true" if is_selected else "false"

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

    def _chose_mode(self, mode: Mode) -> None:
        if mode is not self._choice.mode:
            self._draft.count_as(self._id, mode)
            self._changed()

    def _chose_free(self, counts_free: bool) -> None:
        if counts_free != self._choice.counts_free:
            self._draft.count_free(self._id, counts_free)
            self._changed()

    def _chose_all_day(self, counts_all_day: bool) -> None:
        if counts_all_day != self._choice.counts_all_day:
            self._draft.count_all_day(self._id, counts_all_day)
            self._changed()


class _How:
    def __init__(
        self,
        name: str,
        choice: Choice,
        chose_mode: Callable[[Mode], None],
        chose_free: Callable[[bool], None],
        chose_all_day: Callable[[bool], None],
        label: str,
    ) -> None:
        with html.div().classes("oc-how") as self.box:
            TextElement(tag="p", text="How its events count").classes("oc-how-title").props("aria-hidden=true")
            self._mode = ui.radio(MODES, value=choice.mode, on_change=lambda event: chose_mode(event.value))
            self._mode.props["aria-label"] = f"How events in {name} count"
            self._mode.add_slot("label", label)
            self._free = ui.checkbox(
                "Count events marked free", value=choice.counts_free, on_change=lambda event: chose_free(event.value)
            )
            self._all_day = ui.checkbox(
                "Count all-day events", value=choice.counts_all_day, on_change=lambda event: chose_all_day(event.value)
            )
            self._hint = TextElement(tag="small", text=HOLIDAYS)
            for each in (self._free, self._all_day):
                each.props(f"aria-describedby={self._hint.html_id}")

    def show(self, choice: Choice) -> None:
        self._mode.set_value(choice.mode)
        self._free.set_value(choice.counts_free)
        self._all_day.set_value(choice.counts_all_day)
        # In matching mode tags decide, for free and all-day events too.
        for each in (self._free, self._all_day, self._hint):
            each.set_visibility(choice.mode is not Mode.MATCHING)


def _mode_words(choice: Choice) -> str:
    return how_words(choice.mode, counts_free=choice.counts_free, counts_all_day=choice.counts_all_day)


def _in_words(choice: Choice, preview: Preview | None) -> str:
    if not choice.is_on:
        return "Off"
    return how_many(preview) if preview else _mode_words(choice)
