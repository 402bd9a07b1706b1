"""/schedules/{id}/publish/{destination}: how it is doing, what was sent there, and what can be done about it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.schedules.destinations.fields import TITLES
from oncall_ui.domain.schedules.destinations.kinds import DestinationKind, DestinationState
from oncall_ui.errors import InvalidInput
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.destinations.manage import remove_destination, renew_secret, switch_destination
from oncall_ui.services.schedules.destinations.try_now import resend, send_test
from oncall_ui.services.schedules.destinations.views import DeliveryView, DestinationView, read_destination
from oncall_ui.services.schedules.published.read import ScheduleView, read_schedule
from pages.layout import frame
from pages.opening import page
from pages.refresh import LiveView, Wanted
from pages.schedules.destinations.card import SECRET_HINT
from pages.schedules.destinations.copies import CopyCards
from pages.schedules.destinations.forms import DestinationForms
from pages.schedules.destinations.words import EVENTS, delivery_rows, status_of, where_words
from pages.schedules.subnav import SCHEDULES, schedule_route, schedule_subnav
from pages.session import login_required, run_as
from pages.widgets.forms.dialogs import Question
from pages.widgets.forms.shown_once import ShownOnce
from pages.widgets.rows import show_rows

EMPTY = "Nothing was sent yet. Send a test, or wait for the next change."
LOG_HINT = "The newest 50 of the last 30 days. An event that is sent again keeps its id."
ROW = """
<div role="listitem" class="dest-line"><span class="at">{{ props.row.at }}</span><div><p><b>{{ props.row.what }}</b></p
  ><p :class="props.row.css"><b>{{ props.row.word }}</b><span>{{ props.row.facts }}</span></p
  ><p v-if="props.row.why" class="dest-why">{{ props.row.why }}</p><small>{{ props.row.id }}</small></div
  ><button v-if="props.row.again" type="button" class="oc-btn quiet" :aria-label="'Send again: ' + props.row.what + ', '
  + props.row.at" @click="() => $parent.$emit('again', props.row.key)">Send again</button></div>
"""


def register(app: App) -> None:
    @page("/schedules/{schedule_id:int}/publish/{destination_id:int}")
    async def destination_page(
        schedule_id: int, destination_id: int, me: Annotated[LoggedIn, Depends(login_required(app))]
    ) -> None:
        view = await run_as(app, me, read_schedule, schedule_id)
        found, _ = await run_as(app, me, read_destination, schedule_id, destination_id)
        with frame(app, me, f"{found.name} · {view.name}", SCHEDULES):
            screen = _Screen(app, me, view, found)
        await screen.live.first()


@dataclass(frozen=True, slots=True)
class _Found:
    view: DestinationView
    deliveries: tuple[DeliveryView, ...]


class _Screen:
    """Built once; `_show` updates it."""

    def __init__(self, app: App, me: LoggedIn, schedule: ScheduleView, view: DestinationView) -> None:
        self._app, self._me, self._schedule, self._view = app, me, schedule, view
        self._zone, self._client = me.member.tz, ui.context.client
        self._question = Question()
        self._forms = DestinationForms(app, me, schedule)
        self.live = LiveView(app, me, self._read, self._show, of_schedule=schedule.id)
        with html.header().classes("oc-head"):
            with html.div():
                ui.link("Publish", schedule_route(schedule.id, "publish")).classes("oc-back oc-icon oc-i-left")
                self._name = TextElement(tag="h1", text=view.name)
                with html.p().classes("oc-status").props("role=status") as self._status:
                    self._word, self._facts = TextElement(tag="b", text=""), TextElement(tag="span", text="")
            with html.div().classes("oc-acts wide"):
                self._test = self._button("Compare now" if view.kind.keeps_shifts else "Send test", self._send_test)
                self._button("Edit", self._edit)
                self._switch = self._button("Switch off", self._switch_it)
                self._button("Remove", self._remove)
        schedule_subnav(schedule, "publish")
        with html.section().classes("oc-alert").props('aria-label="What is wrong"') as self._alert:
            html.span().classes("oc-i oc-i-alert").props("aria-hidden=true")
            self._why = TextElement(tag="p", text="")
            with html.div().classes("oc-acts") as self._fix:
                self._button("Edit settings", self._edit).classes(remove="quiet")
        with html.section().classes("oc-card dest-about").props("aria-label=Settings"):
            self._where = TextElement(tag="p", text="")
            self._events = TextElement(tag="p", text="").classes("oc-sub")
            if view.kind is DestinationKind.WEBHOOK:
                self._button("New secret", self._renew)
                self._secret = ShownOnce("Signing secret", SECRET_HINT)
        self._copies = CopyCards(app, me, schedule, view, self.live.refresh) if view.kind.keeps_shifts else None
        if self._copies is None:
            self._draw_log()

    def _draw_log(self) -> None:
        with html.section().classes("oc-card").props("aria-labelledby=dest-log"):
            with html.div().classes("oc-card-head"), html.div().classes("grow"):
                html.h2("Deliveries").props("id=dest-log")
                html.p(LOG_HINT).classes("oc-sub")
            self._table = ui.table(rows=[], columns=[], row_key="key").classes("oc-svcs dest-list")
            self._table.props(
                "grid hide-header hide-pagination hide-bottom hide-no-data role=list aria-labelledby=dest-log"
            )
            self._table.add_slot("item", ROW)
            self._table.on("again", lambda event: self._again(event.args))
            self._empty = html.p(EMPTY).classes("oc-note")

    def _read(self, _: Wanted) -> _Found:
        return _Found(*read_destination(self._app, self._me.member.id, self._schedule.id, self._view.id))

    def _show(self, found: _Found) -> None:
        view, now = found.view, datetime.now(UTC)
        self._view = view
        status = status_of(view, self._zone, now)
        self._name.set_text(view.name)
        self._status.classes(replace=f"oc-status {status.css}")
        self._word.set_text(status.word)
        self._facts.set_text(f" · {status.facts}")
        self._why.set_text(status.why)
        self._alert.set_visibility(bool(status.why))
        needs_you = view.state is DestinationState.NEEDS_YOU
        self._alert.classes(replace="oc-alert" if needs_you else "oc-alert is-warn")
        self._fix.set_visibility(needs_you)
        self._where.set_text(where_words(view))
        self._events.set_text(_events_words(view))
        is_off = view.state is DestinationState.OFF
        self._switch.set_text("Switch on" if is_off else "Switch off")
        self._test.set_visibility(not is_off)
        if self._copies:
            self._copies.show(view, now)
        else:
            rows = delivery_rows(found.deliveries, self._zone, now)
            show_rows(self._table, rows)
            self._empty.set_visibility(not rows)

    def _button(self, words: str, act: Callable[[], object]) -> ui.button:
        return ui.button(words, color=None, on_click=act).props("flat no-caps").classes("oc-btn quiet")

    def _edit(self) -> None:
        self._forms.change(self._view, self.live.refresh)

    async def _send_test(self) -> None:
        await self._try(run_as(self._app, self._me, send_test, self._schedule.id, self._view.id))

    async def _again(self, delivery_id: object) -> None:
        if isinstance(delivery_id, int):
            await self._try(run_as(self._app, self._me, resend, self._schedule.id, self._view.id, delivery_id))

    async def _try(self, sending: Awaitable[None]) -> None:
        try:
            await sending
        except InvalidInput as wrong:
            with self._client:
                ui.notify(wrong.sentence, position="bottom-right")
        self.live.refresh()

    async def _switch_it(self) -> None:
        is_on = self._view.state is DestinationState.OFF
        title = TITLES[self._view.kind]
        if not is_on and not await self._question.ask(
            f"Switch off {self._view.name}?",
            [_stays(title, self._view), "You can switch it on again at any time; what happens until then isn’t sent."],
            keep="Cancel",
            lose="Switch off",
        ):
            return
        await run_as(self._app, self._me, switch_destination, self._schedule.id, self._view.id, is_on)
        self.live.refresh()

    async def _remove(self) -> None:
        title = TITLES[self._view.kind]
        if not await self._question.ask(
            f"Remove {self._view.name}?",
            [_stays(title, self._view), "Its address, its secret and its deliveries are erased here."],
            keep="Cancel",
            lose="Remove",
        ):
            return
        await run_as(self._app, self._me, remove_destination, self._schedule.id, self._view.id)
        with self._client:
            ui.navigate.to(schedule_route(self._schedule.id, "publish"))

    async def _renew(self) -> None:
        if await self._question.ask(
            f"Replace the secret of {self._view.name}?",
            ["Requests are signed with the new one at once.", "Your program refuses them until it has it, too."],
            keep="Cancel",
            lose="Replace",
        ):
            secret = await run_as(self._app, self._me, renew_secret, self._schedule.id, self._view.id)
            with self._client:
                self._secret.show(secret)
            self.live.refresh()


def _events_words(view: DestinationView) -> str:
    if view.kind.keeps_shifts:
        return "Every published shift of the next 90 days; compared every hour."
    if not view.events:
        return "Nothing is chosen. Edit it and choose what to send."
    return f"Sent: {', '.join(EVENTS[kind].lower() for kind in EVENTS if kind in view.events)}."


def _stays(title: str, view: DestinationView) -> str:
    if view.kind.keeps_shifts:
        return f"The shifts that are in {title} stay there and are no longer updated."
    return f"Nothing more is sent to {view.account or title}."
