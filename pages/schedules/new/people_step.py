"""Step 1: the schedule's name and zone, who can be on call, and what is agreed with each of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.imports.freshness import Freshness
from oncall_ui.services.accounts.members import find_zone
from oncall_ui.services.team.grid import TeamMember
from pages.schedules.editors.entries import EntryTable, Row, choice, options_of, press, switch
from pages.schedules.editors.terms import days_in_words, share_options
from pages.schedules.new.agreed_dialog import AgreedDialog
from pages.schedules.new.choices import Agreed, Choices
from pages.schedules.new.shares import Shares
from pages.widgets.dates import day_words
from pages.widgets.forms.fields import field, refuse_all, zone_field
from pages.widgets.people import initials, mark_classes

CALENDARS = {
    Freshness.UP_TO_DATE: ("Calendars up to date", "oc-sub"),
    Freshness.STALE: ("Stale calendar", "oc-tag warn oc-icon oc-i-clock"),
    Freshness.NEEDS_MEMBER: ("Broken calendar", "oc-tag warn oc-icon oc-i-alert"),
    Freshness.NOT_READ_YET: ("Not all imported yet", "oc-tag oc-icon oc-i-sync"),
    Freshness.NOTHING_CONNECTED: ("Nothing connected", "oc-tag oc-icon oc-i-off"),
}
LEAST = 2
TOO_FEW = "Add at least two people."
ALONE = "You are the only member so far. Ask your administrator to invite others."
NO_NAME = "Enter a name."
NO_ZONE = "Choose a time zone from the list."
TEMPLATE = f"""
<div class="ed-person" role="listitem" :key="props.row.key">{switch("'on'", "props.row.n")}
  <span class="oc-who two"><span :class="props.row.mark" aria-hidden="true">{{{{ props.row.i }}}}</span
    ><span class="oc-clip">{{{{ props.row.n }}}}<small>{{{{ props.row.more }}}}</small></span></span>
  {choice("'share'", "'Share of ' + props.row.n", "props.row.o", shown="props.row.v.on")}
  <span v-if="!props.row.v.on" class="oc-sub">Not on call</span>
  <span :class="props.row.tag">{{{{ props.row.fresh }}}}</span>
  {press("more", "'More about ' + props.row.n", "oc-btn quiet oc-icon oc-i-slider", shown="props.row.v.on")}</div>
"""


class PeopleStep:
    """Drawn where it is created; calls `changed` with each new value."""

    def __init__(
        self, choices: Choices, members: Sequence[TeamMember], changed: Callable[[Choices], None], *, invites: bool
    ) -> None:
        """`invites`: whether the member may add others to the team."""
        self._invites = invites
        self._choices, self._changed, self._members = choices, changed, members
        self._today = choices.start
        self._agreed = {member.id: choices.people.get(member.id, Agreed()) for member in members}
        self._dialog = AgreedDialog()
        self._colours = colours(members)
        with html.div().classes("oc-make"):
            with html.div().classes("oc-stack"):
                with html.section().classes("oc-card oc-pad new-name").props('aria-label="Name and time zone"'):
                    self._name = field("Name", value=choices.name, maxlength="100")
                    self._zone_field = zone_field(choices.zone.key)
                    self._zone_field.props["hint"] = "Shifts start on the clock of this zone."
                self._draw_people()
            with html.aside().props('aria-label="Preview"'):
                self._shares = Shares()
                with html.p().classes("oc-note oc-icon oc-i-scale"):
                    html.span("People who join later start even with everyone else. There is nothing to catch up.")
                with html.p().classes("oc-note oc-icon oc-i-clock"):
                    html.span("Time without a fresh calendar counts as open, and shifts planned there are marked.")
        self._show()

    def read(self) -> Choices | None:
        """What is chosen, or None after the fields said what is wrong."""
        zone = find_zone(self._zone_field.value or "")
        name = (self._name.value or "").strip()
        wrong = ({} if name else {"Name": NO_NAME}) | ({} if zone else {"Time zone": NO_ZONE})
        refuse_all([self._name, self._zone_field], wrong)
        is_enough = len(self._choices.people) >= LEAST
        self._too_few.set_visibility(not is_enough)
        if wrong or not is_enough or zone is None:
            return None
        now = replace(self._choices, name=name, zone=ZoneInfo(zone))
        return now.with_offices(now.offices) if now.is_sun else now

    def typed(self) -> Choices:
        """What is chosen so far, also where something is missing."""
        zone = find_zone(self._zone_field.value or "")
        now = replace(self._choices, name=(self._name.value or "").strip())
        return replace(now, zone=ZoneInfo(zone)) if zone else now

    def refuse(self, sentences: Mapping[str, str]) -> None:
        """Shows what was wrong about the fields here."""
        refuse_all([self._name, self._zone_field], sentences)

    def _draw_people(self) -> None:
        with html.section().classes("oc-card").props("aria-labelledby=people"):
            with html.div().classes("oc-card-head"):
                with html.h2().classes("grow").props("id=people"):
                    html.span("Who can be on call ")
                    self._sum = TextElement(tag="small", text="")
                if self._invites:
                    ui.link("Invite people", "/members").classes("oc-btn oc-icon oc-i-plus")
            self._too_few = TextElement(tag="p", text=TOO_FEW).classes("new-wrong oc-icon oc-i-alert")
            self._too_few.props("role=alert").set_visibility(False)
            if len(self._members) < LEAST and not self._invites:
                with html.p().classes("oc-note oc-icon oc-i-team new-alone"):
                    html.span(ALONE)
            self.table = EntryTable(TEMPLATE, "ed-people", "Who can be on call", self._edit, self._open)

    def _show(self) -> None:
        self.table.show([self._row(member) for member in self._members])
        people = self._choices.people
        self._sum.set_text(f"{len(people)} of {len(self._members)}")
        if len(people) >= LEAST:
            self._too_few.set_visibility(False)
        names = {member.id: member.name for member in self._members}
        self._shares.show(self._choices, names, self._colours)

    def _row(self, member: TeamMember) -> Row:
        words, tag = CALENDARS[member.freshness]
        agreed = self._agreed[member.id]
        return {
            "key": str(member.id),
            "n": member.name,
            "i": initials(member.name),
            "mark": f"{mark_classes(self._colours[member.id])} l",
            "more": agreed_words(agreed, self._today),
            "fresh": words,
            "tag": tag,
            "o": options_of({str(share): text for share, text in share_options(agreed.terms.share).items()}),
            "v": {"on": member.id in self._choices.people, "share": str(agreed.terms.share)},
        }

    def _edit(self, key: str, _name: str) -> None:
        row = next(row for row in self.table.rows if row["key"] == key)
        member, share = int(key), row["v"]["share"]
        agreed = self._agreed[member]
        if share.isdecimal() and int(share) in share_options(agreed.terms.share):
            agreed = replace(agreed, terms=replace(agreed.terms, share=int(share)))
        self._set(member, agreed, is_on=bool(row["v"]["on"]))

    def _open(self, key: str, _name: str) -> None:
        member = next(each for each in self._members if str(each.id) == key)
        self._dialog.open(
            member.name,
            self._agreed[member.id],
            tuple(self._choices.roles),
            tuple(self._choices.shadows),
            lambda agreed: self._set(member.id, agreed, is_on=True),
        )

    def _set(self, member: int, agreed: Agreed, *, is_on: bool) -> None:
        self._agreed[member] = agreed
        people = {key: each for key, each in self._choices.people.items() if key != member}
        if is_on:
            people[member] = agreed
        self._choices = self._choices.with_people(dict(sorted(people.items())))
        self._show()
        self._changed(self._choices)


def colours(members: Sequence[TeamMember]) -> dict[int, int]:
    """Member id → colour, as a schedule of all of them gives them out."""
    return {member: colour for colour, member in enumerate(sorted(each.id for each in members), 1)}


def agreed_words(agreed: Agreed, today: date) -> str:
    """`From the start`, `From Mon 4 Jan, until Fri 26 Feb, only Sat, Sun, paused Mon 1 Feb to Sun 7 Feb`."""
    terms = agreed.terms
    said = [f"from {day_words(agreed.joins, today)}" if agreed.joins else "from the start"]
    said += [f"until {day_words(agreed.leaves, today)}"] if agreed.leaves else []
    said += [f"only {', '.join(sorted(terms.roles))}"] if terms.roles else []
    said += [f"only {days_in_words(terms.weekdays)}"] if terms.weekdays else []
    said += (
        [f"paused {day_words(agreed.paused[0], today)} to {day_words(agreed.paused[1], today)}"]
        if agreed.paused
        else []
    )
    words = ", ".join(said)
    return words[0].upper() + words[1:]
