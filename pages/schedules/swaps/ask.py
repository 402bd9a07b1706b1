"""/schedules/{id}/shifts/{shift}/cover: asks for cover of a shift, or a part of it; /offer: offers to take it."""

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends
from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.planning.problem import Slot
from oncall_ui.domain.schedules.shifts.slot_key import parse_slot_key, slot_key
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.cover.ask import read_asking
from oncall_ui.services.schedules.cover.reading import read_swaps
from oncall_ui.services.schedules.published.overview import OwnShift, read_overview
from oncall_ui.services.schedules.published.read import ScheduleView, read_schedule
from pages.layout import frame
from pages.opening import page
from pages.schedules.drawn import Drawn
from pages.schedules.subnav import SCHEDULES, schedule_route
from pages.schedules.swaps.ask_screen import AskScreen
from pages.session import login_required, run_as
from pages.widgets.own_shifts import own_line

NO_SHIFTS = "You have no shifts ahead on this schedule."
MOST = 20
CHOICE = """
<ul><li v-for="s in props.row.s" :key="s.k"><a class="oc-choose" :href="s.href"><b>{{ s.day }}<small>{{ s.hours
  }}</small></b><span>{{ s.role }}<small>{{ s.more }}</small></span><span class="rel">{{ s.rel }}</span></a></li></ul>
"""
LEAD = "It stays your shift until someone takes it."


def register(app: App) -> None:
    logged_in = login_required(app)

    @page("/schedules/{schedule_id:int}/swaps/ask")
    async def choose_page(schedule_id: int, me: Annotated[LoggedIn, Depends(logged_in)]) -> None:
        view = await run_as(app, me, read_schedule, schedule_id)
        await run_as(app, me, read_swaps, schedule_id, _now())  # members only; viewers get "Page not found"
        seen = await run_as(app, me, read_overview, _now())
        with frame(app, me, f"Ask for cover · {view.name}", SCHEDULES):
            _head(view, "Ask for cover", "Choose the shift you can’t do.")
            _choice(view, [each for each in seen.shifts if each.schedule_id == schedule_id])

    @page("/schedules/{schedule_id:int}/shifts/{shift}/cover")
    async def cover_page(schedule_id: int, shift: str, me: Annotated[LoggedIn, Depends(logged_in)]) -> None:
        await _open(app, me, schedule_id, _slot(shift), is_offer=False)

    @page("/schedules/{schedule_id:int}/shifts/{shift}/offer")
    async def offer_page(schedule_id: int, shift: str, me: Annotated[LoggedIn, Depends(logged_in)]) -> None:
        await _open(app, me, schedule_id, _slot(shift), is_offer=True)


def _slot(shift: str) -> Slot:
    slot = parse_slot_key(shift)
    if slot is None:
        raise NotAllowed
    return slot


async def _open(app: App, me: LoggedIn, schedule_id: int, slot: Slot, *, is_offer: bool) -> None:
    view = await run_as(app, me, read_schedule, schedule_id)
    title = "Offer to take a shift" if is_offer else "Ask for cover"
    try:
        asking = await run_as(app, me, read_asking, schedule_id, slot.start, slot.role)
    except InvalidInput as error:
        with frame(app, me, f"{title} · {view.name}", SCHEDULES):
            _head(view, title, error.sentence)
        return
    with frame(app, me, f"{title} · {view.name}", SCHEDULES):
        whose = LEAD if asking.holder_id == view.my_participant_id else f"{asking.holder} keeps it until it is taken."
        _head(view, title, f"{asking.holder} has to agree." if is_offer else whose)
        screen = AskScreen(app, me, view, slot, asking, is_offer=is_offer)
    screen.add_bar()


def _head(view: ScheduleView, title: str, lead: str) -> None:
    with html.header().classes("oc-head"), html.div():
        ui.link("Swaps", schedule_route(view.id, "swaps")).classes("oc-back oc-icon oc-i-left")
        html.h1(title)
        html.p(lead).classes("oc-lead")


def _choice(view: ScheduleView, shifts: list[OwnShift]) -> None:
    if not shifts:
        html.p(NO_SHIFTS).classes("oc-lead")
        return
    now, zone = _now(), zone_of(view.zone)
    rows = [own_line(each, zone, now) | {"href": _cover(view, each)} for each in shifts[:MOST]]
    with html.section().classes("oc-card").props('aria-label="Your shifts"'):
        Drawn(CHOICE, "swaps-choice").show([{"key": "all", "s": rows}])


def _cover(view: ScheduleView, each: OwnShift) -> str:
    key = quote(slot_key(each.of_shift, each.role), safe="")
    return schedule_route(view.id, "shifts", key, "cover")


def _now() -> datetime:
    return datetime.now(UTC)
