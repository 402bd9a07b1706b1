"""The question before a page with unsaved choices is left."""

from nicegui import ui

from pages.widgets.forms.dialogs import Question
from pages.widgets.forms.leaving import ask_before_leaving, leave_unasked, report_links

HEADING = "Leave without saving?"


class LeaveGuard:
    """Asks while `show` says that there is something to lose: the browser for its own ways, the page for its links."""

    def __init__(self, nickname: str) -> None:
        self._nickname = nickname
        self._asks = self._is_new = False
        self._question = Question()
        ui.on("oncall-leave", lambda event: self._ask(str(event.args)))

    def show(self, *, asks: bool, is_new: bool) -> None:
        """`is_new`: nothing of the connection has been saved yet."""
        self._is_new = is_new
        if asks is not self._asks:
            self._asks = asks
            ask_before_leaving(asks)
            report_links(asks)

    async def _ask(self, route: str) -> None:
        # Check it: a browser can send anything.
        if not route.startswith("/") or route.startswith(("//", "/\\")):
            return
        if not self._asks or await self._question.ask(HEADING, self._sentences(), keep="Stay", lose="Leave"):
            leave_unasked(route)

    def _sentences(self) -> list[str]:
        if not self._is_new:
            return [f"Your changes to {self._nickname} will be lost. What you saved before stays as it is."]
        return [
            f"{self._nickname} stays connected, but off: nothing is imported until you save.",
            "To go on later, choose Edit under Calendars. To remove it, choose Disconnect there.",
        ]
