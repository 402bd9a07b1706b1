"""/schedules/{id}/swaps: what waits for the member, what they asked for, what others look for, what was settled."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.cover.reading import read_swaps
from oncall_ui.services.schedules.cover.views import Swaps
from oncall_ui.services.schedules.published.read import ScheduleView, read_schedule
from pages.layout import frame
from pages.opening import page
from pages.refresh import LiveView, Wanted
from pages.schedules.subnav import SCHEDULES, schedule_route, schedule_subnav
from pages.schedules.swaps.settled import Settled
from pages.session import login_required, run_as
from pages.widgets.dates import count
from pages.widgets.requests.answering import Answering
from pages.widgets.requests.lists import RequestList

HERE = "swaps"
TICK_SECONDS = 60
NOTHING = "Nothing waits for you. To ask for cover, open one of your shifts under Shifts."


def register(app: App) -> None:
    @page("/schedules/{schedule_id:int}/swaps")
    async def swaps_page(schedule_id: int, me: Annotated[LoggedIn, Depends(login_required(app))]) -> None:
        view = await run_as(app, me, read_schedule, schedule_id)
        await run_as(app, me, read_swaps, schedule_id, _now())  # members only; viewers get "Page not found"
        with frame(app, me, f"Swaps · {view.name}", SCHEDULES):
            screen = _Screen(app, me, view)

            def read(_: Wanted) -> Swaps:
                return read_swaps(app, me.member.id, schedule_id, _now())

            live = LiveView(app, me, read, screen.show, of_schedule=schedule_id)
        await live.first()
        # Not before: a timer that waits for its browser has the page sent at once.
        ui.timer(TICK_SECONDS, live.refresh, immediate=False)


class _Screen:
    """The elements, drawn once; `show` patches them."""

    def __init__(self, app: App, me: LoggedIn, view: ScheduleView) -> None:
        self._zone = zone_of(view.zone)
        with html.header().classes("oc-head"):
            with html.div():
                ui.link("Schedules", SCHEDULES).classes("oc-back oc-icon oc-i-left")
                html.h1(view.name)
                with html.p().classes("oc-status is-idle oc-i-swap"):
                    self._words = TextElement(tag="b", text="")
                    self._rest = TextElement(tag="span", text="")
            if view.my_participant_id is not None and not view.is_archived:
                with html.div().classes("oc-acts wide"):
                    ask = ui.link("Ask for cover", schedule_route(view.id, HERE, "ask"))
                    ask.classes("oc-btn main oc-icon oc-i-swap")
        self._count = schedule_subnav(view, HERE)
        answering = Answering(app, me, self._zone)
        self._waiting = _Card("Waiting for you", answering)
        self._none = html.p(NOTHING).classes("oc-lead swaps-none")
        self._mine = _Card("Asked by you", answering)
        self._others = _Card("Asked by others", answering)
        self._settled = Settled(self._zone, answering)

    def show(self, seen: Swaps) -> None:
        now, is_member = _now(), seen.me is not None
        self._count.show(len(seen.waiting))
        self._words.set_text(_waiting_words(len(seen.waiting)))
        self._rest.set_text(
            f", {len(seen.mine)} of yours {'is' if len(seen.mine) == 1 else 'are'} open" * bool(seen.mine)
        )
        self._waiting.show(len(seen.waiting))
        self._waiting.list.show(seen.waiting, self._zone, now, is_member=is_member)
        self._none.set_visibility(not seen.waiting and not seen.mine and not seen.others)
        self._mine.show(len(seen.mine))
        self._mine.list.show(seen.mine, self._zone, now, own=True)
        self._others.show(len(seen.others))
        self._others.list.show(seen.others, self._zone, now, is_member=is_member)
        self._settled.show(seen, now)


class _Card:
    """A heading and a list; gone while it is empty."""

    def __init__(self, title: str, answering: Answering) -> None:
        with html.section().classes("oc-card").props(f'aria-label="{title}"') as self._box:
            with html.div().classes("oc-card-head"):
                html.h2(title)
            self.list = RequestList(title, answering.press)
        self._box.set_visibility(False)

    def show(self, number: int) -> None:
        self._box.set_visibility(number > 0)


def _waiting_words(number: int) -> str:
    if not number:
        return "Nothing waits for you"
    return f"{count(number, 'request')} {'waits' if number == 1 else 'wait'} for you"


def _now() -> datetime:
    return datetime.now(UTC)
