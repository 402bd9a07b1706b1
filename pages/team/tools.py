"""The tools above the grid: part of a name, a day, and the state members are in on that day."""

from collections.abc import Callable, Mapping
from datetime import date

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from pages.team.address import LONGEST_NAME, Chosen, as_date
from pages.team.cells import Filter
from pages.widgets.dates import day_words
from pages.widgets.forms.fields import field

WORDS = {Filter.ALL: "All", Filter.AVAILABLE: "Available", Filter.BLOCKED: "Blocked", Filter.PREFERS: "Prefers"}


class Tools:
    """Built once. Calls `changed` when the name or the filter changes, and `go_to` with a day that can be shown."""

    def __init__(self, chosen: Chosen, changed: Callable[[], None], go_to: Callable[[date], None]) -> None:
        self._go_to = go_to
        self._today = self._last = date.min
        self._is_written = False
        with html.div().classes("team-tools"):
            self._name = field("Name", value=chosen.name, kind="search", autocomplete="off").props("debounce=200")
            self._name.props.update(placeholder="Find a name", maxlength=LONGEST_NAME)
            self._name.on_value_change(changed)
            with html.div().classes("team-show"):
                self._choice = ui.toggle(WORDS, value=chosen.show, on_change=changed).classes("oc-seg")
                self._choice.props("unelevated no-caps toggle-color=none toggle-text-color=none role=group")
                self._on = TextElement(tag="span", text="").classes("oc-sub")
            self._day = field("Go to", kind="date").props("debounce=400")
            self._day.validation = self._refusal
            self._day.on_value_change(lambda event: self._typed(event.value))

    @property
    def name(self) -> str:
        return (self._name.value or "").strip()[:LONGEST_NAME]

    @property
    def filter(self) -> Filter:
        return Filter(self._choice.value or Filter.ALL)

    def limit(self, first: date, last: date) -> None:
        """The days that can be chosen, `first` being today."""
        self._today, self._last = first, last
        self._day.props["min"] = first.isoformat()
        self._day.props["max"] = last.isoformat()

    def show(self, day: date, counts: Mapping[Filter, int]) -> None:
        """The day chosen, and how many members are in each state on it."""
        words = {show: f"{word} {counts[show]:,}" for show, word in WORDS.items()}
        if words != self._choice.options:
            self._choice.set_options(words)
        on = day_words(day, self._today)
        self._on.set_text(f"on {on}")
        self._choice.props["aria-label"] = f"Filter members by their state on {on}"

    def set_day(self, day: date) -> None:
        """Writes the day into its field, without going there."""
        self._is_written = True
        self._day.set_value(day.isoformat())
        self._is_written = False

    def _typed(self, typed: str | None) -> None:
        day = as_date(typed)
        if day is None or self._is_written:
            return
        if self._refusal(typed):
            self._day.props["aria-invalid"] = "true"
        else:
            self._go_to(day)

    def _refusal(self, typed: str | None) -> str | None:
        """What is wrong with the day typed; None if nothing is, or if it isn't complete yet."""
        day = as_date(typed)
        if day is None or self._today <= day <= self._last:
            return None
        first, last = day_words(self._today, self._today), day_words(self._last, self._today)
        return f"Choose a day between {first} and {last}."
