"""Who may do what with the schedule."""

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.errors import LastManager
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.access import AccessLine, set_access
from pages.schedules.drawn import Drawn
from pages.schedules.rules.people_card import Saved
from pages.schedules.rules.reading import members_of
from pages.schedules.rules.words import ACCESS
from pages.session import run_as
from pages.widgets.forms.fields import refuse_all
from pages.widgets.forms.form_dialog import FormDialog
from pages.widgets.people import initials, mark_classes

LINE = """
<div class="rules-person" role="listitem"><span :class="props.row.mark" aria-hidden="true">{{ props.row.initials
  }}</span><div><b>{{ props.row.name }}<span v-if="props.row.you" class="oc-you">you</span></b
  ><small>{{ props.row.words }}</small></div
  ><span v-if="props.row.can" class="oc-acts"><button type="button" class="oc-btn quiet"
    :aria-label="'Change the access of ' + props.row.name" @click="() => $parent.$emit('change', props.row.key)"
    >Change</button></span></div>
"""
NONE = "none"
CHOICES = {
    Access.MANAGER.value: "Manager: plans, publishes and changes the schedule",
    Access.MEMBER.value: "Member: sees everything, and can be on call",
    Access.VIEWER.value: "Viewer: sees who is on call, no ledger and no rules",
}
LAST = "A schedule needs a manager. Make somebody else a manager first."


class AccessCard:
    """Drawn where it is created. `saved` is called with a sentence after each change."""

    def __init__(self, app: App, me: LoggedIn, schedule_id: int, saved: Saved, *, can_change: bool) -> None:
        self._app, self._me, self._schedule_id, self._saved, self._can_change = app, me, schedule_id, saved, can_change
        self._lines: Mapping[int, AccessLine] = {}
        self._others: Mapping[int, str] = {}
        with html.section().classes("oc-card").props("aria-labelledby=rules-access"):
            with html.div().classes("oc-card-head"):
                with html.h2().classes("grow").props("id=rules-access"):
                    html.span("Access ")
                    html.small("administrators manage every schedule")
                if can_change:
                    add = ui.button("Give access", color=None, on_click=self._ask_to_add).props("unelevated no-caps")
                    add.classes("oc-btn oc-icon oc-i-plus")
            self._list = Drawn(LINE, "rules-list")
            self._list.table.props('role=list aria-label="Access"')
            self._list.table.on("change", lambda event: self._ask_to_change(event.args))
        self._dialog = FormDialog()

    def show(self, lines: Sequence[AccessLine], colours: Mapping[int, int]) -> None:
        """`colours` of those on the schedule, by member id."""
        self._lines = {each.member_id: each for each in lines}
        self._list.show([self._row(each, colours) for each in lines])

    def _row(self, line: AccessLine, colours: Mapping[int, int]) -> dict[str, Any]:
        name, what = ACCESS[line.access]
        return {
            "key": line.member_id,
            "name": line.name,
            "you": line.member_id == self._me.member.id,
            "mark": f"{mark_classes(colours.get(line.member_id, line.member_id))} l",
            "initials": initials(line.name),
            "words": f"{name}: {what}",
            "can": self._can_change,
        }

    async def _ask_to_add(self) -> None:
        known = await run_as(self._app, self._me, members_of)
        self._others = {member: name for member, name in known.items() if member not in self._lines}
        with self._dialog.open("Give access", "Give access", self._add):
            self._who = ui.select(dict(self._others), label="Member").props("outlined dense options-dense stack-label")
            self._access = ui.radio(CHOICES, value=Access.VIEWER.value).props('aria-label="What they may do"')

    async def _add(self) -> None:
        member = self._who.value
        if not isinstance(member, int):
            refuse_all([self._who], {"Member": "Choose somebody."})
            return
        await self._set(member, self._others.get(member, ""))

    def _ask_to_change(self, member: object) -> None:
        line = self._lines.get(member) if isinstance(member, int) else None
        if line is None:
            return
        note = " They stay on the schedule’s list of people." if line.is_participant else ""
        with self._dialog.open(f"Access of {line.name}", "Save", lambda: self._set(line.member_id, line.name)):
            choices = CHOICES | {NONE: f"None: doesn’t see this schedule.{note}"}
            self._access = ui.radio(choices, value=line.access.value).props('aria-label="What they may do"')
            self._wrong = TextElement(tag="p", text="").classes("new-wrong").props("role=alert")
            self._wrong.set_visibility(False)

    async def _set(self, member: int, name: str) -> None:
        chosen = str(self._access.value)
        try:
            access = None if chosen == NONE else Access(chosen)
            await run_as(self._app, self._me, set_access, self._schedule_id, member, access)
        except LastManager:
            self._wrong.set_text(LAST)
            self._wrong.set_visibility(True)
            return
        self._dialog.close()
        self._saved(f"{name} is now {f'a {chosen}' if access else 'without access'}.")
