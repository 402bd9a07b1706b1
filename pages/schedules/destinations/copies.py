"""On the page of a program that keeps our shifts: what was changed there, and who is who."""

from collections.abc import Callable
from datetime import datetime

from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.domain.schedules.destinations.fields import TITLES
from oncall_ui.errors import InvalidInput
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.destinations.copies.decide import decide_edits, match_people
from oncall_ui.services.schedules.destinations.views import DestinationView, EditView
from oncall_ui.services.schedules.published.read import ScheduleView
from pages.session import run_as
from pages.widgets.dates import moment_words
from pages.widgets.forms.dialogs import Question
from pages.widgets.forms.fields import field, refuse_all
from pages.widgets.forms.form_dialog import FormDialog
from pages.widgets.rows import show_rows

EDITED = "Nothing that overlaps these is sent until you choose."
NOT_CHOSEN = "Not chosen yet"
PEOPLE = "Everyone else was found by email."
ROW = """
<div role="listitem" class="dest-line"><span class="at">{{ props.row.role }}</span><div
  ><p><b>{{ props.row.when }}</b></p><p class="oc-sub">{{ props.row.what }}</p></div></div>
"""


class CopyCards:
    """`refresh` is called after a change."""

    def __init__(
        self, app: App, me: LoggedIn, schedule: ScheduleView, view: DestinationView, refresh: Callable[[], None]
    ) -> None:
        self._app, self._me, self._schedule, self._view, self._refresh = app, me, schedule, view, refresh
        self._zone, self._title = me.member.tz, TITLES[view.kind]
        self._question, self._dialog = Question(), FormDialog()
        with html.section().classes("oc-card dest-card").props("aria-labelledby=dest-edits") as self._edits:
            with html.div().classes("oc-card-head"):
                with html.div().classes("grow"):
                    html.h2(f"Changed in {self._title}").props("id=dest-edits")
                    html.p(EDITED).classes("oc-sub")
                self._button("Keep theirs", self._keep)
                self._button("Overwrite", self._overwrite)
            self._edit_rows = _table("dest-edits")
        with html.section().classes("oc-card dest-card").props("aria-labelledby=dest-people") as self._people:
            with html.div().classes("oc-card-head"):
                with html.div().classes("grow"):
                    html.h2("Who is who").props("id=dest-people")
                    html.p(PEOPLE).classes("oc-sub")
                self._button("Choose", self._choose)
            self._people_rows = _table("dest-people")

    def show(self, view: DestinationView, now: datetime) -> None:
        self._view = view
        self._edits.set_visibility(bool(view.edits))
        self._people.set_visibility(bool(view.people))
        show_rows(self._edit_rows, [self._edit_row(key, each, now) for key, each in enumerate(view.edits)])
        show_rows(
            self._people_rows,
            [
                {"key": each.member_id, "role": each.name, "when": each.user or NOT_CHOSEN, "what": ""}
                for each in view.people
            ],
        )

    def _edit_row(self, key: int, edit: EditView, now: datetime) -> dict[str, object]:
        today = now.astimezone(self._zone).date()
        first, last = (moment_words(each, self._zone, today) for each in (edit.start, edit.end))
        what = f"User {edit.user} there" if edit.user else f"Removed in {self._title}"
        return {"key": key, "role": edit.role, "when": f"{first} – {last}", "what": what}

    def _button(self, words: str, act: Callable[[], object]) -> None:
        ui.button(words, color=None, on_click=act).props("flat no-caps").classes("oc-btn quiet")

    async def _keep(self) -> None:
        await self._decide(is_overwritten=False)

    async def _overwrite(self) -> None:
        if await self._question.ask(
            f"Overwrite what was changed in {self._title}?",
            ["Overrides made there for these times are removed.", "The published shifts take their place."],
            keep="Cancel",
            lose="Overwrite",
        ):
            await self._decide(is_overwritten=True)

    async def _decide(self, *, is_overwritten: bool) -> None:
        await run_as(self._app, self._me, decide_edits, self._schedule.id, self._view.id, is_overwritten=is_overwritten)
        self._refresh()

    def _choose(self) -> None:
        people = self._view.people

        async def submit() -> None:
            users = {each.member_id: str(entry.value or "") for each, entry in zip(people, entries, strict=True)}
            try:
                await run_as(self._app, self._me, match_people, self._schedule.id, self._view.id, users)
            except InvalidInput as wrong:
                refuse_all(entries, {wrong.field or people[0].name: wrong.sentence})
                return
            self._dialog.close()
            self._refresh()

        with self._dialog.open("Who is who", "Save", submit):
            hint = f"Link or id of the user in {self._title}"
            entries = [field(each.name, value=each.user, hint=hint, autocomplete="off") for each in people]


def _table(label: str) -> ui.table:
    table = ui.table(rows=[], columns=[], row_key="key").classes("oc-svcs dest-list")
    table.props(f"grid hide-header hide-pagination hide-bottom hide-no-data role=list aria-labelledby={label}")
    table.add_slot("item", ROW)
    return table
