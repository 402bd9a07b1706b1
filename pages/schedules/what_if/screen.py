"""The page of a try: what is tried, its effect beside today, and the bar that shares it or makes it a draft."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.plan_states import PlanStatus
from oncall_ui.domain.schedules.what_if.changes import Tried
from oncall_ui.errors import InvalidInput, PlanNotReady
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.published.read import ScheduleView
from oncall_ui.services.schedules.what_if.decide import make_draft
from oncall_ui.services.schedules.what_if.tries import discard_try, save_try
from oncall_ui.services.schedules.what_if.views import Try
from pages.schedules.draft.slots import People
from pages.schedules.rules.reading import Now
from pages.schedules.subnav import schedule_route
from pages.schedules.what_if.effect_part import EffectPart
from pages.schedules.what_if.entries_part import EntriesPart
from pages.schedules.what_if.forms import Forms
from pages.schedules.what_if.words import Ground, Status, setting_words, status_of
from pages.session import run_as
from pages.widgets.forms.form_dialog import FormDialog
from pages.widgets.toast import Toast

LOOKS = ("is-ok", "is-warn", "is-bad", "is-busy", "is-off")
BEGIN = "What you try here is a link you can share. It becomes a draft when you say so."
BEGIN_MEMBER = "What you try here is a link that the managers of this schedule can open. Nothing changes."
SET, PLANNED = "This is set at once, for every draft from now on:", "It is planned like this:"
UNTOUCHED = "Nothing published changes, and nobody gets an email, until you publish the draft."
A_DAY = timedelta(days=1)
# Also works without https, where browsers give scripts no clipboard.
COPY = """() => {
    const box = document.createElement("input");
    box.value = window.location.href;
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
}"""


@dataclass(frozen=True, slots=True)
class Found:
    """What was read: the schedule as it is set, everybody on the team, and the try if there is one."""

    rules: Now
    members: Mapping[int, str]
    tried: Try | None
    at: datetime


class Screen:
    """Built once; `show` updates it. `number`: the try that is open."""

    refresh: Callable[[], None]

    def __init__(self, app: App, me: LoggedIn, view: ScheduleView, number: int | None) -> None:
        self._app, self._me, self._view, self._zone = app, me, view, zone_of(view.zone)
        self.schedule_id, self.number = view.id, number
        self._is_manager = view.access.includes(Access.MANAGER)
        self._found: Found | None = None
        self._css = "is-off"
        self._draw_head()
        self._refused = TextElement(tag="p", text="").classes("oc-alert draft-refused").props("role=alert")
        self._refused.set_visibility(False)
        with html.div().classes("oc-make try"):
            with html.div().classes("oc-stack"):
                self._entries = EntriesPart(self._try, is_manager=self._is_manager)
            self._side = html.div().classes("oc-stack")
        self._effect = EffectPart(view, self._zone, self._side)
        self._dialog, self._toast = FormDialog(), Toast()

    def add_bar(self) -> None:
        """The bar at the foot of the page."""
        with html.div().classes("oc-save try-save") as self._bar, html.div().classes("oc-save-inner"):
            html.span(BEGIN if self._is_manager else BEGIN_MEMBER).classes("grow")
            share = ui.button("Share", color=None).props("unelevated no-caps").classes("oc-btn oc-icon oc-i-link")
            share.on("click", js_handler=COPY)
            share.on_click(lambda: self._toast.say("Link copied. Managers of this schedule can open it."))
            self._make = ui.button("Make it a draft", color=None, on_click=self._ask_to_make)
            self._make.props("unelevated no-caps").classes("oc-btn main").set_visibility(self._is_manager)
        self._bar.set_visibility(False)

    def show(self, found: Found) -> None:
        """Everything, as it was read."""
        self._found = found
        tried, review = found.tried, found.tried.review if found.tried else None
        people = People(review.people if review else {}, self._me.member.id)
        self._say_status(status_of(tried, self._zone, found.at))
        self._entries.show(tried.tried if tried else Tried(), self._forms(found), is_open=self._is_open)
        self._effect.show(tried, people, found.at)
        self._over.set_visibility(tried is not None and self._is_open)
        self._bar.set_visibility(tried is not None and self._is_open)
        self._make.set_enabled(tried is not None and tried.is_ready)
        self._became.set_visibility(tried is not None and tried.became is not None)
        if tried is not None and tried.became is not None:
            self._became.props["href"] = schedule_route(self._view.id, "drafts", tried.became)
            self._became.set_text(f"Open draft {tried.became}")
        if tried is not None and tried.is_outdated:
            self._say("The published plan has changed since. Switch a change off and on to plan again.")

    @property
    def _is_open(self) -> bool:
        tried = self._found.tried if self._found else None
        return tried is None or tried.review.draft.line.status is not PlanStatus.DROPPED

    def _draw_head(self) -> None:
        with html.header().classes("oc-head"):
            with html.div():
                ui.link(self._view.name, schedule_route(self._view.id)).classes("oc-back oc-icon oc-i-left")
                html.h1("Try a change")
                with html.p().classes("oc-status is-off").props("role=status") as self._status:
                    self._first = TextElement(tag="b", text="Loading")
                    self._rest = TextElement(tag="span", text="")
            with html.div().classes("oc-acts wide"):
                self._became = ui.link("", "").classes("oc-btn")
                self._became.set_visibility(False)
                self._over = ui.button("Start over", color=None, on_click=self._start_over)
                self._over.props("flat no-caps").classes("oc-btn quiet").set_visibility(False)

    def _say_status(self, status: Status) -> None:
        self._first.set_text(status.first)
        self._rest.set_text(status.rest)
        self._status.classes(add=status.css, remove=self._css if self._css != status.css else "")
        self._status.props(f"aria-busy={str(status.css == 'is-busy').lower()}")
        self._css = status.css

    def _forms(self, found: Found) -> Forms:
        now = found.rules
        names = {each.id: each.name for each in now.people}
        if found.tried:
            names |= {each: person.name for each, person in found.tried.review.people.items()}
        ground = Ground(names, found.members, now.settings.points, now.stored.limits)
        here = {each.member_id for each in now.people if str(each.id) in now.on_call}
        others = {member: name for member, name in found.members.items() if member not in here}
        return Forms(
            ground=ground,
            on_call={int(each): name for each, name in now.on_call.items()},
            others=others,
            roles=tuple(now.settings.roles),
            first=now.today + A_DAY,
            own=None if self._is_manager else self._view.my_participant_id,
        )

    async def _try(self, tried: Tried) -> None:
        """Plans it. Raises InvalidInput."""
        self._say("")
        is_new = self.number is None
        self.number = await run_as(self._app, self._me, save_try, self._view.id, tried, self.number)
        if is_new:
            ui.navigate.history.replace(schedule_route(self._view.id, "what-if", self.number))
        self.refresh()

    async def _start_over(self) -> None:
        if self.number is not None:
            await run_as(self._app, self._me, discard_try, self._view.id, self.number)
        ui.navigate.to(schedule_route(self._view.id, "what-if"))

    def _ask_to_make(self) -> None:
        found = self._found
        if found is None or found.tried is None:
            return
        lines = list(setting_words(found.tried.tried.changes, self._forms(found).ground))
        with self._dialog.open("Make it a draft?", "Make it a draft", self._make_it):
            if lines:
                html.p(SET if self._sets else PLANNED)
                with html.ul().classes("try-lines"):
                    for line in lines:
                        html.li(line)
            html.p(UNTOUCHED)

    @property
    def _sets(self) -> bool:
        """Whether anything but leave is tried."""
        tried = self._found.tried if self._found else None
        return tried is not None and len(tried.tried.rest.entries) < len(tried.tried.changes)

    async def _make_it(self) -> None:
        tried = self._found.tried if self._found else None
        if tried is None or self.number is None:
            return
        revision = tried.review.draft.revision
        try:
            made = await run_as(self._app, self._me, make_draft, self._view.id, self.number, revision)
        except (InvalidInput, PlanNotReady) as error:
            self._dialog.close()
            self._say(error.sentence)
            return
        self._dialog.close()
        ui.navigate.to(schedule_route(self._view.id, "drafts", made))

    def _say(self, sentence: str) -> None:
        """Above everything, until the next thing is done. Empty: nothing."""
        self._refused.set_text(sentence)
        self._refused.set_visibility(bool(sentence))
