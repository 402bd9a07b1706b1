"""/schedules/new: three steps from people to a first draft. Nothing is sent to anybody."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.availability.window import Window
from oncall_ui.errors import InvalidInput
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.published.read import list_schedules
from oncall_ui.services.team.grid import TeamMember, read_team
from pages.layout import frame
from pages.opening import page
from pages.schedules.editors.fillers import schedule_fillers
from pages.schedules.editors.holidays import Known, known_holidays
from pages.schedules.new.choices import Choices, first_choices
from pages.schedules.new.create import create
from pages.schedules.new.people_step import PeopleStep
from pages.schedules.new.priorities_step import PrioritiesStep
from pages.schedules.new.shifts_step import ShiftsStep
from pages.schedules.subnav import SCHEDULES
from pages.session import login_required, run_as
from pages.widgets.forms import busy, is_busy

NAMES = ("People", "Shifts", "Priorities")
LEADS = (
    "Three steps, about two minutes. Nothing is sent to anyone until you publish.",
    "Say when shifts begin. Each one lasts until the next begins.",
    "These defaults suit most teams.",
)
STEP_OF: Mapping[str, int] = {"Name": 0, "Time zone": 0, "People": 0, "Share": 0, "Until": 0, "Days": 0, "Limits": 2}
"""Field of a refusal → step; what isn't here is about shifts."""
SHIFTS = 1


def register(app: App) -> None:
    @page("/schedules/new")
    async def new_schedule(me: Annotated[LoggedIn, Depends(login_required(app))]) -> None:
        now = datetime.now(UTC)
        team = await run_as(app, me, read_team, Window(now, now + timedelta(days=1)), now)
        others = await run_as(app, me, list_schedules, now)
        with frame(app, me, "New schedule", SCHEDULES):
            screen = _Screen(app, me, team.members, schedule_fillers(others))
        with ui.context.client.content:
            screen.add_bar()


class _Screen:
    """One step at a time is drawn; what the others hold is in `_choices`."""

    def __init__(self, app: App, me: LoggedIn, members: tuple[TeamMember, ...], schedules: Mapping[str, str]) -> None:
        self._app, self._me, self._members, self._schedules = app, me, members, schedules
        self._names = {member.id: member.name for member in members}
        today = datetime.now(me.member.tz).date()
        self._choices = first_choices("", me.member.tz, today, [member.id for member in members])
        self._number = 0
        with html.header().classes("oc-head"), html.div():
            ui.link("Schedules", SCHEDULES).classes("oc-back oc-icon oc-i-left")
            html.h1("New schedule")
            self._lead = TextElement(tag="p", text="").classes("oc-lead").props("aria-live=polite")
        self._way = html.ol().classes("new-way").props("aria-label=Steps")
        self._refused = TextElement(tag="p", text="").classes("new-refused oc-icon oc-i-alert").props("role=alert")
        self._place = html.div().classes("new-step")

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
        if self._number + 1 < len(NAMES):
            await self._go(self._number + 1)
            return
        try:
            with busy(self._next):
                ui.navigate.to(await run_as(self._app, self._me, create, self._choices))
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
        if number == SHIFTS:
            chosen = self._choices
            known = await asyncio.to_thread(known_holidays, chosen.country, chosen.region, chosen.start)
        if not self._place.is_deleted:
            self._step = self._draw_step(number, known)

    def _draw_step(self, number: int, known: Known | None) -> PeopleStep | ShiftsStep | PrioritiesStep:
        self._number = number
        self._place.clear()
        last = number + 1 == len(NAMES)
        self._lead.set_text(LEADS[number])
        self._refused.set_visibility(False)
        self._summary.set_text(f"Step {number + 1} of {len(NAMES)}" + (", nothing is published yet" if last else ""))
        self._next.set_text("Create draft" if last else f"Next: {NAMES[number + 1]}")
        self._back.set_visibility(number > 0)
        self._cancel.set_visibility(number == 0)
        self._show_way()
        with self._place:
            if known is not None:
                return ShiftsStep(self._choices, self._names, self._schedules, known, self._keep)
            if last:
                return PrioritiesStep(self._choices, self._names, self._keep)
            return PeopleStep(self._choices, self._members, self._keep, invites=self._me.member.is_admin)

    def _keep(self, choices: Choices) -> None:
        self._choices = choices

    def _show_way(self) -> None:
        self._way.clear()
        with self._way:
            for number, name in enumerate(NAMES):
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
