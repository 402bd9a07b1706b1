"""Step 1: the schedule's name and zone, who can be on call, and how much of the load each one carries."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.imports.freshness import Freshness
from oncall_ui.services.accounts.members import find_zone
from oncall_ui.services.team.grid import TeamMember
from pages.schedules.new.choices import Choices
from pages.widgets.forms import field, refuse_all, zone_field
from pages.widgets.people import initials, mark_classes

FULL = 100
SHARES = {25: "25 %", 50: "50 %", 75: "75 %", FULL: "100 %", 150: "150 %"}
CALENDARS = {
    Freshness.UP_TO_DATE: ("Calendars up to date", "oc-sub"),
    Freshness.STALE: ("Stale calendar", "oc-tag warn oc-icon oc-i-clock"),
    Freshness.NEEDS_MEMBER: ("Broken calendar", "oc-tag warn oc-icon oc-i-alert"),
    Freshness.NOT_READ_YET: ("Not all imported yet", "oc-tag oc-icon oc-i-sync"),
    Freshness.NOTHING_CONNECTED: ("Nothing connected", "oc-tag oc-icon oc-i-off"),
}
TOO_FEW = "Add at least two people."
NO_NAME = "Enter a name."
NO_ZONE = "Choose a time zone from the list."


class PeopleStep:
    """Drawn where it is created; calls `changed` with each new value."""

    def __init__(self, choices: Choices, members: Sequence[TeamMember], changed: Callable[[Choices], None]) -> None:
        self._choices, self._changed = choices, changed
        self._zone = choices.zone
        with html.div().classes("oc-make"):
            with html.div().classes("oc-stack"):
                with html.section().classes("oc-card oc-pad new-name").props('aria-label="Name and time zone"'):
                    self._name = field("Name", value=choices.name, maxlength="80")
                    self._zone_field = zone_field(choices.zone.key)
                self._draw_people(members)
            with html.aside().props('aria-label="Preview"'):
                with html.p().classes("oc-note oc-icon oc-i-scale"):
                    html.span("People who join later start even with everyone else. There is nothing to catch up.")
                with html.p().classes("oc-note oc-icon oc-i-clock"):
                    html.span("Time without a fresh calendar counts as open, and shifts planned there are marked.")

    def read(self) -> Choices | None:
        """What is chosen, or None after the fields said what is wrong."""
        zone = find_zone(self._zone_field.value or "")
        name = (self._name.value or "").strip()
        wrong = ({} if name else {"Name": NO_NAME}) | ({} if zone else {"Time zone": NO_ZONE})
        refuse_all([self._name, self._zone_field], wrong)
        is_enough = len(self._choices.shares) > 1
        self._too_few.set_visibility(not is_enough)
        if wrong or not is_enough or zone is None:
            return None
        return replace(self._choices, name=name, zone=ZoneInfo(zone))

    def _draw_people(self, members: Sequence[TeamMember]) -> None:
        with html.section().classes("oc-card").props("aria-labelledby=people"):
            with html.div().classes("oc-card-head"), html.h2().classes("grow").props("id=people"):
                html.span("Who can be on call ")
                self._sum = TextElement(tag="small", text="")
            self._too_few = TextElement(tag="p", text=TOO_FEW).classes("new-wrong oc-icon oc-i-alert")
            self._too_few.props("role=alert").set_visibility(False)
            with html.ul().classes("new-people"):
                for member in members:
                    self._person(member)
        self._total = len(members)
        self._count()

    def _person(self, member: TeamMember) -> None:
        share = self._choices.shares.get(member.id)
        with html.li():
            switch = ui.switch(value=share is not None)
            switch.props["aria-label"] = member.name
            with html.span().classes("oc-who two"):
                html.span(initials(member.name)).classes(f"{mark_classes(member.id)} l").props("aria-hidden=true")
                html.span(member.name).classes("oc-clip")
            choice = ui.select(SHARES, value=share or FULL).props("outlined dense options-dense")
            choice.props["aria-label"] = f"Share of {member.name}"
            choice.set_visibility(share is not None)
            words, tag = CALENDARS[member.freshness]
            html.span(words).classes(tag)

        def set_share() -> None:
            shares = {each: percent for each, percent in self._choices.shares.items() if each != member.id}
            if switch.value:
                shares[member.id] = int(choice.value)
            choice.set_visibility(bool(switch.value))
            self._choices = replace(self._choices, shares=dict(sorted(shares.items())))
            self._count()
            self._changed(self._choices)

        switch.on_value_change(set_share)
        choice.on_value_change(set_share)

    def _count(self) -> None:
        self._sum.set_text(f"{len(self._choices.shares)} of {self._total}")
        if len(self._choices.shares) > 1:
            self._too_few.set_visibility(False)
