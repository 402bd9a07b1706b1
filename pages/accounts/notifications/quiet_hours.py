"""The card `Quiet hours`: what is chosen applies at once."""

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.schedules.messages.timing import Quiet
from oncall_ui.errors import InvalidInput
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.accounts.quiet_hours import choose_quiet_hours
from pages.session import run_as

HOURS = {hour: f"{hour:02}:00" for hour in range(24)}
HOLD, THROUGH = "Hold messages at night", "Except what can’t wait"


class QuietHoursCard:
    """Draws it."""

    def __init__(self, app: App, me: LoggedIn, quiet: Quiet) -> None:
        self._app, self._me, self._kept = app, me, quiet
        with html.section().classes("oc-card").props("aria-labelledby=quiet"):
            with html.div().classes("oc-card-head"):
                html.h2("Quiet hours").props("id=quiet")
            with html.div().classes("oc-rule publish-rule"):
                with html.p(HOLD):
                    self._arrive = TextElement(tag="small", text="")
                self._is_on = self._switch(HOLD, quiet.is_on)
            with html.div().classes("oc-rule quiet-hours"):
                with html.p("From, until"):
                    place = me.member.zone.rpartition("/")[2].replace("_", " ")
                    html.small(f"{place} time")
                with html.div():
                    self._begin = self._select("Quiet from", quiet.begin)
                    self._end = self._select("Quiet until", quiet.end)
            with html.div().classes("oc-rule"):
                with html.p(THROUGH):
                    html.small("Handovers, and shifts, gaps and conflicts that are near")
                self._through = self._switch(THROUGH, quiet.lets_urgent_through)
            self._problem = TextElement(tag="p", text="").classes("oc-problem quiet-problem").props("role=alert")
        self._show()

    def _switch(self, name: str, value: bool) -> ui.switch:
        switch = ui.switch(value=value, on_change=self._chosen)
        switch.props["aria-label"] = name
        return switch

    def _select(self, name: str, value: int) -> ui.select:
        select = ui.select(HOURS, value=value, on_change=self._chosen)
        select.props("outlined dense options-dense no-error-icon").props["aria-label"] = name
        return select

    async def _chosen(self) -> None:
        quiet = Quiet(bool(self._is_on.value), self._begin.value, self._end.value, bool(self._through.value))
        if quiet == self._kept:
            return
        try:
            await run_as(self._app, self._me, choose_quiet_hours, quiet)
        except InvalidInput as error:
            self._problem.set_text(error.sentence)
            self._begin.set_value(self._kept.begin)
            self._end.set_value(self._kept.end)
            return
        self._kept = quiet
        self._problem.set_text("")
        self._show()

    def _show(self) -> None:
        self._arrive.set_text(
            f"They arrive at {HOURS[self._kept.end]}" if self._kept.is_on else "They arrive at any time"
        )
        for each in (self._begin, self._end, self._through):
            each.set_enabled(self._kept.is_on)
