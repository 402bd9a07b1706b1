"""The dialog in which a manager types the API key of another tool, and which of its schedules to read."""

from collections.abc import Awaitable, Callable

from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.domain.schedules.rota_import.rota import RotaSource
from oncall_ui.errors import InvalidInput
from oncall_ui.services.schedules.rota_import.tools import Asked, FromTool, tools_of
from pages.widgets.forms.fields import field, refuse_all
from pages.widgets.forms.form_dialog import FormDialog

FROM_TOOL = "Reads who was on call in the last 12 months, with overrides. Nothing is changed there."
USED_ONCE = "The key is used once and not stored. Only what is listed afterwards is kept, once you import it."


class ToolForm:
    """Buttons, one for each tool, which open the dialog. It outlives them: `done` may remove the buttons.

    `read` raises InvalidInput, whose fields are those of the dialog. `done` is called with what was read and the
    tool's name.
    """

    def __init__(
        self,
        app: App,
        read: Callable[[RotaSource, Asked], Awaitable[FromTool]],
        done: Callable[[FromTool, str], Awaitable[None]],
        dialog: FormDialog,
    ) -> None:
        self._app, self._read, self._done, self._dialog = app, read, done, dialog
        with html.div().classes("oc-acts import-tools"):
            for tool in tools_of(app):
                button = ui.button(tool.name, color=None, on_click=lambda source=tool.source: self._open(source))
                button.props("unelevated no-caps aria-haspopup=dialog").classes("oc-btn")

    def _open(self, source: RotaSource) -> None:
        self._tool = tool = next(each for each in tools_of(self._app) if each.source is source)
        with self._dialog.open(f"Read from {tool.name}", "Read 12 months", self._send):
            html.p(USED_ONCE)
            self._key = field(tool.key_label, kind="password", hint=tool.key_help, autocomplete="off")
            if tool.query:
                html.pre(tool.query).classes("import-query").props('tabindex=0 aria-label="The query"')
            self._region = None
            if tool.regions:
                self._region = ui.select(list(tool.regions), value=next(iter(tool.regions)), label="Region")
                self._region.props("outlined dense options-dense stack-label")
            self._schedule = field(tool.schedule_label, hint=tool.schedule_help, autocomplete="off")

    async def _send(self) -> None:
        region = str(self._region.value or "") if self._region else ""
        asked = Asked(str(self._schedule.value or ""), str(self._key.value or ""), region)
        try:
            found = await self._read(self._tool.source, asked)
        except InvalidInput as error:
            refuse_all([self._key, self._schedule], error.sentences)
            return
        self._dialog.close()
        await self._done(found, self._tool.name)
