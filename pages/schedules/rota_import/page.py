"""/schedules/{id}/import: reads an old rota, asks once who its names are, and shows what it would bring."""

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from fastapi.responses import Response
from nicegui import app as web
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.rota_import.rota import Rota, RotaSource
from oncall_ui.domain.schedules.rota_import.table import LARGEST
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.people import read_people
from oncall_ui.services.schedules.published.read import ScheduleView, read_schedule
from oncall_ui.services.schedules.rota_import.preview import PastImport, past_imports, preview_rota, suggest_people
from oncall_ui.services.schedules.rota_import.reading import read_rota_file
from oncall_ui.services.schedules.rota_import.save import save_rota, undo_import
from oncall_ui.services.schedules.rota_import.tools import Asked, FromTool, read_from_tool
from pages.layout import frame
from pages.opening import page
from pages.refresh import LiveView
from pages.schedules.drawn import Drawn
from pages.schedules.rota_import.drawing import PAST
from pages.schedules.rota_import.review import Review
from pages.schedules.rota_import.rules_card import RulesCard
from pages.schedules.rota_import.tool_form import FROM_TOOL, ToolForm
from pages.schedules.rota_import.upload import Uploads
from pages.schedules.rota_import.words import (
    AHEAD,
    ALREADY,
    NONE_COUNTS,
    needs_words,
    past_rows,
)
from pages.schedules.subnav import SCHEDULES, schedule_route
from pages.session import login_required, run_as, still_here
from pages.widgets.dates import count
from pages.widgets.forms.fields import busy, is_busy
from pages.widgets.forms.form_dialog import FormDialog
from pages.widgets.toast import Toast

HERE = "import"
LEAD = "Shifts from before count toward everyone’s balance, so that the first plan makes up for them."
ROUTE = "/schedules/{schedule_id}/import/file/{page}"
TOO_LARGE = f"This file is larger than {LARGEST // 1024 // 1024} MB. Import a shorter span."
WHAT = (
    "One row per shift or week, with a day and a name. Headings such as Start, End, Name, Email and Role help. "
    "An ICS export of PagerDuty, Opsgenie, GoAlert or any calendar works, too."
)


def register(app: App) -> None:
    uploads, logged_in = Uploads(ROUTE, LARGEST), login_required(app)

    @page("/schedules/{schedule_id:int}/import")
    async def import_page(schedule_id: int, me: Annotated[LoggedIn, Depends(logged_in)]) -> None:
        view = await run_as(app, me, read_schedule, schedule_id)
        await run_as(app, me, past_imports, schedule_id)  # managers only; others get "Page not found"
        if view.is_archived:
            raise NotAllowed
        with frame(app, me, f"Import into {view.name}", SCHEDULES):
            screen = _Screen(app, me, view, uploads)
        await screen.live.first()

    @web.post(ROUTE)
    async def file(
        schedule_id: int, page: str, request: Request, me: Annotated[LoggedIn, Depends(logged_in)]
    ) -> Response:
        return await uploads.take(page, request, me)


class _Screen:
    """The elements, built once, and what was read last. Nothing of it is stored before the import."""

    def __init__(self, app: App, me: LoggedIn, view: ScheduleView, uploads: Uploads) -> None:
        self._app, self._me, self._view, self._zone = app, me, view, zone_of(view.zone)
        self._review = Review(self._zone, self._recount, AHEAD)
        self._head()
        self._start(uploads)
        self._toast = Toast()
        with html.div().classes("oc-make") as self._made:
            with html.div().classes("oc-stack"):
                self._rules = RulesCard(app, me, view.id, self._rules_saved)
                self._review.draw_cards(view.roles, again=self._begin_again)
            with html.aside().props('aria-label="What it brings"'):
                self._review.draw_side()
        with html.section().classes("oc-card").props("aria-labelledby=import-past") as self._past_card:
            with html.div().classes("oc-card-head"):
                html.h2("Imported before").classes("grow").props("id=import-past")
            self._past = Drawn(PAST, "import-list")
            self._past.table.props["role"] = "list"
            self._past.table.props["aria-labelledby"] = "import-past"
            self._past.table.on("undo", lambda event: self._undo(str(event.args)))
        self._bar()
        self._show_rota()
        self.live = LiveView(app, me, lambda _wanted: self._read_past(), self._show_past, of_schedule=view.id)

    def _head(self) -> None:
        with html.header().classes("oc-head"), html.div():
            ui.link("Fairness", schedule_route(self._view.id, "fairness")).classes("oc-back oc-icon oc-i-left")
            html.h1("Import an old rota")
            html.p(LEAD).classes("oc-lead")
            with html.p().classes("oc-status").props("role=status") as self._status:
                self._bold, self._rest = TextElement(tag="b", text=""), TextElement(tag="span", text="")

    def _start(self, uploads: Uploads) -> None:
        with html.section().classes("oc-card").props("aria-labelledby=import-file") as self._start_card:
            with html.div().classes("oc-card-head"), html.div().classes("grow"):
                html.h2("From a file").props("id=import-file")
                html.p(WHAT).classes("oc-sub")
            uploads.zone(self._me, self._received, schedule_id=self._view.id)
            self._wrong = TextElement(tag="p", text="").classes("new-wrong oc-icon oc-i-alert").props("role=alert")
            self._wrong.set_visibility(False)
        with html.section().classes("oc-card").props("aria-labelledby=import-tool") as self._tools_card:
            with html.div().classes("oc-card-head"), html.div().classes("grow"):
                html.h2("From another tool").props("id=import-tool")
                html.p(FROM_TOOL).classes("oc-sub")
            ToolForm(self._app, self._ask_tool, self._read_from_tool, FormDialog())

    def _bar(self) -> None:
        with html.div().classes("oc-save import-save") as self._save_bar, html.div().classes("oc-save-inner"):
            self._words = TextElement(tag="span", text="").classes("grow").props("aria-live=polite")
            cancel = ui.button("Cancel", color=None, on_click=self._begin_again).props("flat no-caps")
            cancel.classes("oc-btn quiet")
            self._import = ui.button("Import", color=None, on_click=self._save).props("unelevated no-caps")
            self._import.classes("oc-btn main")

    async def _received(self, name: str, data: bytes | None) -> None:
        await still_here(self._app, self._me)
        self._say("", f"Reading {name} …", "is-idle")
        try:
            if data is None:
                raise InvalidInput("File", TOO_LARGE)
            rota = await read_rota_file(self._app, self._me.member.id, self._view.id, data)
            await self.show(rota, name)
        except InvalidInput as error:
            self._refuse(error.sentence)

    async def _ask_tool(self, source: RotaSource, asked: Asked) -> FromTool:
        await still_here(self._app, self._me)
        return await read_from_tool(self._app, self._me.member.id, self._view.id, source, asked)

    async def _read_from_tool(self, found: FromTool, tool: str) -> None:
        await self.show(found.rota, tool)
        self._rules.show(found.rules, tool, self._view.roles)

    async def _rules_saved(self, sentence: str) -> None:
        """What is imported counts by the new rules."""
        self._toast.say(sentence)
        await self._recount()

    async def show(self, rota: Rota, title: str) -> None:
        """What was read, whatever it was read from."""
        answers = await run_as(self._app, self._me, suggest_people, self._view.id, rota)
        day = datetime.now(UTC).astimezone(self._zone).date()
        people = await run_as(self._app, self._me, read_people, self._view.id, day)
        self._review.read(rota, title, answers, {each.id: each.name for each in people})
        self._show_rota()
        await self._recount()

    def _show_rota(self) -> None:
        rota = self._review.rota
        for part in (self._made, self._save_bar):
            part.set_visibility(rota is not None)
        for part in (self._start_card, self._tools_card):
            part.set_visibility(rota is None)
        self._rules.show(None, "", self._view.roles)
        self._past_card.set_visibility(rota is None and bool(self._past.table.rows))
        self._wrong.set_visibility(False)
        if rota is None:
            self._status.set_visibility(False)

    async def _recount(self) -> None:
        rota = self._review.rota
        if rota is None:
            return
        bold, rest, needs = needs_words(rota, self._review.answers)
        self._say(bold, rest, "is-warn oc-i-question" if needs else "is-ok")
        self._review.show_names()
        try:
            preview = await run_as(self._app, self._me, preview_rota, self._view.id, rota, self._review.choices)
        except InvalidInput as error:
            self._begin_again()
            self._refuse(error.sentence)
            return
        if rota is not self._review.rota:
            return
        self._review.show(preview)
        self._import.set_text(f"Import {count(preview.slots, 'shift')}")
        waits = "" if preview.is_new else ALREADY if preview.slots else NONE_COUNTS
        self._words.set_text(waits or "Nothing is published by importing.")
        self._import.props(f"aria-disabled={str(bool(waits)).lower()}")

    async def _save(self) -> None:
        rota = self._review.rota
        if rota is None or is_busy(self._import) or self._import.props.get("aria-disabled") == "true":
            return
        with busy(self._import):
            try:
                slots = await run_as(self._app, self._me, save_rota, self._view.id, rota, self._review.choices)
            except InvalidInput as error:
                self._words.set_text(error.sentence)
                return
        self._begin_again()
        self._toast.say(f"{count(slots, 'shift')} imported into the ledger.")

    async def _undo(self, key: str) -> None:
        if not key.isdecimal():
            return
        try:
            await run_as(self._app, self._me, undo_import, self._view.id, int(key))
        except InvalidInput as error:
            self._toast.say(error.sentence)
            return
        self._toast.say("The import was undone. The ledger is as it was before.")

    def _begin_again(self) -> None:
        self._review.forget()
        self._show_rota()

    def _say(self, bold: str, rest: str, css: str) -> None:
        self._status.set_visibility(True)
        self._status.classes(replace=f"oc-status {css}")
        self._bold.set_text(bold)
        self._rest.set_text(rest)

    def _refuse(self, sentence: str) -> None:
        self._status.set_visibility(False)
        self._wrong.set_text(sentence)
        self._wrong.set_visibility(True)

    def _read_past(self) -> tuple[PastImport, ...] | None:
        """Blocking. None: it may not be seen any more."""
        try:
            return past_imports(self._app, self._me.member.id, self._view.id)
        except NotAllowed:
            return None

    def _show_past(self, found: tuple[PastImport, ...] | None) -> None:
        if found is None:
            ui.navigate.to(SCHEDULES)
            return
        self._past.show(past_rows(found, ZoneInfo(str(self._zone)), datetime.now(UTC).astimezone(self._zone)))
        self._past_card.set_visibility(self._review.rota is None and bool(found))
