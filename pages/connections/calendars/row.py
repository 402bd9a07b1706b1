"""One calendar: mode, and a status that is updated in place; in a connection's card also its name."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.imports.state import State
from oncall_ui.services.connections.views import CalendarView, ConnectionView
from pages.widgets.calendar_status import (
    GiveAnswer,
    Status,
    answer_buttons,
    mode_words,
    stale_words,
    status_of,
    times_words,
)


class CalendarRow:
    """Built once for a calendar; `show` updates it.

    Alone, it is an item of its connection's list. Given `place`, it draws itself there, below `heading`.
    """

    def __init__(
        self,
        connection: ConnectionView,
        calendar: CalendarView,
        give_answer: GiveAnswer,
        place: ui.element | None = None,
        heading: ui.element | None = None,
    ) -> None:
        self._id, self._give_answer = calendar.id, give_answer
        self._name = calendar.name
        self._edit = f"/calendar_connections/{connection.id}"
        self._reconnect = f"/calendar_connections/new/{connection.product}?again={connection.id}"
        self._status = Status("", "")
        self._state: State | None = None
        self._parts: dict[str, ui.element] = {}
        self._row = place or html.li().classes("oc-cal")
        with self._row:
            self._heading = heading or _name(calendar.name)
            self._mode = TextElement(tag="span", text="").classes("mode")
            # The state's word is the box's own text: this saves an element per row.
            with TextElement(tag="div", text="").classes("oc-status").props("role=status") as self._box:
                # Not announced: it changes every minute.
                self._when = TextElement(tag="span", text="").classes("when").props("aria-live=off")
                self._what = TextElement(tag="span", text="")

    def show(self, calendar: CalendarView, zone: ZoneInfo, now: datetime) -> None:
        self._mode.set_text(mode_words(calendar))
        self._show_status(status_of(calendar, zone, now))
        if calendar.state is not self._state:
            self._show_change(calendar.state)
        self._show_progress(calendar)
        self._show_problems(calendar)
        self._show_age(calendar, zone, now)
        asks, is_kept = (
            calendar.needs_you and calendar.suspected_loss is not None,
            bool(calendar.suspected_loss and calendar.suspected_loss.is_kept),
        )
        self._part("answers", asks, self._row, self._both_answers)
        self._part("take", is_kept, self._row, self._take_button)
        is_broken = calendar.state is State.NEEDS_YOU and calendar.suspected_loss is None
        self._part("Reconnect", is_broken, self._row, self._reconnect_button)
        self._part("Choose", calendar.should_choose, self._row, self._choose_link)

    def _show_status(self, status: Status) -> None:
        before, self._status = self._status, status
        self._box.set_text(status.word)
        self._when.set_text(status.when)
        self._what.set_text(status.what)
        if status.css != before.css:
            self._box.classes(add=status.css, remove=before.css or None)
        if why := self._part("why", bool(status.why), self._box, lambda: TextElement(tag="span", text="")):
            assert isinstance(why, TextElement)
            why.classes("why").set_text(status.why)

    def _show_change(self, state: State) -> None:
        before, self._state = self._state, state
        is_off, is_busy = state is State.OFF, state is State.IMPORTING
        self._row.classes(add="is-off" if is_off else None, remove=None if is_off else "is-off")
        # While it is busy, screen readers wait for the result.
        self._box.props(add="aria-busy=true" if is_busy else None, remove=None if is_busy else "aria-busy")
        if state is State.UP_TO_DATE and before is not None:
            self._row.classes("oc-changed")
        else:
            self._row.classes(remove="oc-changed")

    def _show_age(self, calendar: CalendarView, zone: ZoneInfo, now: datetime) -> None:
        """Next to the status, not in it: a check without changes should not be announced."""
        stale, times = stale_words(calendar, zone, now), times_words(calendar, zone, now)
        self._line("stale", stale, "oc-stale oc-icon oc-i-clock")
        if self._box.props.get("title", "") != times:
            self._box.props["title"] = times

    def _line(self, key: str, words: str, css: str) -> None:
        if line := self._part(key, bool(words), self._row, lambda: TextElement(tag="p", text="").classes(css)):
            assert isinstance(line, TextElement)
            line.set_text(words)

    def _show_progress(self, calendar: CalendarView) -> None:
        if bar := self._part("bar", calendar.state is State.IMPORTING, self._row, self._progress_bar):
            assert isinstance(bar, ui.linear_progress)
            share = calendar.progress_share
            if share is not None:
                bar.set_value(share)
            if bar.props.get("indeterminate", False) is not (share is None):
                bar.props["indeterminate"] = share is None

    def _show_problems(self, calendar: CalendarView) -> None:
        has_problems = bool(calendar.problems) and calendar.state is not State.OFF
        if fold := self._part("problems", has_problems, self._row, _Problems):
            assert isinstance(fold, _Problems)
            fold.show(calendar)

    def _part(self, key: str, is_wanted: bool, place: ui.element, draw: Callable[[], ui.element]) -> ui.element | None:
        """An element that is built only while it is needed; most rows have none, which keeps the page small."""
        if is_wanted and key not in self._parts:
            with place:
                self._parts[key] = draw()
        elif not is_wanted and key in self._parts:
            self._parts.pop(key).delete()
        return self._parts.get(key)

    def _progress_bar(self) -> ui.element:
        bar = ui.linear_progress(show_value=False, color=None).props("track-color=none").classes("oc-bar")
        bar.props["aria-label"] = self._name
        return bar

    def _reconnect_button(self) -> ui.element:
        button = ui.button("Reconnect", on_click=lambda: ui.navigate.to(self._reconnect), color=None)
        return button.props("unelevated no-caps").classes("oc-btn main small")

    def _both_answers(self) -> ui.element:
        return answer_buttons(self._id, self._give_answer, about=self._heading.html_id)

    def _take_button(self) -> ui.element:
        return answer_buttons(self._id, self._give_answer, may_keep=False, about=self._heading.html_id)

    def _choose_link(self) -> ui.element:
        return ui.link("Choose how", self._edit).classes("oc-btn small")


def _name(name: str) -> ui.element:
    heading = TextElement(tag="b", text=name).classes("name oc-clip")
    heading.props["title"] = name
    return heading


class _Problems(ui.element):
    """What couldn't be read: a single element, however many lines."""

    def __init__(self) -> None:
        super().__init__("details")
        self.classes("oc-problems")
        with self:
            TextElement(tag="summary", text="Show what couldn’t be read")
            self._lines = TextElement(tag="div", text="")

    def show(self, calendar: CalendarView) -> None:
        self._lines.set_text("\n".join(calendar.problems))
