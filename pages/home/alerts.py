"""Alerts on Home, one card each: what happened, what still counts, and the one thing to do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.imports.state import State
from oncall_ui.domain.imports.suspected_loss import Resolution
from oncall_ui.errors import NotAllowed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.connections.choose import sync_now
from oncall_ui.services.connections.views import CalendarView, ConnectionView
from oncall_ui.services.imports.suspected_loss import resolve_suspected_loss
from pages.session import run_as
from pages.widgets.calendar_status import (
    answer_buttons,
    last_read_words,
    needs_you_since,
    since_words,
    suspected_loss_words,
)
from pages.widgets.waiting import say_until

AT_MOST = 3
T = TypeVar("T")
Watched = Sequence[tuple[ConnectionView, CalendarView]]


class Kind(StrEnum):
    """What is wrong, in the order it is shown."""

    LOST = "can no longer be read"
    SUSPECTED_LOSS = "has far fewer entries than before"
    STALE = "is stale"


@dataclass(frozen=True, slots=True)
class Alert:
    """Calendars of one connection that fail alike: one fix, so one alert. A suspected loss is about one calendar."""

    kind: Kind
    connection_id: int
    product: str
    calendar_id: int
    """The first of them."""
    names: tuple[str, ...]
    since: str
    sentence: str
    is_kept: bool = False

    @property
    def heading(self) -> str:
        others = len(self.names) - 1
        more = f" and {others} more" if others else ""
        are = "are stale" if others and self.kind is Kind.STALE else self.kind.value
        return f"{self.names[0]}{more} {are}"


def alerts(watched: Watched, zone: ZoneInfo, now: datetime) -> list[Alert]:
    alike: dict[tuple[int, int, str, int], list[tuple[ConnectionView, CalendarView]]] = {}
    for connection, calendar in watched:
        if kind := _kind(calendar, now):
            one = calendar.id if calendar.suspected_loss else 0
            alike.setdefault((list(Kind).index(kind), connection.id, calendar.why, one), []).append(
                (connection, calendar)
            )
    return [_alert(group, zone, now) for _, group in sorted(alike.items(), key=lambda item: item[0][0])]


def _kind(calendar: CalendarView, now: datetime) -> Kind | None:
    if calendar.needs_you:
        return Kind.SUSPECTED_LOSS if calendar.suspected_loss else Kind.LOST
    return Kind.STALE if calendar.is_stale(now) else None


def _alert(group: Watched, zone: ZoneInfo, now: datetime) -> Alert:
    connection, first = group[0]
    calendars = [calendar for _, calendar in group]
    kind = _kind(first, now)
    assert kind is not None  # only those with a kind are grouped
    since = min(_since(calendar, kind) for calendar in calendars)
    return Alert(
        kind=kind,
        connection_id=connection.id,
        product=connection.product,
        calendar_id=first.id,
        names=tuple(calendar.name for calendar in calendars),
        since=since_words(since, zone, now),
        sentence=_sentence(calendars, zone, now),
        is_kept=bool(first.suspected_loss and first.suspected_loss.is_kept),
    )


def _since(calendar: CalendarView, kind: Kind) -> datetime:
    if kind is Kind.STALE:
        return calendar.last_read_at or calendar.broken_since or calendar.state_since
    return needs_you_since(calendar)


def _sentence(calendars: Sequence[CalendarView], zone: ZoneInfo, now: datetime) -> str:
    first = calendars[0]
    if first.suspected_loss and first.needs_you:
        return suspected_loss_words(first.why, first.suspected_loss, zone, now)
    why = first.why if first.state is not State.UP_TO_DATE else ""
    oldest = min(calendars, key=lambda calendar: calendar.last_read_at or calendar.state_since)
    if stale := last_read_words(oldest, zone, now):
        # If the heading says "stale" already, the sentence doesn't.
        age = f"Stale: {stale}" if first.needs_you else stale[0].upper() + stale[1:]
        return f"{why} {age}. {'Changes since then' if oldest.last_read_at else 'Its events'} are missing.".strip()
    return f"{why} {_what_holds(calendars)}".strip()


def _what_holds(calendars: Sequence[CalendarView]) -> str:
    if any(calendar.last_read_at for calendar in calendars):
        return "Entries read before then still count. Changes since then are missing."
    return "It was never read. Its events are missing."


class Alerts:
    """Redrawn only when what they say changes."""

    def __init__(self, app: App, me: LoggedIn) -> None:
        self._app, self._me = app, me
        self._client = ui.context.client
        self._place = html.div().classes("home-alerts")
        self._shown: list[Alert] = []

    def show(self, now: list[Alert]) -> None:
        if now == self._shown:
            return
        self._shown = now
        self._place.clear()
        with self._place:
            for alert in now[:AT_MOST]:
                self._draw(alert)
            if more := max(len(now) - AT_MOST, 0):
                with html.p().classes("home-more"):
                    TextElement(tag="span", text=f"{more} more {'needs' if more == 1 else 'need'} attention.")
                    ui.link("See all", "/calendars")

    def _draw(self, alert: Alert) -> None:
        look = "oc-alert is-warn" if alert.kind is Kind.STALE else "oc-alert"
        with html.section().classes(look) as card:
            html.i().classes("oc-i oc-i-clock" if alert.kind is Kind.STALE else "oc-i oc-i-alert")
            with html.div():
                with TextElement(tag="h2", text=alert.heading) as heading:
                    html.span(alert.since)
                TextElement(tag="p", text=alert.sentence)
            self._buttons(alert, heading.html_id)
        card.props(f"aria-labelledby={heading.html_id}")

    def _buttons(self, alert: Alert, heading: str) -> None:
        if alert.kind is Kind.SUSPECTED_LOSS or alert.is_kept:
            answer_buttons(alert.calendar_id, self._give_answer, may_keep=not alert.is_kept, about=heading)
            return
        with html.div().classes("oc-acts wide"):
            if alert.kind is Kind.LOST:
                target = f"/calendar_connections/new/{alert.product}?again={alert.connection_id}"
                button = ui.button("Reconnect", on_click=lambda: ui.navigate.to(target), color=None)
                button.classes("oc-btn main")
            else:
                button = ui.button("Sync now", on_click=partial(self._sync, alert), color=None)
                button.classes("oc-btn")
            button.props(f"unelevated no-caps aria-describedby={heading}")

    async def _give_answer(self, calendar_id: int, answer: Resolution) -> None:
        await self._do(resolve_suspected_loss, calendar_id, answer)

    async def _sync(self, alert: Alert) -> None:
        until = await self._do(sync_now, alert.connection_id)
        with self._client:
            say_until(alert.names[0], until, ZoneInfo(self._me.member.zone))

    async def _do(self, verb: Callable[..., T], *args: object) -> T | None:
        # In the page's own context: the card with the button may be gone by now.
        with self._client:
            try:
                return await run_as(self._app, self._me, verb, *args)
            except NotAllowed:
                ui.notify("This connection no longer exists", position="bottom-right")
                return None
