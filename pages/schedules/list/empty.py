"""What /schedules shows before there is a schedule: what it takes, and the way there."""

from datetime import UTC, datetime, timedelta

from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.imports.freshness import Freshness
from oncall_ui.services.accounts.sessions import LoggedIn
from oncall_ui.services.team.grid import read_team
from pages.schedules.subnav import SCHEDULES
from pages.session import run_as
from pages.widgets.steps import steps

PROMISE = (
    "Say who can be on call, when shifts begin and what matters. You get a draft that is proven best, with the reason "
    "for each shift. Nothing is published before you say so."
)


class Empty:
    """Drawn when it is first shown."""

    def __init__(self, app: App, me: LoggedIn) -> None:
        self._app, self._me = app, me
        self._place = html.section().classes("oc-card").props('aria-label="First schedule"')
        self._place.set_visibility(False)
        self._is_drawn = False

    def show(self, *, is_shown: bool) -> None:
        self._place.set_visibility(is_shown)
        if not is_shown or self._is_drawn:
            return
        self._is_drawn = True
        with self._place, html.div().classes("oc-start"):
            with html.div():
                html.h2("Create the first schedule")
                html.p(PROMISE)
                ui.link("New schedule", f"{SCHEDULES}/new").classes("oc-btn main oc-icon oc-i-plus")
            self._steps = html.div()
            with self._steps:
                ui.timer(0, self._count, once=True)

    async def _count(self) -> None:
        """How many members have connected a calendar."""
        now = datetime.now(UTC)
        team = await run_as(self._app, self._me, read_team, Window(now, now + timedelta(days=1)), now)
        if self._steps.is_deleted:
            return
        all_of_them = len(team.members)
        connected = sum(each.freshness is not Freshness.NOTHING_CONNECTED for each in team.members)
        with self._steps:
            steps(
                [
                    f"**{connected} of {all_of_them} members have connected a calendar**. The others can add days.",
                    "**Shifts from rules**: weeks, days or nights, with a picture of what they give",
                    "**A draft, then publish**: to calendars and to your own programs",
                ]
            )
