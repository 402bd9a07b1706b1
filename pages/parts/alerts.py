"""What only the member can mend, a card each: what happened, what still holds, the one thing to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.status import State
from oncall_ui.services.views import CalendarView, ConnectionView
from pages.parts.dates import clock, day_words

AT_MOST = 3


@dataclass(frozen=True, slots=True)
class Alert:
    """Calendars of one connection that fail alike: mended together, so told together."""

    connection_id: int
    product: str
    names: tuple[str, ...]
    since: str
    sentence: str

    @property
    def heading(self) -> str:
        others = len(self.names) - 1
        more = f" and {others} more" if others else ""
        return f"{self.names[0]}{more} can’t be read any more"


def alerts(watched: Sequence[tuple[ConnectionView, CalendarView]], zone: ZoneInfo, now: datetime) -> list[Alert]:
    alike: dict[tuple[int, str, str], list[CalendarView]] = {}
    for connection, calendar in watched:
        if calendar.state is State.NEEDS_YOU:
            alike.setdefault((connection.id, connection.product, calendar.why), []).append(calendar)
    return [
        Alert(
            connection_id=connection_id,
            product=product,
            names=tuple(calendar.name for calendar in calendars),
            since=_since(min(calendar.state_since for calendar in calendars), zone, now),
            sentence=f"{why} {_what_holds(calendars)}".strip(),
        )
        for (connection_id, product, why), calendars in alike.items()
    ]


class Alerts:
    """Drawn anew only when what they say changes."""

    def __init__(self) -> None:
        self._place = html.div().classes("home-alerts")
        self._shown: list[Alert] = []

    def show(self, now: list[Alert]) -> None:
        if now == self._shown:
            return
        self._shown = now
        self._place.clear()
        with self._place:
            for alert in now[:AT_MOST]:
                _draw(alert)
            if len(now) > AT_MOST:
                with html.p().classes("home-more"):
                    TextElement(tag="span", text=f"{len(now) - AT_MOST} more can’t be read either.")
                    ui.link("See all of them", "/calendars")


def _draw(alert: Alert) -> None:
    with html.section().classes("oc-alert") as card:
        html.i().classes("oc-i oc-i-alert")
        with html.div():
            with TextElement(tag="h2", text=alert.heading) as heading:
                html.span(alert.since)
            TextElement(tag="p", text=alert.sentence)
        with html.div().classes("oc-acts wide"):
            button = ui.button("Reconnect", color=None).props("unelevated no-caps").classes("oc-btn main")
    card.props(f"aria-labelledby={heading.html_id}")
    button.props(f"aria-describedby={heading.html_id}")
    target = f"/calendar_connections/new/{alert.product}?again={alert.connection_id}"
    button.on_click(lambda: ui.navigate.to(target))


def _since(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    today = now.astimezone(zone).date()
    return f"since {day_words(moment.astimezone(zone).date(), today)}, {clock(moment, zone)}"


def _what_holds(calendars: Sequence[CalendarView]) -> str:
    if any(calendar.last_read_at for calendar in calendars):
        return "What was read before then still counts; anything newer is unknown."
    return "Nothing was read from it yet, so what it holds is unknown."
