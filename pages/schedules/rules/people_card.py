"""Who is on the schedule, and the dialogs in which managers agree on shares, roles, days, pauses and leaving."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.schedules.membership import Terms, terms_on
from oncall_ui.errors import InvalidInput
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.people import (
    ParticipantView,
    add_participant,
    change_terms,
    end_membership,
)
from pages.schedules.drawn import Drawn
from pages.schedules.editors.terms import TermsFields
from pages.schedules.rules.reading import members_of
from pages.schedules.rules.words import terms_lines
from pages.session import run_as
from pages.widgets.dates import count
from pages.widgets.forms.fields import field, refuse_all
from pages.widgets.forms.form_dialog import FormDialog
from pages.widgets.people import initials, mark_classes

# Names are text in the template, never markup: people type them.
PERSON = """
<div class="rules-person" role="listitem"><span :class="props.row.mark" aria-hidden="true">{{ props.row.initials
  }}</span><div><b>{{ props.row.name }}<span v-if="props.row.you" class="oc-you">you</span></b
  ><small v-for="l in props.row.lines">{{ l }}</small></div
  ><span v-if="props.row.can" class="oc-acts"><button type="button" class="oc-btn quiet" :aria-label="'Change ' +
    props.row.name" @click="() => $parent.$emit('change', props.row.key)">Change</button
  ><button v-if="props.row.stays" type="button" class="oc-btn quiet" :aria-label="'Remove ' + props.row.name"
    @click="() => $parent.$emit('remove', props.row.key)">Remove</button></span></div>
"""
A_DAY = timedelta(days=1)
NO_CATCHING_UP = "They owe a fair share from that day on, and have nothing to catch up."
LEAVING = (
    "Drafts plan no shifts for them from that day on. Shifts already published stay theirs until you hand them over. "
    "Their ledger stays."
)
Saved = Callable[[str], None]


class PeopleCard:
    """Drawn where it is created. `saved` is called with a sentence after each change."""

    def __init__(self, app: App, me: LoggedIn, schedule_id: int, saved: Saved, *, can_change: bool) -> None:
        self._app, self._me, self._schedule_id, self._saved, self._can_change = app, me, schedule_id, saved, can_change
        self._people: Mapping[int, ParticipantView] = {}
        self._roles: Sequence[str] = ()
        self._shadows: Sequence[str] = ()
        self._today = date.min
        self._terms: TermsFields | None = None
        with html.section().classes("oc-card").props("aria-labelledby=rules-people"):
            with html.div().classes("oc-card-head"):
                with html.h2().classes("grow").props("id=rules-people"):
                    html.span("People ")
                    self._count = TextElement(tag="small", text="")
                if can_change:
                    add = ui.button("Add people", color=None, on_click=self._ask_to_add).props("unelevated no-caps")
                    add.classes("oc-btn oc-icon oc-i-plus")
            self._list = Drawn(PERSON, "rules-list")
            self._list.table.props('role=list aria-label="People"')
            self._list.table.on("change", lambda event: self._ask_to_change(event.args))
            self._list.table.on("remove", lambda event: self._ask_to_remove(event.args))
        self._dialog = FormDialog()

    def show(
        self, people: Sequence[ParticipantView], roles: Sequence[str], shadows: Sequence[str], today: date
    ) -> None:
        """As of `today`, a day of the schedule's zone. `shadows` are the roles that only learn."""
        self._people = {each.id: each for each in people}
        self._roles, self._shadows, self._today = roles, shadows, today
        on_call = sum(each.terms is not None for each in people)
        self._count.set_text(f"{on_call} on call today")
        self._list.show([self._row(each) for each in people])

    def _row(self, who: ParticipantView) -> dict[str, Any]:
        stays = any(period.to_day is None or period.to_day > self._today for period in who.periods)
        return {
            "key": who.id,
            "name": who.name,
            "you": who.member_id == self._me.member.id,
            "mark": f"{mark_classes(who.colour)} l",
            "initials": initials(who.name),
            "lines": terms_lines(who.periods, self._today),
            "can": self._can_change and who.member_id is not None,
            "stays": stays,
        }

    async def _ask_to_add(self) -> None:
        known = await run_as(self._app, self._me, members_of)
        here = {each.member_id for each in self._people.values()}
        with self._dialog.open("Add people", "Add", self._add):
            others = {member: name for member, name in known.items() if member not in here}
            self._who = ui.select(others, label="Members", multiple=True)
            self._who.props("outlined dense options-dense stack-label use-chips")
            self._from = field("From", value=(self._today + A_DAY).isoformat(), kind="date", hint=NO_CATCHING_UP)
            self._terms = TermsFields(Terms(), self._roles, self._shadows, may_pause=False)

    async def _add(self) -> None:
        chosen = [int(each) for each in self._who.value or []]

        async def add(terms: Terms) -> str:
            if not chosen:
                raise InvalidInput("Members", "Choose somebody.")
            first = _day(self._from)
            for member in chosen:
                await run_as(self._app, self._me, add_participant, self._schedule_id, member, first, terms)
            return f"{count(len(chosen), 'person', 'people')} added."

        await self._try([self._who, self._from], add)

    def _ask_to_change(self, participant: object) -> None:
        who = self._people.get(participant) if isinstance(participant, int) else None
        if who is None:
            return
        terms = who.terms or terms_on(who.periods, max((each.from_day for each in who.periods), default=self._today))
        terms = terms or Terms()
        with self._dialog.open(f"Change {who.name}", "Save", lambda: self._change(who)):
            self._terms = TermsFields(terms, self._roles, self._shadows)
            with html.div().classes("rules-two"):
                self._from = field("From", value=(self._today + A_DAY).isoformat(), kind="date")
                self._until = field("Until", kind="date", hint="Last day. Empty: without an end")

    async def _change(self, who: ParticipantView) -> None:
        async def change(terms: Terms) -> str:
            first = _day(self._from)
            until = _day(self._until) + A_DAY if self._until.value else None
            await run_as(self._app, self._me, change_terms, self._schedule_id, who.id, terms, first, until)
            return f"{who.name} changed. It applies from the next draft on."

        await self._try([self._from, self._until], change)

    def _ask_to_remove(self, participant: object) -> None:
        who = self._people.get(participant) if isinstance(participant, int) else None
        if who is None:
            return
        with self._dialog.open(f"Remove {who.name} from this schedule", "Remove", lambda: self._remove(who)):
            self._terms = None
            html.p(LEAVING)
            self._from = field("From", value=(self._today + A_DAY).isoformat(), kind="date")

    async def _remove(self, who: ParticipantView) -> None:
        async def remove(_: Terms) -> str:
            first = _day(self._from)
            await run_as(self._app, self._me, end_membership, self._schedule_id, who.id, first)
            return f"{who.name} leaves the schedule."

        await self._try([self._from], remove)

    async def _try(self, fields: Sequence[ui.input | ui.select], act: Callable[[Terms], Awaitable[str]]) -> None:
        terms = self._terms.read() if self._terms else Terms()
        if terms is None:
            return  # the fields say what is wrong
        try:
            sentence = await act(terms)
        except InvalidInput as error:
            refuse_all(fields, {error.field: error.sentence})
            return
        self._dialog.close()
        self._saved(sentence)


def _day(entry: ui.input) -> date:
    try:
        return date.fromisoformat(str(entry.value or ""))
    except ValueError:
        raise InvalidInput(str(entry.label), "Choose a day.") from None
