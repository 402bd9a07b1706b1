"""The filters of the audit log: text, who, what, and the first and last day. On phones all but the text fold away."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from nicegui import html, ui

from oncall_ui.services.audit.query import COMMAND_LINE
from pages.admin.address import LONGEST_TEXT, Chosen, as_date
from pages.widgets.audit import words as audit_words
from pages.widgets.forms.fields import field, forgive, refuse

EVERYBODY, EVERYTHING = -1, ""
BACKWARDS = "This is before the first day. Choose a later day."


class Filters:
    """Built once. Calls `changed` when what is chosen may have changed."""

    def __init__(self, chosen: Chosen, people: Mapping[int, str], today: date, changed: Callable[[], Any]) -> None:
        self._today, self._is_written = today, False
        self._changed = changed
        with html.div().classes("oc-filters").props('role=search aria-label="Filter the log"') as self._row:
            self._text = field("Search", value=chosen.text, kind="search", autocomplete="off")
            self._text.props("debounce=250").classes("grow")
            self._text.props.update(placeholder="Name, email or address", maxlength=LONGEST_TEXT)
            self._fold = ui.button("Filters", color=None, on_click=self._turn).props("unelevated no-caps")
            self._fold.classes("oc-btn fold oc-icon oc-i-slider").props("aria-expanded=false")
            self._who = _select("Who", self._people(chosen, people), EVERYBODY if chosen.who is None else chosen.who)
            self._what = _select("What", {EVERYTHING: "Everything", **audit_words.SUBJECTS}, chosen.subject)
            self._first = field("From", kind="date").props("debounce=400")
            self._last = field("To", kind="date").props("debounce=400")
        self.write(chosen)
        for entry in (self._text, self._who, self._what, self._first, self._last):
            entry.on_value_change(self._on_change)
        if chosen != Chosen(chosen.text):
            self._turn()

    @property
    def chosen(self) -> Chosen | None:
        """None while the days can't be read, or are the wrong way round: then the field says so."""
        first, last = as_date(self._first.value), as_date(self._last.value)
        if first and last and first > last:
            if not self._last.error:
                refuse(self._last, BACKWARDS)
            return None
        forgive(self._last)
        return Chosen(
            (self._text.value or "").strip()[:LONGEST_TEXT],
            None if self._who.value == EVERYBODY else self._who.value,
            self._what.value or EVERYTHING,
            None if first == Chosen(last=last).first_day(self._today) else first,
            None if last == self._today else last,
        )

    def write(self, chosen: Chosen) -> None:
        """Writes what is chosen into the fields, without calling `changed`."""
        self._is_written = True
        self._text.set_value(chosen.text)
        self._who.set_value(EVERYBODY if chosen.who is None else chosen.who)
        self._what.set_value(chosen.subject)
        self._first.set_value(chosen.first_day(self._today).isoformat())
        self._last.set_value((chosen.last or self._today).isoformat())
        self._is_written = False

    def focus(self) -> None:
        self._text.run_method("focus")

    def _on_change(self) -> Any:
        return None if self._is_written else self._changed()

    def _turn(self) -> None:
        is_open = "open" not in self._row.classes
        self._row.classes(toggle="open")
        self._fold.props(f"aria-expanded={str(is_open).lower()}")

    def _people(self, chosen: Chosen, people: Mapping[int, str]) -> dict[int, str]:
        # Somebody of whom there are no lines, from an address that was passed on: shown, and nothing found.
        unknown = {} if chosen.who in {None, COMMAND_LINE, *people} else {chosen.who: "A member without entries"}
        return {EVERYBODY: "Everyone", **people, **unknown, COMMAND_LINE: audit_words.COMMAND_LINE}  # type: ignore[dict-item]


def _select(label: str, options: Mapping[Any, str], value: Any) -> ui.select:
    select = ui.select(dict(options), label=label, value=value)
    return select.props("outlined dense stack-label no-error-icon options-dense")
