"""/schedules/new: three steps from people to a first draft. Nothing is sent to anybody."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from html import escape
from typing import Annotated

from fastapi import Depends
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.availability.window import Window
from oncall_ui.services.accounts.sessions import LoggedIn
from oncall_ui.services.team.grid import TeamMember, read_team
from pages.layout import frame
from pages.opening import page
from pages.schedules.new.choices import Choices, first_choices
from pages.schedules.new.people_step import FULL, PeopleStep
from pages.schedules.new.picture import preview
from pages.schedules.new.priorities_step import PrioritiesStep
from pages.schedules.new.shifts_step import ShiftsStep
from pages.session import login_required, run_as
from pages.widgets.forms import busy, is_busy

BACK = "/schedules"
NAMES = ("People", "Shifts", "Priorities")
LEADS = (
    "Three steps, about two minutes. Nothing is sent to anyone until you publish.",
    "Say when shifts begin. Each one lasts until the next begins.",
    "These defaults suit most teams.",
)
Create = Callable[[App, int, Choices], str]
"""Creates the schedule with its first draft for a member, and returns the route of the draft. Blocking."""


def register(app: App, create: Create) -> None:
    """`create` is called once, with what the three steps gave."""

    @page("/schedules/new")
    async def new_schedule(me: Annotated[LoggedIn, Depends(login_required(app))]) -> None:
        now = datetime.now(UTC)
        team = await run_as(app, me, read_team, Window(now, now + timedelta(days=1)), now)
        with frame(app, me, "New schedule", BACK):
            screen = _Screen(app, me, team.members, create)
        with ui.context.client.content:
            screen.add_bar()


class _Screen:
    """One step at a time is drawn; what the others hold is in `_choices`."""

    def __init__(self, app: App, me: LoggedIn, members: tuple[TeamMember, ...], create: Create) -> None:
        self._app, self._me, self._members, self._create = app, me, members, create
        today = datetime.now(me.member.tz).date()
        self._choices = first_choices("", me.member.tz, today, {member.id: FULL for member in members})
        self._number = 0
        with html.header().classes("oc-head"), html.div():
            ui.link("Back", BACK).classes("oc-back oc-icon oc-i-left")
            html.h1("New schedule")
            self._lead = TextElement(tag="p", text="").classes("oc-lead").props("aria-live=polite")
        self._way = html.ol().classes("new-way").props("aria-label=Steps")
        self._place = html.div().classes("new-step")

    def add_bar(self) -> None:
        """The bar at the foot of the page."""
        with html.div().classes("oc-save"), html.div().classes("oc-save-inner"):
            self._summary = TextElement(tag="span", text="").classes("grow")
            self._back = ui.button("Back", color=None, on_click=lambda: self._go(self._number - 1))
            self._back.props("flat no-caps").classes("oc-btn quiet")
            self._cancel = ui.link("Cancel", BACK).classes("oc-btn quiet")
            self._next = ui.button("", color=None, on_click=self._forward).props("unelevated no-caps")
            self._next.classes("oc-btn main")
        self._go(0)

    async def _forward(self) -> None:
        choices = self._step.read()
        if choices is None or is_busy(self._next):
            return
        self._choices = choices
        if self._number + 1 < len(NAMES):
            self._go(self._number + 1)
            return
        with busy(self._next):
            ui.navigate.to(await run_as(self._app, self._me, self._create, self._choices))

    def _go(self, number: int) -> None:
        self._number = number
        self._place.clear()
        with self._place:
            self._step = self._draw()
        last = number + 1 == len(NAMES)
        self._lead.set_text(LEADS[number])
        self._summary.set_text(f"Step {number + 1} of {len(NAMES)}" + (", nothing is published yet" if last else ""))
        self._next.set_text("Create draft" if last else f"Next: {NAMES[number + 1]}")
        self._back.set_visibility(number > 0)
        self._cancel.set_visibility(number == 0)
        self._show_way()

    def _draw(self) -> PeopleStep | ShiftsStep | PrioritiesStep:
        if self._number == 0:
            return PeopleStep(self._choices, self._members, self._keep)
        if self._number == 1:
            return ShiftsStep(self._choices, self._keep, lambda choices: preview(choices, NO_HOLIDAYS))
        return PrioritiesStep(self._choices, self._keep)

    def _keep(self, choices: Choices) -> None:
        self._choices = choices

    def _show_way(self) -> None:
        self._way.clear()
        with self._way:
            for number, name in enumerate(NAMES):
                done = number < self._number
                mark = "✓" if done else str(number + 1)
                words = f'<i aria-hidden="true">{mark}</i><span>{escape(name)}</span>'
                item = ui.html(words, sanitize=False, tag="li").classes("done" if done else "")
                if number == self._number:
                    item.props("aria-current=step")


NO_HOLIDAYS: Mapping[date, str] = {}
"""A schedule has no country until it asks for one."""
