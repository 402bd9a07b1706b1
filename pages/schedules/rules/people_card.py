"""Who is on the schedule, and the dialogs in which managers agree on shares, roles, days, pauses and leaving."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.schedules.membership import Terms, terms_on
from oncall_ui.errors import InvalidInput
from oncall_ui.services.accounts.sessions import LoggedIn
from oncall_ui.services.schedules.people import (
    ParticipantView,
    add_participant,
    change_terms,
    end_membership,
)
from pages.schedules.drawn import Drawn
from pages.schedules.rules.words import terms_lines
from pages.session import run_as
from pages.widgets.dates import LONG_WEEKDAYS, count
from pages.widgets.form_dialog import FormDialog
from pages.widgets.forms import field, refuse_all
from pages.widgets.people import initials, mark_classes

# Names are text in the template, never markup: people type them.
PERSON = """
<div class="rules-person" role="listitem"><span :class="props.row.mark" aria-hidden="true">{{ props.row.initials }}</span
  ><div><b>{{ props.row.name }}<span v-if="props.row.you" class="oc-you">you</span></b
  ><small v-for="l in props.row.lines">{{ l }}</small></div
  ><span v-if="props.row.can" class="oc-acts"><button type="button" class="oc-btn quiet" :aria-label="'Change ' +
    props.row.name" @click="() => $parent.$emit('change', props.row.key)">Change</button
  ><button v-if="props.row.stays" type="button" class="oc-btn quiet" :aria-label="'Remove ' + props.row.name"
    @click="() => $parent.$emit('remove', props.row.key)">Remove</button></span></div>
"""
A_DAY = timedelta(days=1)
UNTIL = "Last day. Leave it empty for no end; afterwards what was agreed before applies."
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
        self._others: Mapping[int, str] = {}
        self._roles: Sequence[str] = ()
        self._today = date.min
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
        self, people: Sequence[ParticipantView], others: Mapping[int, str], roles: Sequence[str], today: date
    ) -> None:
        """`others`: members who can be added, by id."""
        self._people, self._others = {each.id: each for each in people}, others
        self._roles, self._today = roles, today
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

    def _ask_to_add(self) -> None:
        with self._dialog.open("Add people", "Add", self._add):
            self._who = ui.select(dict(self._others), label="Members", multiple=True).props(
                "outlined dense options-dense stack-label use-chips"
            )
            self._from = field("From", value=(self._today + A_DAY).isoformat(), kind="date")
            self._share = field("Share", value="100", kind="number", min="0", max="200", hint="Percent of a full share")
            html.p("They owe a fair share from that day on, and have nothing to catch up on.").classes("oc-sub")

    async def _add(self) -> None:
        chosen = [int(each) for each in self._who.value or []]

        async def add() -> str:
            if not chosen:
                raise InvalidInput("Members", "Choose somebody.")
            terms, first = Terms(_share(self._share)), _day(self._from)
            for member in chosen:
                await run_as(self._app, self._me, add_participant, self._schedule_id, member, first, terms)
            return f"{count(len(chosen), 'person', 'people')} added."

        await self._try([self._who, self._from, self._share], add)

    def _ask_to_change(self, participant: object) -> None:
        who = self._people.get(participant) if isinstance(participant, int) else None
        if who is None:
            return
        terms = who.terms or terms_on(who.periods, max((each.from_day for each in who.periods), default=self._today))
        terms = terms or Terms()
        with self._dialog.open(f"Change {who.name}", "Save", lambda: self._change(who)):
            with html.div().classes("rules-two"):
                self._from = field("From", value=(self._today + A_DAY).isoformat(), kind="date")
                self._until = field("Until", kind="date", hint=UNTIL)
            self._paused = ui.switch("Paused: no shifts, and nothing due or to catch up on", value=terms.is_paused)
            self._share = field(
                "Share", value=str(terms.share), kind="number", min="0", max="200", hint="Percent of a full share"
            )
            self._held = _several("Roles", {role: role for role in self._roles}, sorted(terms.roles), "Every role")
            days = dict(enumerate(LONG_WEEKDAYS))
            self._days = _several("Days", days, sorted(terms.weekdays), "Every day")

    async def _change(self, who: ParticipantView) -> None:
        async def change() -> str:
            until = _day(self._until) + A_DAY if self._until.value else None
            terms = Terms(
                _share(self._share),
                frozenset(map(str, self._held.value or [])),
                frozenset(map(int, self._days.value or [])),
                bool(self._paused.value),
            )
            first = _day(self._from)
            await run_as(self._app, self._me, change_terms, self._schedule_id, who.id, terms, first, until)
            return f"{who.name} changed. It applies from the next draft on."

        await self._try([self._from, self._until, self._share, self._held, self._days], change)

    def _ask_to_remove(self, participant: object) -> None:
        who = self._people.get(participant) if isinstance(participant, int) else None
        if who is None:
            return
        with self._dialog.open(f"Remove {who.name} from this schedule", "Remove", lambda: self._remove(who)):
            html.p(LEAVING)
            self._from = field("From", value=(self._today + A_DAY).isoformat(), kind="date")

    async def _remove(self, who: ParticipantView) -> None:
        async def remove() -> str:
            first = _day(self._from)
            await run_as(self._app, self._me, end_membership, self._schedule_id, who.id, first)
            return f"{who.name} leaves the schedule."

        await self._try([self._from], remove)

    async def _try(self, fields: Sequence[ui.input | ui.select], act: Callable[[], Any]) -> None:
        try:
            sentence = await act()
        except InvalidInput as error:
            refuse_all(fields, {error.field: error.sentence})
            return
        self._dialog.close()
        self._saved(sentence)


def _several(label: str, options: Mapping[Any, str], chosen: Sequence[Any], nothing: str) -> ui.select:
    select = ui.select(dict(options), label=label, multiple=True, value=list(chosen))
    select.props("outlined dense options-dense stack-label use-chips").props["hint"] = f"{nothing} if you choose none"
    return select


def _day(entry: ui.input) -> date:
    try:
        return date.fromisoformat(str(entry.value or ""))
    except ValueError:
        raise InvalidInput(str(entry.label), "Choose a day.") from None


def _share(entry: ui.input) -> int:
    typed = str(entry.value or "")
    if not typed.isdecimal() or len(typed) > 3:
        raise InvalidInput("Share", "Enter a share from 0 to 200 percent.")
    return int(typed)
