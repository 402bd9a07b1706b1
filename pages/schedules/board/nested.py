"""What is said of a slot that another schedule fills: which one, with a link for those who may see it."""

from zoneinfo import ZoneInfo

from nicegui import html, ui

from oncall_ui.services.schedules.published.nested_view import NestedView
from pages.schedules.plan.shift import role_words, span_words
from pages.schedules.subnav import schedule_route

STAYS = "Shifts change hands there, not here."
HIDDEN = "You can’t open that schedule. Its managers can give you access."


class NestedDialog:
    """One per page, filled for each slot."""

    def __init__(self) -> None:
        self._dialog = ui.dialog()

    def open(self, view: NestedView, zone: ZoneInfo) -> None:
        """Shows what was read."""
        self._dialog.clear()
        with self._dialog, html.div().classes("oc-pop oc-ask"):
            title = html.h2(f"Filled by {view.name}")
            when = span_words(view.start, view.end, zone)
            html.p(f"{role_words(view.role)}, {when}. It goes to the {view.inner_role} of {view.name}.")
            html.p(STAYS if view.can_open else HIDDEN)
            with html.div().classes("oc-acts wide"):
                ui.button("Close", color=None, on_click=self._dialog.close).props(
                    "unelevated no-caps autofocus"
                ).classes("oc-btn")
                if view.can_open:
                    ui.link(f"Open {view.name}", schedule_route(view.schedule_id)).classes("oc-btn")
        self._dialog.props(f"aria-labelledby={title.html_id}")
        self._dialog.open()
