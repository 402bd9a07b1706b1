"""The one menu of all rows: it moves to the button that was pressed, and shows what can be done to that row."""

from collections.abc import Callable
from dataclasses import dataclass

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from pages.accounts.members.words import Row
from pages.layout import MenuItem

Do = Callable[[Row], object]
LAST = "Make someone else an administrator first"
# Arrow keys, Home and End, as in every menu; Quasar knows Tab and Escape.
KEYS = """(event) => {
    const items = [...event.currentTarget.querySelectorAll("[role=menuitem]")].filter((each) => each.offsetParent);
    const here = items.indexOf(document.activeElement), last = items.length - 1;
    const to = {ArrowDown: here < last ? here + 1 : 0, ArrowUp: here > 0 ? here - 1 : last, Home: 0, End: last};
    if (!(event.key in to)) return;
    event.preventDefault();
    items[to[event.key]].focus();
}"""

# Closed, the focus goes back to the button, unless a dialog has taken it meanwhile.
MARK = """{
    const button = document.getElementById("%s"), isOpen = %s;
    button?.setAttribute("aria-expanded", isOpen);
    if (!isOpen) setTimeout(() => {
        const here = document.activeElement;
        if (here === document.body || here.closest(".members-menu")) button?.focus();
    }, 200);
}"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu, for members, for invitations, or for both."""

    words: str
    icon: str
    do: Do
    for_members: bool = True
    for_invited: bool = False


class RowMenu:
    """Drawn once."""

    def __init__(self, entries: list[Entry]) -> None:
        self._row: Row | None = None
        self._button = ""
        self._lines: list[tuple[Entry, MenuItem, TextElement]] = []
        with ui.menu().props("no-parent-event role=menu anchor='bottom right'") as self.menu:
            self.menu.props("self='top right'").classes("members-menu")
            self.menu.on("keydown", js_handler=KEYS)
            for entry in entries:
                self._draw(entry)
        self.menu.on_value_change(lambda event: self._mark(is_open=bool(event.value)))

    def open(self, row: Row, button: str, *, absent: frozenset[str], is_last: bool) -> None:
        """At the element with the id `button`, without the `absent` entries."""
        self._row, self._button = row, button
        for entry, item, why in self._lines:
            is_offered = entry.for_invited if row.is_invited else entry.for_members
            item.set_visibility(is_offered and entry.words not in absent)
            is_barred = is_last and entry.words in {"Change role", "Remove"}
            item.props(f"aria-disabled={'true' if is_barred else 'false'}")
            why.set_visibility(is_barred)
        self.menu.props["target"] = f"#{button}"
        self.menu.props["aria-label"] = row.name
        self.menu.open()

    def _draw(self, entry: Entry) -> None:
        def press() -> object:
            is_barred = item.props.get("aria-disabled") == "true"
            return entry.do(self._row) if self._row and not is_barred else None

        is_ending = entry.words in {"Remove", "Revoke"}
        item = MenuItem(entry.words, press).classes(f"oc-icon oc-i-{entry.icon}{' members-end' if is_ending else ''}")
        with item:
            why = html.small(LAST)
        self._lines.append((entry, item, why))

    def _mark(self, *, is_open: bool) -> None:
        ui.run_javascript(MARK % (self._button, "true" if is_open else "false"))
