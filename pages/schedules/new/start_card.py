"""The way in for teams that come from another tool: a card over step 1 that reads their old rota."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.schedules.rota_import.rota import RotaSource
from oncall_ui.domain.schedules.rota_import.spreadsheet import Place
from oncall_ui.domain.schedules.rota_import.table import LARGEST
from oncall_ui.errors import InvalidInput
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.rota_import.reading import place_of, read_rota_file_for_new
from oncall_ui.services.schedules.rota_import.start import suggest_members
from oncall_ui.services.schedules.rota_import.tools import Asked, FromTool, read_from_tool_for_new
from pages.schedules.drawn import Drawn
from pages.schedules.new.choices import Choices
from pages.schedules.new.old_rota import OldRota, read_rows
from pages.schedules.rota_import.drawing import BRINGS
from pages.schedules.rota_import.tool_form import ToolForm
from pages.schedules.rota_import.upload import Uploads
from pages.session import run_as, still_here
from pages.widgets.forms.form_dialog import FormDialog

ROUTE = "/schedules/new/import/file/{page}"
LEAD = "Read your old rota: its rotations become rules, and its last 12 months everyone’s opening balance."
TOO_LARGE = f"This file is larger than {LARGEST // 1024 // 1024} MB. Export a shorter span."


class StartCard:
    """Drawn where it is created. `choices` gives what is chosen so far; `took` gets what was read.

    `dialog` outlives the card. `old`: what was read before. `took` gets None where it is to be forgotten.
    """

    def __init__(
        self,
        app: App,
        me: LoggedIn,
        uploads: Uploads,
        dialog: FormDialog,
        old: OldRota | None,
        choices: Callable[[], Choices],
        took: Callable[[OldRota | None], Awaitable[None]],
        *,
        is_open: bool = False,
    ) -> None:
        self._app, self._me, self._dialog, self._choices, self._took = app, me, dialog, choices, took
        with html.section().classes("oc-card new-from").props("aria-labelledby=from"):
            if old is None:
                self._offer(uploads, is_open=is_open)
            else:
                self._show(old)

    def _offer(self, uploads: Uploads, *, is_open: bool) -> None:
        with html.details().classes("oc-fold new-from-tool").props("open" if is_open else ""):
            with html.summary(), html.div().classes("grow"):
                html.h2("Coming from another tool?").props("id=from")
                html.p(LEAD).classes("oc-sub")
            ToolForm(self._app, self._ask_tool, self._from_tool, self._dialog)
            uploads.zone(self._me, self._received)
            self._wrong = TextElement(tag="p", text="").classes("new-wrong oc-icon oc-i-alert").props("role=alert")
            self._wrong.set_visibility(False)

    def _show(self, old: OldRota) -> None:
        with html.div().classes("oc-card-head wrap"):
            html.h2(f"From {old.title}").classes("grow").props("id=from")
            forget = ui.button("Start without it", color=None, on_click=lambda: self._took(None)).props("flat no-caps")
            forget.classes("oc-btn quiet")
        now = datetime.now(UTC).astimezone(self._choices().zone)
        Drawn(BRINGS, "import-drawn").show(read_rows(old, self._choices(), now))

    async def _ask_tool(self, source: RotaSource, asked: Asked) -> FromTool:
        await still_here(self._app, self._me)
        place = place_now(self._choices())
        return await read_from_tool_for_new(self._app, self._me.member.id, place, source, asked)

    async def _from_tool(self, found: FromTool, tool: str) -> None:
        suggested = await run_as(self._app, self._me, suggest_members, found.rota)
        place = place_now(self._choices())
        await self._took(OldRota(found.rota, tool, place, suggested, found.rules, found.zone))

    async def _received(self, name: str, data: bytes | None) -> None:
        await still_here(self._app, self._me)
        self._wrong.set_visibility(False)
        try:
            if data is None:
                raise InvalidInput("File", TOO_LARGE)
            place = place_now(self._choices())
            rota = await read_rota_file_for_new(self._app, self._me.member.id, place, data)
        except InvalidInput as error:
            self._wrong.set_text(error.sentence)
            self._wrong.set_visibility(True)
            return
        suggested = await run_as(self._app, self._me, suggest_members, rota)
        await self._took(OldRota(rota, name, place, suggested, data=data))


def place_now(choices: Choices) -> Place:
    """What files leave open, as it is chosen now."""
    return place_of(choices.zone, tuple(choices.roles), choices.rules)
