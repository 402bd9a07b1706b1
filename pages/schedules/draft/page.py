"""/schedules/{id}/drafts/{n}: a draft while it is planned, when it failed, and to be reviewed and published."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends
from nicegui import ui

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.errors import NotAllowed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.drafts.outdated import read_changes
from oncall_ui.services.schedules.drafts.review import Review, read_review
from oncall_ui.services.schedules.drafts.views import read_draft
from oncall_ui.services.schedules.published.read import read_schedule
from pages.layout import frame
from pages.opening import page
from pages.refresh import LiveView, Wanted
from pages.schedules.draft.screen import Screen
from pages.session import login_required, run_as


def register(app: App) -> None:
    @page("/schedules/{schedule_id}/drafts/{number}")
    async def draft_page(schedule_id: int, number: int, me: Annotated[LoggedIn, Depends(login_required(app))]) -> None:
        view = await run_as(app, me, read_schedule, schedule_id)
        if not view.access.includes(Access.MANAGER):
            raise NotAllowed
        await run_as(app, me, read_draft, schedule_id, number)  # a try's number, too, gets “Page not found”
        with frame(app, me, f"Draft for {view.name}", "/schedules"):
            screen = Screen(app, me, view, number)
        with ui.context.client.content:
            screen.add_bar()
        live = LiveView(app, me, _Reader(app, me, schedule_id, number).read, screen.show, of_schedule=schedule_id)
        changes = LiveView(
            app,
            me,
            lambda _: read_changes(app, me.member.id, schedule_id, number),
            screen.show_changes,
            of_team=True,
            of_schedule=schedule_id,
        )
        screen.hold_before_leaving(live, changes)
        await live.first()
        changes.refresh()


class _Reader:
    """Reads the draft in a thread; keeps the last reading, so that a plan is counted once."""

    def __init__(self, app: App, me: LoggedIn, schedule_id: int, number: int) -> None:
        self._app, self._member, self._schedule_id, self._number = app, me.member.id, schedule_id, number
        self._last: Review | None = None

    def read(self, _: Wanted) -> tuple[Review, datetime]:
        self._last = read_review(self._app, self._member, self._schedule_id, self._number, self._last)
        return self._last, datetime.now(UTC)
