"""/schedules/{id}/publish: links under which calendar apps read its shifts, and who hears when they change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.shift_feed import FeedKind
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.destinations.views import DestinationView, read_destinations
from oncall_ui.services.schedules.published.read import ScheduleView, read_schedule
from oncall_ui.services.sharing.feed import FeedLink
from oncall_ui.services.sharing.shift_feed import shift_links_of
from pages.layout import frame
from pages.opening import page
from pages.refresh import LiveView, Wanted
from pages.schedules.destinations.card import DestinationsCard
from pages.schedules.destinations.words import summary
from pages.schedules.subnav import SCHEDULES, schedule_route, schedule_subnav
from pages.session import login_required, run_as
from pages.widgets.dates import day_words
from pages.widgets.forms.dialogs import Question
from pages.widgets.shift_links import EVERYTHING, MINE, ShiftLinks, Shown

CHANGED = "Your shifts changed"
ROTA_FROM = (
    "From PagerDuty, Opsgenie, GoAlert, Grafana OnCall, a spreadsheet or an ICS file. Past shifts count in the ledger."
)
EMAILED = (
    "One email after each publishing to everyone whose shifts changed, with the reason. From 20:00 to 8:00 it waits, "
    "unless a shift begins within 24 hours."
)
OLD_ROTA = "Import an old rota"
TOLD = (
    ("Calendar apps", "Read the links about once an hour; Google once or twice a day, Outlook every few hours."),
    ("Open pages", "Everyone who has the schedule open sees a new plan at once."),
)


def register(app: App) -> None:
    @page("/schedules/{schedule_id:int}/publish")
    async def publish_page(schedule_id: int, me: Annotated[LoggedIn, Depends(login_required(app))]) -> None:
        view = await run_as(app, me, read_schedule, schedule_id)
        with frame(app, me, f"Publish {view.name}", SCHEDULES):
            screen = _Screen(app, me, view)
        await screen.live.first()


@dataclass(frozen=True, slots=True)
class _Found:
    view: ScheduleView
    links: Mapping[FeedKind, FeedLink]
    programs: tuple[DestinationView, ...]


class _Screen:
    """Built once; `_show` updates it."""

    def __init__(self, app: App, me: LoggedIn, view: ScheduleView) -> None:
        self._app, self._me, self._id = app, me, view.id
        self.live = LiveView(app, me, self._read, self._show, of_schedule=view.id)
        with html.header().classes("oc-head"), html.div():
            ui.link("Schedules", SCHEDULES).classes("oc-back oc-icon oc-i-left")
            self._name = TextElement(tag="h1", text=view.name)
            self._lead = TextElement(tag="p", text="").classes("oc-lead").props("role=status")
        schedule_subnav(view, "publish")
        is_manager = view.access.includes(Access.MANAGER)
        with html.div().classes("oc-make"):
            with html.div().classes("oc-stack"):
                self._links = self._calendars(view)
                self._programs = DestinationsCard(app, me, view, self.live.refresh) if is_manager else None
            with html.aside().classes("oc-stack").props('aria-label="Notifications and import"'):
                with html.section().classes("oc-card").props("aria-labelledby=publish-told"):
                    with html.div().classes("oc-card-head"):
                        html.h2("Notifications").props("id=publish-told")
                    _emails(app)
                    for title, sentence in TOLD:
                        _told(title, sentence)
                if is_manager and not view.is_archived:
                    _import_card(view)

    def _read(self, _: Wanted) -> _Found:
        me = self._me.member.id
        view = read_schedule(self._app, me, self._id)
        may_see = self._programs is not None and view.access.includes(Access.MANAGER)
        programs = read_destinations(self._app, me, self._id) if may_see else ()
        return _Found(view, shift_links_of(self._app, me, self._id), programs)

    def _show(self, found: _Found) -> None:
        self._name.set_text(found.view.name)
        told = summary(found.programs)
        self._lead.set_text(f"{_published(found.view)}. Programs: {told}" if told else _published(found.view))
        self._links.show(found.links, datetime.now(UTC))
        if self._programs:
            self._programs.show(found.programs, datetime.now(UTC))

    def _calendars(self, view: ScheduleView) -> ShiftLinks:
        everyone = Shown(FeedKind.SCHEDULE, f"{view.name}, everyone", _roles(view), "schedule", view.id)
        with html.section().classes("oc-card").props("aria-labelledby=publish-links"):
            with html.div().classes("oc-card-head"), html.div().classes("grow"):
                html.h2("Calendars to subscribe to").props("id=publish-links")
                html.p("Anyone with the link can read it. Renewing it ends the old one immediately.").classes("oc-sub")
            links = ShiftLinks(self._app, self._me, (MINE, everyone, EVERYTHING), Question(), self.live.refresh)
            with html.div().classes("oc-rule publish-rule"), html.p("Shifts don’t make you busy"):
                html.small("They show as free time, so meetings stay possible and they never block you here.")
        return links


def _import_card(view: ScheduleView) -> None:
    with html.section().classes("oc-card").props("aria-labelledby=publish-import"):
        with html.div().classes("oc-card-head"):
            html.h2(OLD_ROTA).props("id=publish-import")
        with html.div().classes("oc-pad publish-import"):
            html.p(ROTA_FROM)
            ui.link("Import a rota", schedule_route(view.id, "import")).classes("oc-btn oc-icon oc-i-upload")


def _emails(app: App) -> None:
    if not app.postbox.is_set_up:
        _told(CHANGED, "This server doesn’t send email, so members see changes here and in their calendar apps.")
        return
    with _told(CHANGED, EMAILED):
        ui.link("Notifications", "/you/notifications").classes("oc-btn quiet")


def _told(title: str, sentence: str) -> html.div:
    with html.div().classes("oc-rule publish-rule") as line, html.p(title):
        html.small(sentence)
    return line


def _published(view: ScheduleView) -> str:
    if view.published_until is None:
        return "Nothing is published yet. Links can be created already"
    zone = ZoneInfo(view.zone)
    last = (view.published_until - timedelta(seconds=1)).astimezone(zone).date()
    return f"Published until {day_words(last, datetime.now(zone).date())}"


def _roles(view: ScheduleView) -> str:
    *most, last = view.roles
    words = f"{', '.join(most)} and {last}" if most else last
    return words[0].upper() + words[1:]
