"""Broken and stale calendars of the team, for administrators: whose they are and why they fail, nothing else."""

from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Depends
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.imports.state import State
from oncall_ui.errors import NotAllowed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.team.health import BrokenCalendar, broken_calendars
from pages.layout import frame
from pages.opening import page
from pages.refresh import LiveView, Wanted
from pages.session import login_required
from pages.widgets.dates import count, moment_words
from pages.widgets.heading import page_header

TICK_SECONDS = 60
LEAD = (
    "Calendars that can’t be read, or haven’t been read for more than a day. Only the owner can fix these. You see the "
    "name, not the contents."
)
WORDS = {State.NEEDS_YOU: ("is-bad", "Needs {member}"), State.RETRYING: ("is-warn", "Retrying")}
STALE = ("is-warn oc-i-clock", "Stale")
ROW = """
<div class="team-broken" role="listitem"><img class="oc-logo" :src="props.row.logo" alt=""
  ><span class="who"><b class="oc-clip">{{ props.row.member }}</b
    ><small class="oc-clip">{{ props.row.what }}</small></span
  ><div :class="props.row.css"><b>{{ props.row.word }}</b><span> · {{ props.row.since }}</span
    ><span class="why">{{ props.row.why }}</span></div></div>
"""


def register(app: App) -> None:
    logged_in = login_required(app)

    def broken(me: Annotated[LoggedIn, Depends(logged_in)]) -> tuple[BrokenCalendar, ...]:
        return broken_calendars(app, me.member.id, _now())

    @page("/team/calendars")
    async def broken_page(
        me: Annotated[LoggedIn, Depends(logged_in)], _: Annotated[tuple[BrokenCalendar, ...], Depends(broken)]
    ) -> None:
        def read(_wanted: Wanted) -> tuple[BrokenCalendar, ...] | None:
            try:
                return broken_calendars(app, me.member.id, _now())
            except NotAllowed:
                return None  # no longer an administrator

        with frame(app, me, "Broken or stale", "/team"):
            page_header("Broken or stale", LEAD, back="/team")
            view = LiveView(app, me, read, _List(me.member.tz).show, of_team=True)
        await view.first()
        ui.timer(TICK_SECONDS, view.refresh, immediate=False)


class _List:
    """Built once; `show` updates it."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        with html.section().classes("oc-card").props("aria-labelledby=broken") as self._card:
            with html.div().classes("oc-card-head"):
                self._number = TextElement(tag="h2", text="").props("id=broken")
            self.table = ui.table(columns=[], rows=[], row_key="id").classes("oc-list team-brokens")
            self.table.props("grid hide-header hide-pagination role=list aria-labelledby=broken").add_slot("item", ROW)
        with html.p().classes("oc-status is-ok") as self._calm:
            html.b("All of the team’s calendars are up to date")
        for element in (self._card, self._calm):
            element.set_visibility(False)

    def show(self, found: tuple[BrokenCalendar, ...] | None) -> None:
        if found is None:
            ui.navigate.to("/team")
            return
        rows = [_row(each, self._zone) for each in found]
        if rows != self.table.rows:
            self.table.rows = rows
        self._number.set_text(f"{count(len(rows), 'calendar')} {'needs' if len(rows) == 1 else 'need'} attention")
        self._card.set_visibility(bool(rows))
        self._calm.set_visibility(not rows)


def _row(broken: BrokenCalendar, zone: ZoneInfo) -> dict[str, Any]:
    css, word = WORDS.get(broken.state, STALE)
    today = _now().astimezone(zone).date()
    return {
        "id": broken.id,
        "member": broken.member,
        "what": f"{broken.product} · {broken.nickname}" if broken.nickname else broken.product,
        "logo": f"/static/logos/{broken.logo}",
        "css": f"oc-status {css}",
        "word": word.format(member=broken.member),
        "since": f"not read since {moment_words(broken.since, zone, today)}" if broken.since else "never read",
        "why": broken.why,
    }


def _now() -> datetime:
    return datetime.now(UTC)
