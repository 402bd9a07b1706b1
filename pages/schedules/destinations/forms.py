"""The forms in which a destination is added and changed."""

from collections.abc import Callable, Mapping

from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.domain.schedules.destinations.fields import ROLE, TITLES, FormField, fields_of
from oncall_ui.domain.schedules.destinations.kinds import CHOSEN_BY_KIND, DestinationKind, EventKind
from oncall_ui.errors import InvalidInput
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.destinations.manage import Added, add_destination, change_destination
from oncall_ui.services.schedules.destinations.views import DestinationView
from oncall_ui.services.schedules.published.read import ScheduleView
from pages.schedules.destinations.words import EVENTS
from pages.session import run_as
from pages.widgets.forms.fields import field, refuse_all
from pages.widgets.forms.form_dialog import FormDialog

KEPT = "Leave empty to keep what is stored."


class DestinationForms:
    """One per page."""

    def __init__(self, app: App, me: LoggedIn, view: ScheduleView) -> None:
        self._app, self._me, self._view = app, me, view
        self._dialog = FormDialog()

    def add(self, kind: DestinationKind, done: Callable[[str, Added], None]) -> None:
        """`done` is called with its nickname."""

        async def submit() -> None:
            values = {key: str(entry.value or "") for key, entry in entries.items()}
            try:
                added = await run_as(
                    self._app, self._me, add_destination, self._view.id, kind, str(name.value or ""), values
                )
            except InvalidInput as wrong:
                refuse_all([name, *entries.values()], wrong.sentences)
                return
            self._dialog.close()
            done(str(name.value or TITLES[kind]), added)

        with self._dialog.open(f"Add {TITLES[kind]}", "Add", submit):
            name = field("Nickname", value=TITLES[kind], maxlength="80", autocomplete="off")
            entries = self._entries(kind, {}, is_new=True)

    def change(self, view: DestinationView, done: Callable[[], None]) -> None:
        async def submit() -> None:
            values = {key: str(entry.value or "") for key, entry in entries.items()}
            chosen = [kind for kind, box in boxes.items() if box.value]
            try:
                await run_as(
                    self._app,
                    self._me,
                    change_destination,
                    self._view.id,
                    view.id,
                    str(name.value or ""),
                    values,
                    chosen,
                )
            except InvalidInput as wrong:
                refuse_all([name, *entries.values()], wrong.sentences)
                return
            self._dialog.close()
            done()

        with self._dialog.open(f"Edit {view.name}", "Save", submit):
            name = field("Nickname", value=view.name, maxlength="80", autocomplete="off")
            entries = self._entries(view.kind, view.places, is_new=False)
            boxes = _events(view) if CHOSEN_BY_KIND[view.kind] else {}

    def _entries(
        self, kind: DestinationKind, places: Mapping[str, str], *, is_new: bool
    ) -> dict[str, ui.input | ui.select]:
        found = dict[str, ui.input | ui.select]()
        for each in fields_of(kind, self._view.roles):
            if each.choices:
                found[each.key] = _choice(each, is_new=is_new)
                continue
            is_shown = is_new or each.key.startswith(ROLE)
            found[each.key] = field(
                each.label,
                value=each.usual if is_new else places.get(each.key, ""),
                hint=each.hint if is_shown else KEPT,
                kind="password" if each.is_hidden else "text",
                autocomplete="off",
                spellcheck="false",
            )
        return found


def _choice(each: FormField, *, is_new: bool) -> ui.select:
    kept = {} if is_new else {"": "As it is"}
    options = kept | {choice: choice.upper() for choice in each.choices}
    entry = ui.select(options, value=each.usual if is_new else "", label=each.label)
    entry.props("outlined dense options-dense stack-label")
    entry.props["hint"] = each.hint
    return entry


def _events(view: DestinationView) -> dict[EventKind, ui.checkbox]:
    with html.fieldset().classes("dest-events"):
        html.legend("Send")
        return {
            kind: ui.checkbox(words, value=kind in view.events)
            for kind, words in EVENTS.items()
            if kind is not EventKind.TEST
        }
