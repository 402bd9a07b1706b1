"""/schedules/new: three steps from people to a first draft, a fourth with an old rota. Nothing is sent to anybody."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response
from nicegui import app as web
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.schedules.rota_import.table import LARGEST
from oncall_ui.errors import InvalidInput
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.published.read import list_schedules
from oncall_ui.services.schedules.rota_import.reading import read_rota_file_for_new
from oncall_ui.services.schedules.rota_import.start import StartPreview
from oncall_ui.services.team.grid import TeamMember, read_team
from pages.layout import frame
from pages.opening import page
from pages.schedules.editors.fillers import schedule_fillers
from pages.schedules.editors.holidays import Known, known_holidays
from pages.schedules.new.choices import Choices, first_choices
from pages.schedules.new.create import create, preview
from pages.schedules.new.history_step import HistoryStep
from pages.schedules.new.old_rota import KEPT_FIRST, OldRota, choices_from
from pages.schedules.new.people_step import PeopleStep
from pages.schedules.new.priorities_step import PrioritiesStep
from pages.schedules.new.shifts_step import ShiftsStep
from pages.schedules.new.start_card import ROUTE, StartCard, place_now
from pages.schedules.rota_import.upload import Uploads
from pages.schedules.subnav import SCHEDULES
from pages.session import login_required, run_as
from pages.widgets.forms.fields import busy, is_busy
from pages.widgets.forms.form_dialog import FormDialog

NAMES = ("People", "Shifts", "Priorities", "History")
"""The last one only with an old rota."""
LEADS = (
    "A few steps, about two minutes. Nothing is sent to anyone until you publish.",
    "Say when shifts begin. Each one lasts until the next begins.",
    "These defaults suit most teams.",
    "Shifts from before count toward everyone’s balance, so that the first plan makes up for them.",
)
STEP_OF: Mapping[str, int] = {
    "Name": 0,
    "Time zone": 0,
    "People": 0,
    "Share": 0,
    "Until": 0,
    "Days": 0,
    "File": 0,
    "Limits": 2,
    "Count from": 3,
}
"""Field of a refusal → step; what isn't here is about shifts."""
PEOPLE, SHIFTS, PRIORITIES, HISTORY = range(4)
Step = PeopleStep | ShiftsStep | PrioritiesStep | HistoryStep


def register(app: App) -> None:
    uploads, logged_in = Uploads(ROUTE, LARGEST), login_required(app)

    @page("/schedules/new")
    async def new_schedule(me: Annotated[LoggedIn, Depends(logged_in)], start: str = "") -> None:
        """`start=rota` opens the card for teams that come from another tool."""
        now = datetime.now(UTC)
        team = await run_as(app, me, read_team, Window(now, now + timedelta(days=1)), now)
        others = await run_as(app, me, list_schedules, now)
        with frame(app, me, "New schedule", SCHEDULES):
            screen = _Screen(app, me, team.members, schedule_fillers(others), uploads, is_open=start == "rota")
        with ui.context.client.content:
            screen.add_bar()

    @web.post(ROUTE)
    async def old_rota(page: str, request: Request, me: Annotated[LoggedIn, Depends(logged_in)]) -> Response:
        return await uploads.take(page, request, me)


class _Screen:
    """One step at a time is drawn; what the others hold is in `_choices`."""

    def __init__(
        self,
        app: App,
        me: LoggedIn,
        members: tuple[TeamMember, ...],
        schedules: Mapping[str, str],
        uploads: Uploads,
        *,
        is_open: bool,
    ) -> None:
        self._is_open = is_open
        self._app, self._me, self._members, self._schedules, self._uploads = app, me, members, schedules, uploads
        self._names = {member.id: member.name for member in members}
        today = datetime.now(me.member.tz).date()
        self._choices = first_choices("", me.member.tz, today, [member.id for member in members])
        self._before = self._choices
        """What was chosen before an old rota changed it."""
        self._old: OldRota | None = None
        self._number = 0
        with html.header().classes("oc-head"), html.div():
            ui.link("Schedules", SCHEDULES).classes("oc-back oc-icon oc-i-left")
            html.h1("New schedule")
            self._lead = TextElement(tag="p", text="").classes("oc-lead").props("aria-live=polite")
        self._way = html.ol().classes("new-way").props("aria-label=Steps")
        self._refused = TextElement(tag="p", text="").classes("new-refused oc-icon oc-i-alert").props("role=alert")
        self._place = html.div().classes("new-step")
        self._dialog = FormDialog()

    def add_bar(self) -> None:
        """The bar at the foot of the page."""
        with html.div().classes("oc-save"), html.div().classes("oc-save-inner"):
            self._summary = TextElement(tag="span", text="").classes("grow")
            self._back = ui.button("Back", color=None, on_click=lambda: self._go(self._number - 1))
            self._back.props("flat no-caps").classes("oc-btn quiet")
            self._cancel = ui.link("Cancel", SCHEDULES).classes("oc-btn quiet")
            self._next = ui.button("", color=None, on_click=self._forward).props("unelevated no-caps")
            self._next.classes("oc-btn main")
        self._step = self._draw_step(0, None)

    async def _forward(self) -> None:
        choices = self._step.read()
        if choices is None or is_busy(self._next):
            return
        self._choices = choices
        if self._number + 1 < self._steps:
            await self._go(self._number + 1)
            return
        try:
            with busy(self._next):
                ui.navigate.to(await run_as(self._app, self._me, create, self._choices, self._old))
        except InvalidInput as error:
            await self._refuse(error)

    async def _refuse(self, error: InvalidInput) -> None:
        """Opens the step of the field, with what was typed, and says what is wrong with it."""
        if self._refused.is_deleted:
            return
        await self._go(STEP_OF.get(error.field, SHIFTS))
        self._refused.set_text(error.sentence)
        self._refused.set_visibility(True)
        if isinstance(self._step, PeopleStep):
            self._step.refuse(error.sentences)

    async def _go(self, number: int) -> None:
        known = None
        if number == HISTORY and not await self._read_again():
            return
        if number == SHIFTS:
            chosen = self._choices
            known = await asyncio.to_thread(known_holidays, chosen.country, chosen.region, chosen.start)
        if not self._place.is_deleted:
            self._step = self._draw_step(number, known)
        if isinstance(self._step, HistoryStep):
            await self._step.recount()

    async def _read_again(self) -> bool:
        """A file whose days and hours mean something else by now. Returns whether it could be read."""
        old, place = self._old, place_now(self._choices)
        if old is None or old.data is None or old.place == place:
            return True
        try:
            rota = await read_rota_file_for_new(self._app, self._me.member.id, place, old.data)
        except InvalidInput as error:
            await self._refuse(error)
            return False
        self._old = replace(old, rota=rota, place=place)
        return True

    async def _took(self, old: OldRota | None) -> None:
        """An old rota was read: its people, roles and rules are chosen. None: as it was before."""
        now = self._chosen()
        if old is None:
            self._choices = replace(self._before, name=now.name)
        else:
            self._before, self._choices = now, choices_from(now, old)
            keep = self._choices.start + KEPT_FIRST if old.has_coming(self._choices) else None
            old = replace(old, keep_until=keep)
        self._old = old
        await self._go(PEOPLE)

    def _chosen(self) -> Choices:
        return self._step.typed() if isinstance(self._step, PeopleStep) else self._choices

    async def _preview(self, old: OldRota) -> StartPreview:
        return await run_as(self._app, self._me, preview, self._choices, old)

    def _keep_old(self, old: OldRota) -> None:
        self._old = old

    @property
    def _steps(self) -> int:
        return len(NAMES) if self._old is not None else HISTORY

    def _draw_step(self, number: int, known: Known | None) -> Step:
        self._number = number
        self._place.clear()
        last = number + 1 == self._steps
        self._lead.set_text(LEADS[number])
        self._refused.set_visibility(False)
        self._summary.set_text(f"Step {number + 1} of {self._steps}" + (", nothing is published yet" if last else ""))
        self._next.set_text("Create draft" if last else f"Next: {NAMES[number + 1]}")
        self._back.set_visibility(number > 0)
        self._cancel.set_visibility(number == 0)
        self._show_way()
        with self._place:
            if known is not None:
                return ShiftsStep(self._choices, self._names, self._schedules, known, self._keep)
            if number == PRIORITIES:
                return PrioritiesStep(self._choices, self._names, self._keep)
            if number == HISTORY and self._old is not None:
                return HistoryStep(self._choices, self._old, self._names, self._preview, self._keep_old)
            with html.div().classes("oc-stack"):
                StartCard(
                    self._app,
                    self._me,
                    self._uploads,
                    self._dialog,
                    self._old,
                    self._chosen,
                    self._took,
                    is_open=self._is_open,
                )
                return PeopleStep(self._choices, self._members, self._keep, invites=self._me.member.is_admin)

    def _keep(self, choices: Choices) -> None:
        self._choices = choices

    def _show_way(self) -> None:
        self._way.clear()
        with self._way:
            for number, name in enumerate(NAMES[: self._steps]):
                self._way_to(number, name)

    def _way_to(self, number: int, name: str) -> None:
        is_done = number < self._number
        with html.li().classes("done" if is_done else "") as item:
            if is_done:
                button = html.button().props("type=button").on("click", lambda: self._go(number))
            with button if is_done else item:
                html.i("✓" if is_done else str(number + 1)).props("aria-hidden=true")
                html.span(name)
        if number == self._number:
            item.props("aria-current=step")
