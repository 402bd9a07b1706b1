"""One calendar to switch on or off, and, for the one being looked at, how its events count."""

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

# The modes in the order of MODES. Not one word of it comes from outside.
LABEL = """
<div>{{ props.label }}
  <small v-if="props.value === 0">Out of office and holidays block.
    Tags in title or description decide the rest%s.</small>
  <small v-else-if="props.value === 1">For a calendar of absences.</small>
  <small v-else>For a calendar of shifts you would take.</small>
</div>
"""
USUAL = ": <b>noc</b>, <b>not oncall</b>, <b>prefer oncall</b>"
OWN = ": your team’s own words, see Team"
HOLIDAYS = "Holiday lists are often marked free."
TAGS_DECIDE = "For calendars of which every event counts. Where tags decide, they decide for these, too."


def label_of(tags: Tags) -> str:
    """How each mode is explained. A team's own words are not written into it: it is a template."""
    return LABEL % (USUAL if tags == Tags() else OWN)


class ChoiceRow:
    """Shows the draft's choice and changes it; then `touched` is called.

    `look_at` asks for this row's how-part; None: the only calendar there is, always looked at. `label`: see `label_of`.
    """

    def __init__(
        self,
        calendar: CalendarView,
        draft: Draft,
        touched: Callable[[], None],
        look_at: Callable[[int], None] | None,
        label: str,
    ) -> None:
        self._label = label
        self._id, self._name = calendar.id, calendar.name
        self._draft, self._touched, self._look_at = draft, touched, look_at
        self._how: _How | None = None
        self._summary: ui.button | None = None
        self._mode: TextElement | None = None
        with html.li().classes("oc-pick") as self._row:
            self._switch = ui.switch(calendar.name, value=self._choice.is_on, on_change=self._switched)
            if calendar.cause is Cause.NOT_FOUND:
                html.span("Gone from the account").classes("facts")
            if look_at is not None:
                self._summary = ui.button(on_click=lambda: look_at(self._id), color=None).props("flat no-caps")
                self._summary.classes("oc-btn quiet facts")

    @property
    def _choice(self) -> Choice:
        return self._draft.choices[self._id]

    def show(self, forecast: Preview | None, *, is_looked_at: bool) -> None:
        """`forecast`: what the draft's choice would come to, once that is known."""
        self._switch.set_value(self._choice.is_on)
        if is_looked_at and self._how is None:
            with self._row:
                self._how = _How(
                    self._name, self._choice, self._chose_mode, self._chose_free, self._chose_all_day, self._label
                )
            self._row.classes("oc-picked")
        elif not is_looked_at and self._how is not None:
            self._how.box.delete()
            self._how = None
            self._row.classes(remove="oc-picked")
        if self._how is not None:
            self._how.show(self._choice)
        if self._summary is not None:
            words = _in_words(self._choice, forecast)
            tells_numbers = forecast is not None and self._choice.is_on
            self._say_mode(_mode_words(self._choice) if tells_numbers and not is_looked_at else "")
            self._summary.set_text(words)
            self._summary.props["aria-label"] = f"{words}: how the events of {self._name} count"
            self._summary.props["aria-expanded"] = "true" if is_looked_at else "false"

    def _say_mode(self, words: str) -> None:
        """Beside the name, while the button tells numbers instead."""
        if self._mode is None and words:
            with self._row:
                self._mode = TextElement(tag="small", text="")
            self._mode.move(target_index=1)
        if self._mode is not None:
            self._mode.set_text(words)
            self._mode.set_visibility(bool(words))

    # Each of the four also hears what another browser saved, which is in the draft already.

    def _switched(self) -> None:
        if self._switch.value != self._choice.is_on:
            self._draft.switch(self._id, bool(self._switch.value))
            if self._look_at is not None and self._choice.is_on:
                self._look_at(self._id)
            self._touched()

    def _chose_mode(self, mode: Mode) -> None:
        if mode is not self._choice.mode:
            self._draft.count_as(self._id, mode)
            self._touched()

    def _chose_free(self, counts_free: bool) -> None:
        if counts_free != self._choice.counts_free:
            self._draft.count_free(self._id, counts_free)
            self._touched()

    def _chose_all_day(self, counts_all_day: bool) -> None:
        if counts_all_day != self._choice.counts_all_day:
            self._draft.count_all_day(self._id, counts_all_day)
            self._touched()


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
            self._mode.props["aria-label"] = f"How the events of {name} count"
            self._mode.add_slot("label", label)
            self._free = ui.checkbox(
                "Count events marked free", value=choice.counts_free, on_change=lambda event: chose_free(event.value)
            )
            self._all_day = ui.checkbox(
                "Count all-day events", value=choice.counts_all_day, on_change=lambda event: chose_all_day(event.value)
            )
            self._hint = TextElement(tag="small", text="")
            for each in (self._free, self._all_day):
                each.props(f"aria-describedby={self._hint.html_id}")

    def show(self, choice: Choice) -> None:
        self._mode.set_value(choice.mode)
        self._free.set_value(choice.counts_free)
        self._all_day.set_value(choice.counts_all_day)
        decides = choice.mode is not Mode.MATCHING
        self._free.set_enabled(decides)
        self._all_day.set_enabled(decides)
        self._hint.set_text(HOLIDAYS if decides else TAGS_DECIDE)


def _mode_words(choice: Choice) -> str:
    return how_words(choice.mode, counts_free=choice.counts_free, counts_all_day=choice.counts_all_day)


def _in_words(choice: Choice, forecast: Preview | None) -> str:
    if not choice.is_on:
        return "Off"
    return how_many(forecast) if forecast else _mode_words(choice)
