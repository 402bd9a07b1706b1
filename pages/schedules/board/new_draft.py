"""The dialog that asks for a draft: the weeks after what is published, or any others."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.drafts.drafts import AHEAD, EXTENDED_WEEKS, USUAL_WEEKS, create_draft, extend
from oncall_ui.services.schedules.published.read import ScheduleView
from pages.schedules.subnav import schedule_route
from pages.session import run_as
from pages.widgets.dates import count
from pages.widgets.forms.fields import field, refuse_all
from pages.widgets.forms.form_dialog import FormDialog

WEEKS = (4, 6, 8, 12, 26, 52)
KEPT = "Nothing changes, and nobody gets an email, until you publish the draft."
MOVES = "These weeks are published already. The draft keeps what it can and shows every change."


class NewDraft:
    """One per page. Leads to the draft it creates."""

    def __init__(self, app: App, me: LoggedIn, view: Callable[[], ScheduleView]) -> None:
        self._app, self._me, self._view = app, me, view
        self._dialog = FormDialog()

    def open(self) -> None:
        view = self._view()
        published = _published_to(view)
        with self._dialog.open("New draft", "Create draft", self._create):
            html.p(KEPT)
            first = published or datetime.now(ZoneInfo(view.zone)).date() + AHEAD
            self._from = field("From", value=first.isoformat(), kind="date")
            weeks = EXTENDED_WEEKS if published else USUAL_WEEKS
            options = {number: count(number, "week") for number in WEEKS}
            self._weeks = ui.select(options, value=weeks, label="Length").props("outlined dense stack-label")
            self._note = html.p(MOVES).classes("oc-note oc-icon oc-i-alert")
            self._note.set_visibility(False)
            self._from.on_value_change(self._say)

    def _say(self) -> None:
        published, first = _published_to(self._view()), _as_date(self._from.value)
        self._note.set_visibility(published is not None and first is not None and first < published)

    async def _create(self) -> None:
        view, first = self._view(), _as_date(self._from.value)
        if first is None:
            refuse_all([self._from], {"From": "Enter a day."})
            return
        weeks = int(self._weeks.value or USUAL_WEEKS)
        try:
            number = await self._ask(view, first, weeks)
        except InvalidInput as error:
            refuse_all([self._from, self._weeks], {error.field if error.field == "From" else "Length": error.sentence})
            return
        except NotAllowed:
            self._dialog.close()
            raise
        self._dialog.close()
        ui.navigate.to(schedule_route(view.id, "drafts", number))

    async def _ask(self, view: ScheduleView, first: date, weeks: int) -> int:
        if first == _published_to(view):
            return await run_as(self._app, self._me, extend, view.id, weeks)
        return await run_as(self._app, self._me, create_draft, view.id, first, first + timedelta(weeks=weeks))


def _published_to(view: ScheduleView) -> date | None:
    """The day the published plan ends on, if that is still to come."""
    if view.published_until is None or view.published_until <= datetime.now(UTC):
        return None
    return view.published_until.astimezone(ZoneInfo(view.zone)).date()


def _as_date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
