"""What /schedules shows before there is a schedule: what it takes, the way there, and what comes of it."""

from datetime import UTC, datetime

from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.domain.availability.window import days_from
from oncall_ui.domain.imports.freshness import Freshness
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.team.grid import TeamView, read_team
from pages.schedules.list.example import ROLES, WEEKS, example, example_start
from pages.schedules.plan.grid import WeekGrid
from pages.schedules.plan.weeks import week_rows
from pages.schedules.subnav import SCHEDULES
from pages.session import run_as
from pages.widgets.forms.steps import steps

PROMISE = (
    "Say who can be on call, when shifts begin and what matters. You get a draft that is proven best, with the reason "
    "for each shift. Nothing is published before you say so."
)
SAID = f"{WEEKS} weeks of your team, from the calendars as they are now. Not planned yet, and not saved"
LEAST = 2
"""With fewer people there is nothing to share."""


class Empty:
    """Drawn when it is first shown."""

    def __init__(self, app: App, me: LoggedIn) -> None:
        self._app, self._me = app, me
        self._place = html.div().classes("oc-stack")
        self._place.set_visibility(False)
        self._is_drawn = False

    def show(self, *, is_shown: bool) -> None:
        self._place.set_visibility(is_shown)
        if not is_shown or self._is_drawn:
            return
        self._is_drawn = True
        with self._place, html.section().classes("oc-card oc-start").props("aria-labelledby=first"):
            with html.div():
                html.h2("Create the first schedule").props("id=first")
                html.p(PROMISE)
                with html.p():
                    ui.link("New schedule", f"{SCHEDULES}/new").classes("oc-btn main oc-icon oc-i-plus")
                    ui.link("Coming from another tool?", f"{SCHEDULES}/new?start=rota").classes("oc-btn quiet")
            self._steps = html.div()
        with self._place:
            ui.timer(0, self._fill, once=True)

    async def _fill(self) -> None:
        """What depends on the team."""
        now = datetime.now(UTC)
        first = example_start(now.astimezone(self._me.member.tz).date())
        window = days_from(first, self._me.member.tz, 7 * WEEKS)
        team = await run_as(self._app, self._me, read_team, window, now)
        if self._steps.is_deleted:
            return
        connected = sum(each.freshness is not Freshness.NOTHING_CONNECTED for each in team.members)
        of_all = f"{connected} of {len(team.members)} members have connected a calendar"
        with self._steps:
            steps(
                [
                    f"**{of_all}**. The others can add days.",
                    "**Shifts from rules**: weeks, days or nights, with a picture of what they give",
                    "**A draft, then publish**: to calendars and to your own programs",
                ]
            )
        if len(team.members) >= LEAST:
            self._draw_example(team, now)

    def _draw_example(self, team: TeamView, now: datetime) -> None:
        zone = self._me.member.tz
        first = team.window.start.astimezone(zone).date()
        slots = example(team, first, zone)
        with self._place, html.section().classes("oc-card oc-example").props("aria-labelledby=example"):
            with html.div().classes("oc-card-head"), html.div().classes("grow"):
                html.h2("For example").props("id=example")
                html.p(SAID).classes("oc-sub")
            grid = WeekGrid(ROLES, lambda _: None, self._me.member.id, css="small")
        grid.show(week_rows(slots, first, WEEKS, zone, now, {}))
