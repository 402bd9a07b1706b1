"""/schedules/{id}/what-if: what would happen with other people, points, limits or roles. Nothing published moves.

/schedules/{id}/what-if/{n} is a try that can be shared with the managers of the schedule.
"""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends
from nicegui import ui

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.errors import NotAllowed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.published.read import read_schedule
from oncall_ui.services.schedules.what_if.views import read_try
from pages.layout import frame
from pages.opening import page
from pages.refresh import LiveView, Wanted
from pages.schedules.rules.reading import members_of, read_rules
from pages.schedules.subnav import SCHEDULES
from pages.schedules.what_if.screen import Found, Screen
from pages.session import login_required, run_as


def register(app: App) -> None:
    logged_in = login_required(app)

    @page("/schedules/{schedule_id:int}/what-if")
    async def new_page(schedule_id: int, me: Annotated[LoggedIn, Depends(logged_in)]) -> None:
        await _open(app, me, schedule_id, None)

    @page("/schedules/{schedule_id:int}/what-if/{try_number:int}")
    async def try_page(schedule_id: int, try_number: int, me: Annotated[LoggedIn, Depends(logged_in)]) -> None:
        await _open(app, me, schedule_id, try_number)


async def _open(app: App, me: LoggedIn, schedule_id: int, number: int | None) -> None:
    view = await run_as(app, me, read_schedule, schedule_id)
    is_manager = view.access.includes(Access.MANAGER)
    if view.is_archived or not view.access.includes(Access.MEMBER) or not (is_manager or view.my_participant_id):
        raise NotAllowed
    if number is not None:
        await run_as(app, me, read_try, schedule_id, number)  # somebody else's try gets "Page not found"
    with frame(app, me, f"Try a change · {view.name}", SCHEDULES):
        screen = Screen(app, me, view, number)
    with ui.context.client.content:
        screen.add_bar()
    live = LiveView(app, me, _Reader(app, me, screen).read, screen.show, of_schedule=schedule_id)
    screen.refresh = live.refresh
    await live.first()


class _Reader:
    """Reads in a thread what the page shows: the schedule as it is set, and the try if there is one."""

    def __init__(self, app: App, me: LoggedIn, screen: Screen) -> None:
        self._app, self._me, self._screen = app, me.member.id, screen

    def read(self, _: Wanted) -> Found:
        app, me, screen = self._app, self._me, self._screen
        rules = read_rules(app, me, screen.schedule_id)
        found = read_try(app, me, screen.schedule_id, screen.number) if screen.number is not None else None
        return Found(rules, members_of(app, me), found, datetime.now(UTC))
