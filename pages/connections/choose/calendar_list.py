"""The calendars of a connection, a page of them at a time, found by name or by being switched on."""

from collections.abc import Callable, Sequence

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.services.connections.views import CalendarView
from pages.connections.choose.draft import Draft
from pages.connections.choose.preview_panel import CALENDARS
from pages.connections.choose.row import ChoiceRow, PreviewOf

AT_ONCE = 20
"""Rows drawn at once. An account can have hundreds of calendars, and a page stays below 200 elements."""


class CalendarList:
    """`changed` is called after each change of the draft, and when other rows are drawn.

    `select`, `label`: see `ChoiceRow`.
    """

    def __init__(self, draft: Draft, changed: Callable[[], None], select: Callable[[int], None], label: str) -> None:
        self._draft, self._changed, self._select, self._label = draft, changed, select, label
        self._calendars: Sequence[CalendarView] = ()
        self._found: list[CalendarView] = []
        self._first = 0
        self._rows: dict[int, ChoiceRow] = {}
        with html.div().classes("oc-card oc-choose-list").props(f"id={CALENDARS} tabindex=-1"):
            self._tools = _Tools(self._filter)
            self._list = html.ul().classes("oc-rows oc-choices")
            self._list.props('aria-label="Calendars on this connection"')
            self._pager = _Pager(self._turn)

    def build(self, calendars: Sequence[CalendarView]) -> None:
        """Draws the rows of these calendars. In a long list those that are on come first."""
        is_long = len(calendars) > AT_ONCE
        self._calendars = sorted(calendars, key=lambda each: not each.is_on) if is_long else calendars
        self._tools.box.set_visibility(is_long)
        self._pager.box.set_visibility(is_long)
        self._find()
        self._draw()

    def show(self, selected: int | None, preview_of: PreviewOf, times: str) -> None:
        """`times`: when the selected calendar was checked and will be."""
        for calendar_id, row in self._rows.items():
            row.show(preview_of, times, is_selected=calendar_id == selected)

    def _filter(self) -> None:
        self._first = 0
        self._find()
        self._draw()
        self._changed()

    def _turn(self, pages: int) -> None:
        first = self._first + pages * AT_ONCE
        if 0 <= first < len(self._found):
            self._first = first
            self._draw()
            self._changed()

    def _find(self) -> None:
        # Only when asked: a row that is switched off under "Only switched on" stays where it is.
        name, only_on = self._tools.name, self._tools.only_on
        self._found = [
            each
            for each in self._calendars
            if name in each.name.casefold() and (self._draft.choices[each.id].is_on or not only_on)
        ]

    def _draw(self) -> None:
        self._first = min(self._first, max(len(self._found) - 1, 0) // AT_ONCE * AT_ONCE)
        drawn = self._found[self._first : self._first + AT_ONCE]
        select = self._select if len(self._calendars) > 1 else None
        self._list.clear()
        with self._list:
            if not drawn:
                html.li(self._nothing()).classes("oc-pick oc-sub")
            self._rows = {each.id: ChoiceRow(each, self._draft, self._changed, select, self._label) for each in drawn}
        self._pager.show(self._first, len(drawn), len(self._found))

    def _nothing(self) -> str:
        return "No calendar matches." if self._calendars else "This connection has no calendars."


class _Tools:
    """Search by name and the filter above a long list."""

    def __init__(self, changed: Callable[[], None]) -> None:
        with html.div().classes("oc-choose-tools") as self.box:
            self._search = ui.input("Search calendars", on_change=changed)
            self._search.props("outlined dense stack-label clearable debounce=200 type=search")
            self._only = ui.checkbox("Only switched on", on_change=changed)

    @property
    def name(self) -> str:
        return str(self._search.value or "").strip().casefold()

    @property
    def only_on(self) -> bool:
        return bool(self._only.value)


class _Pager:
    """Which rows are drawn, and the way to the others."""

    def __init__(self, turn: Callable[[int], None]) -> None:
        with html.div().classes("oc-choose-pager") as self.box:
            self._where = TextElement(tag="span", text="").props("role=status")
            self._previous = _button("Previous", lambda: turn(-1))
            self._next = _button("Next", lambda: turn(1))

    def show(self, first: int, drawn: int, total: int) -> None:
        where = f"{first + 1:,} – {first + drawn:,} of {total:,}" if total else "0"
        self._where.set_text(f"{where} calendars")
        # Not `disabled`: the button that was just pressed would lose the focus.
        self._previous.props["aria-disabled"] = "true" if first == 0 else "false"
        self._next.props["aria-disabled"] = "true" if first + drawn >= total else "false"


def _button(word: str, press: Callable[[], None]) -> ui.button:
    button = ui.button(word, on_click=press, color=None).props("flat no-caps")
    return button.classes("oc-btn quiet")
