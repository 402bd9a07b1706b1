"""What needs a change, above the plan, with the way to the first such shift."""

from collections.abc import Callable

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.schedules.shifts.slot_key import slot_key
from pages.schedules.board.reading import Found
from pages.schedules.board.words import alert_of
from pages.schedules.subnav import REPAIR, schedule_route


class Alert:
    """Hidden while nothing needs a change. `open_shift` is called with the key of a slot."""

    def __init__(self, open_shift: Callable[[str], object]) -> None:
        self._key = ""
        with html.section().classes("oc-alert") as self._box:
            html.i().classes("oc-i oc-i-alert").props("aria-hidden=true")
            with html.div():
                self._heading = TextElement(tag="h2", text="")
                self._sentence = TextElement(tag="p", text="")
            with html.div().classes("oc-acts"):
                self._fixes = ui.link("See the fixes", "").classes("oc-btn main")
                button = ui.button("See the shift", color=None, on_click=lambda: open_shift(self._key))
                button.props("unelevated no-caps").classes("oc-btn")
        self._box.props["aria-labelledby"] = self._heading.html_id
        self._box.set_visibility(False)

    def show(self, found: Found) -> None:
        alert = found.published.drawn(lambda: alert_of(found.view, found.board, found.at), "alert", found.view.zone)
        self._box.set_visibility(alert is not None)
        if alert is not None:
            part = alert.first.part
            self._key = slot_key(part.shift_start, part.role)
            self._fixes.props["href"] = schedule_route(found.view.id, REPAIR)
            self._heading.set_text(alert.heading)
            self._sentence.set_text(alert.sentence)
