"""Step 2: when shifts start and which roles they have, with a live picture of what that gives."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

from nicegui import html, ui

from oncall_ui.domain.schedules.shifts.ready_made import READY_MADE, Office
from oncall_ui.domain.schedules.shifts.rules import OneOff, Rule
from pages.schedules.editors.card import card
from pages.schedules.editors.fillers import Fillers
from pages.schedules.editors.holidays import HolidaysEditor, Known
from pages.schedules.editors.live_picture import LivePicture
from pages.schedules.editors.one_offs import OneOffsEditor
from pages.schedules.editors.picture import preview
from pages.schedules.editors.roles import RolesEditor
from pages.schedules.editors.rules import RulesEditor
from pages.schedules.editors.sun import SunEditor
from pages.schedules.new.choices import BEGINS, LEAST_WEEKS, MOST_WEEKS, Choices
from pages.widgets.dates import zone_words
from pages.widgets.forms.fields import field, refuse_all

NO_DAY = "Enter the day on which the first shift starts."
WRONG_WEEKS = f"Enter a whole number from {LEAST_WEEKS} to {MOST_WEEKS}."
NO_SHIFT = "These rules start no shift. Add one that does."


class ShiftsStep:
    """Drawn where it is created; calls `changed` with each new value.

    `names`: member id → name. `schedules`: as in Fillers.
    """

    def __init__(
        self,
        choices: Choices,
        names: Mapping[int, str],
        schedules: Mapping[str, str],
        known: Known,
        changed: Callable[[Choices], None],
    ) -> None:
        self._schedules = schedules
        self._choices, self._changed, self._known = choices, changed, known
        self._people = {str(member): names[member] for member in choices.people if member in names}
        with html.div().classes("oc-make"):
            with html.div().classes("oc-stack"):
                self._draw_sets()
                self._draw_rules()
                with card("roles", "Roles", "In the order in which they are called"):
                    self.roles = RolesEditor(choices.roles, choices.shadows, self._set_roles)
                self._draw_span()
            with html.aside().props('aria-label="Preview"'):
                self.picture = LivePicture()
        self._show()

    def read(self) -> Choices | None:
        """What is chosen, or None while a shift is refused or there is none."""
        read = self.roles.read(), self.rules.read(), self.one_offs.read(), self.sun.read()
        wrong = ({} if self._start() else {"First day": NO_DAY}) | ({} if self._weeks() else {"Weeks": WRONG_WEEKS})
        refuse_all([self._first_field, self._weeks_field], wrong)
        return None if None in read or wrong or not self._shown.weeks else self._choices

    def _fillers(self) -> Fillers:
        return Fillers(tuple(self._choices.roles), self._people, self._schedules, tuple(self._choices.shadows))

    def _draw_sets(self) -> None:
        self._chips: dict[str, ui.button] = {}
        with html.section().classes("oc-card oc-pad").props("aria-labelledby=sets"):
            html.h2("Start from").props("id=sets").classes("new-sets")
            with html.div().classes("oc-chips").props('role=group aria-label="Start from"'):
                for each in READY_MADE:
                    chip = ui.button(each.name, color=None, on_click=lambda each=each: self._use(each.key))
                    self._chips[each.key] = chip.props("unelevated no-caps").classes("oc-chip")
            choices = self._choices
            offices = choices.offices if choices.is_sun else ()
            self.sun = SunEditor(choices.zone, offices, choices.start, self._set_offices)

    def _draw_rules(self) -> None:
        choices = self._choices
        with html.section().classes("oc-card").props("aria-labelledby=begin"):
            with html.div().classes("oc-card-head"), html.h2().classes("grow").props("id=begin"):
                html.span("Shifts begin ")
                html.small(f"{zone_words(choices.zone)} time")
            self.rules = RulesEditor(choices.rules, self._fillers(), self._set_rules)
        with card("one-offs", "One-off shifts", "Each cuts what it covers"):
            first = datetime.combine(choices.start, BEGINS, choices.zone).astimezone(UTC)
            self.one_offs = OneOffsEditor(choices.one_offs, self._fillers(), choices.zone, first, self._set_one_offs)

    def _draw_span(self) -> None:
        choices = self._choices
        with html.section().classes("oc-card").props('aria-label="First day and public holidays"'):
            with html.div().classes("oc-rule new-span"):
                self._first_field = field("First day", value=choices.start.isoformat(), kind="date")
                self._weeks_field = field("Weeks", value=str(choices.weeks), inputmode="numeric")
                self._first_field.on_value_change(self._set_span)
                self._first_field.on_value_change(self._set_first)
                self._weeks_field.on_value_change(self._set_span)
            with html.div().classes("oc-rule new-span"):
                known, changed = self._known, self._set_holidays
                self._holidays = HolidaysEditor(choices.country, choices.region, choices.start, known, changed)

    def _use(self, key: str) -> None:
        chosen = next(each for each in READY_MADE if each.key == key)
        self._set(self._choices.with_set(chosen))
        self._redraw()

    def _redraw(self) -> None:
        """After a change of what the rows are about."""
        choices = self._choices
        self.sun.show(choices.offices if choices.is_sun else (), choices.start)
        self.rules.show(choices.rules, self._fillers())
        self.one_offs.show(choices.one_offs, self._fillers(), choices.zone)

    def _set_offices(self, offices: tuple[Office, ...]) -> None:
        self._set(self._choices.with_offices(offices))
        self.rules.show(self._choices.rules, self._fillers())

    def _set_rules(self, rules: tuple[Rule, ...]) -> None:
        if rules != self._choices.rules:
            self._set(replace(self._choices, rules=rules, ready_made=""))
            self.sun.show((), self._choices.start)

    def _set_one_offs(self, one_offs: tuple[OneOff, ...]) -> None:
        self._set(replace(self._choices, one_offs=one_offs))

    def _set_roles(self, roles: Mapping[str, int], renamed: Mapping[str, str]) -> None:
        self._set(self._choices.with_roles(roles, self.roles.shadows, renamed))
        self._redraw()

    def _set_holidays(self, country: str, region: str, days: Mapping[date, str]) -> None:
        self._set(replace(self._choices, country=country, region=region, holidays=days))

    def _set_span(self) -> None:
        start, weeks = self._start(), self._weeks()
        now = replace(self._choices, start=start or self._choices.start, weeks=weeks or self._choices.weeks)
        self._set(now.with_offices(now.offices) if now.is_sun else now)

    async def _set_first(self) -> None:
        if first := self._start():
            await self._holidays.look_from(first)

    def _start(self) -> date | None:
        try:
            return date.fromisoformat(str(self._first_field.value or ""))
        except ValueError:
            return None  # half typed

    def _weeks(self) -> int | None:
        typed = str(self._weeks_field.value or "").strip()
        return int(typed) if typed.isdecimal() and LEAST_WEEKS <= int(typed) <= MOST_WEEKS else None

    def _set(self, choices: Choices) -> None:
        self._choices = choices
        self._show()
        self._changed(choices)

    def _show(self) -> None:
        for key, chip in self._chips.items():
            chip.props(f"aria-pressed={'true' if key == self._choices.ready_made else 'false'}")
        self._shown = preview(self._choices.pattern(), self._choices.start)
        self.picture.show(self._shown)
