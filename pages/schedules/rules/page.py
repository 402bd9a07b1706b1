"""/schedules/{id}/rules: what a schedule follows, in sentences; its managers change it here."""

from datetime import timedelta
from typing import Annotated

from fastapi import Depends
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.access import Access
from oncall_ui.errors import NotAllowed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.published.read import ScheduleView, read_schedule
from oncall_ui.services.schedules.settings import archive_schedule
from pages.layout import frame
from pages.opening import page
from pages.refresh import LiveView
from pages.schedules.editors.holidays import Known, known_holidays
from pages.schedules.rules.access_card import AccessCard
from pages.schedules.rules.forms import Forms
from pages.schedules.rules.people_card import PeopleCard
from pages.schedules.rules.reading import Now, read_rules
from pages.schedules.rules.section import Editing, Section
from pages.schedules.rules.words import (
    NO_LIMITS,
    general,
    limit_words,
    one_off_words,
    priorities,
    publishing,
    rule_words,
)
from pages.schedules.subnav import SCHEDULES, schedule_subnav
from pages.session import login_required, run_as
from pages.widgets.forms.dialogs import Question
from pages.widgets.toast import Toast

HERE = "rules"
ONLY_PEOPLE = "Only people on this schedule see its rules. Ask a manager of the schedule to add you."
FOR_MANAGERS = "Changes apply from the next draft on. What is published stays as it is."
FOR_MEMBERS = "What this schedule follows. Its managers can change it."
ARCHIVED = "This schedule is archived. Nothing about it changes any more."


def register(app: App) -> None:
    @page("/schedules/{schedule_id}/rules")
    async def rules_page(schedule_id: int, me: Annotated[LoggedIn, Depends(login_required(app))]) -> None:
        view = await run_as(app, me, read_schedule, schedule_id)
        with frame(app, me, f"Rules · {view.name}", SCHEDULES):
            if not view.access.includes(Access.MEMBER):
                _head(view, ONLY_PEOPLE)
                return
            screen = _Screen(app, me, view)
            await screen.start()


def _head(view: ScheduleView, lead: str) -> TextElement:
    with html.header().classes("oc-head"), html.div():
        ui.link("Schedules", SCHEDULES).classes("oc-back oc-icon oc-i-left")
        title = TextElement(tag="h1", text=view.name)
        html.p(lead).classes("oc-lead")
    schedule_subnav(view, HERE)
    return title


class _Screen:
    """The elements, built once, and what was read last."""

    def __init__(self, app: App, me: LoggedIn, view: ScheduleView) -> None:
        self._app, self._me, self._view = app, me, view
        can = view.access.includes(Access.MANAGER) and not view.is_archived
        self._now: Now | None = None
        self._known: Known | None = None
        self._place: tuple[str, str] | None = None
        editing = Editing() if can else None
        self._title = _head(view, ARCHIVED if view.is_archived else FOR_MANAGERS if can else FOR_MEMBERS)
        forms = Forms(app, me, view.id, self._read_last, self._holidays)
        with html.div().classes("oc-make"):
            with html.div().classes("oc-stack"):
                self._people = PeopleCard(app, me, view.id, self._saved, can_change=can)
                self._shifts = Section("shifts", "Shifts", forms.shifts, self._saved, editing)
                self._limits = Section("limits", "Limits", forms.limits, self._saved, editing)
                self._priorities = Section("first", "Priorities", forms.priorities, self._saved, editing)
                self._publishing = Section("blocks", "Blocks and notice", forms.publishing, self._saved, editing)
            with html.div().classes("oc-stack"):
                self._general = Section("general", "General", forms.general, self._saved, editing)
                self._access = AccessCard(app, me, view.id, self._saved, can_change=can)
                if can:
                    self._archive_card()
        self._question = Question()
        self._toast = Toast()
        self._live = LiveView(app, me, lambda _wanted: self._read(), self._show, of_schedule=view.id)

    async def start(self) -> None:
        """Shows the rules."""
        await self._live.first()

    def _archive_card(self) -> None:
        with html.section().classes("oc-card").props("aria-labelledby=rules-archive"):
            with html.div().classes("oc-card-head"):
                html.h2("Archive").classes("grow").props("id=rules-archive")
                button = ui.button("Archive", color=None, on_click=self._archive).props("unelevated no-caps")
                button.classes("oc-btn")
                button.props["aria-label"] = f"Archive {self._view.name}"
            html.p("For a schedule that has ended. Its shifts and its ledger stay.").classes("rules-line")

    def _read(self) -> Now | None:
        """Blocking. None: it may not be seen any more."""
        try:
            found = read_rules(self._app, self._me.member.id, self._view.id)
        except NotAllowed:
            return None
        place = (found.settings.country, found.settings.region)
        if self._place != place:
            self._known, self._place = known_holidays(*place, found.today), place
        return found

    def _show(self, now: Now | None) -> None:
        if now is None:
            ui.navigate.to(SCHEDULES)
            return
        self._now = now
        settings, names, zone = now.settings, now.names, zone_of(now.settings.zone)
        roles = tuple(settings.roles)
        self._title.set_text(settings.name)
        self._people.show(now.people, roles, tuple(settings.shadows), now.today)
        self._access.show(now.access, {each.member_id: each.colour for each in now.people if each.member_id})
        coming = [each for each in now.stored.one_offs if each.end.astimezone(zone).date() >= now.today - timedelta(1)]
        self._shifts.show(
            [
                *(rule_words(each, roles, names) for each in now.stored.rules),
                *(one_off_words(each, roles, names, zone) for each in coming),
            ]
        )
        self._limits.show([limit_words(each, names) for each in now.stored.limits] or [NO_LIMITS])
        self._priorities.show(priorities(settings))
        self._general.show(general(settings))
        self._publishing.show(publishing(settings))

    def _read_last(self) -> Now:
        assert self._now is not None  # nothing can be edited before it is shown
        return self._now

    def _holidays(self) -> Known:
        assert self._known is not None
        return self._known

    def _saved(self, sentence: str) -> None:
        self._toast.say(sentence)
        self._live.refresh()

    async def _archive(self) -> None:
        if await self._question.ask(
            f"Archive {self._view.name}?",
            [
                "It is no longer listed under Schedules, and can’t be changed or brought back here.",
                "Shifts, ledger and history stay. No email is sent.",
            ],
            keep="Cancel",
            lose="Archive",
        ):
            await run_as(self._app, self._me, archive_schedule, self._view.id)
            ui.navigate.to(SCHEDULES)
