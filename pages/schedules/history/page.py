"""/schedules/{id}/history: plans with their certificates, what changed when and by whom, and how it was at a time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.shifts.slot_key import slot_key
from oncall_ui.errors import PlanNotReady
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.people import ParticipantView, read_people
from oncall_ui.services.schedules.published.history import History, read_history, read_state
from oncall_ui.services.schedules.published.read import ScheduleView, ShiftView, read_schedule
from oncall_ui.services.schedules.replay.replay import replay
from pages.layout import frame
from pages.opening import page
from pages.refresh import LiveView, Wanted
from pages.schedules.history.replayed import REPLAYING, replayed_words
from pages.schedules.history.words import moment_rows, plan_rows, summary_words
from pages.schedules.plan.agenda import agenda_rows
from pages.schedules.plan.grid import Agenda
from pages.schedules.plan.shift import Holder, PlanSlot
from pages.schedules.subnav import SCHEDULES, schedule_subnav
from pages.session import login_required, run_as, still_here
from pages.widgets.forms.fields import field

SHOWN = timedelta(weeks=4)
EMPTY = "Nothing was published then."
# Names are text in the templates, never markup: people type them.
PLAN = """
<div role="listitem" class="history-plan"><details><summary><b>{{ props.row.name }}</b
  ><span :class="props.row.css">{{ props.row.status }}</span><span class="span">{{ props.row.span }}</span
  ><span class="verdict">{{ props.row.verdict }}</span></summary
  ><p>{{ props.row.who }}</p><dl v-if="props.row.stages.length"><template v-for="s in props.row.stages"
  ><dt>{{ s.n }}</dt><dd>{{ s.t }}</dd></template></dl><p class="oc-sub">{{ props.row.notes }}</p
  ><p class="acts"><a v-if="props.row.href" :href="props.row.href">Open {{ props.row.name.toLowerCase() }}</a
  ><button v-if="props.row.may_replay" type="button" class="oc-btn quiet oc-icon oc-i-sync"
    :aria-label="'Replay ' + props.row.name.toLowerCase()" @click="() => $parent.$emit('replay', props.row.key)"
    >Replay</button><span role="status">{{ props.row.replayed }}</span></p></details></div>
"""
MOMENT = """
<div role="listitem" class="history-moment"><b>{{ props.row.at }}</b><div><p>{{ props.row.what }}</p
  ><ul><li v-for="l in props.row.lines">{{ l.t }}<span v-if="l.a" class="oc-move"><s>{{ l.a }}</s
  ><i class="oc-i oc-i-right" role="img" aria-label="now"></i><span>{{ l.b }}</span></span></li></ul></div></div>
"""


def register(app: App) -> None:
    @page("/schedules/{schedule_id:int}/history")
    async def history_page(schedule_id: int, me: Annotated[LoggedIn, Depends(login_required(app))]) -> None:
        view = await run_as(app, me, read_schedule, schedule_id)
        await run_as(app, me, read_history, schedule_id)  # members only; viewers get "Page not found"
        with frame(app, me, f"History of {view.name}", SCHEDULES):
            screen = _Screen(app, me, view)
            live = LiveView(app, me, screen.read, screen.show, of_schedule=schedule_id)
        await live.first()


@dataclass(frozen=True, slots=True)
class Found:
    """What was read."""

    view: ScheduleView
    history: History
    people: tuple[ParticipantView, ...]
    state: tuple[ShiftView, ...]
    at: datetime
    """The moment of the state."""


class _Screen:
    """Built once; `show` updates it."""

    def __init__(self, app: App, me: LoggedIn, view: ScheduleView) -> None:
        self._app, self._me, self._view, self._zone = app, me, view, ZoneInfo(view.zone)
        self._client = ui.context.client
        self._at: datetime | None = None
        self._found: Found | None = None
        self._replays: dict[int, str] = {}
        with html.header().classes("oc-head"), html.div():
            ui.link("Schedules", SCHEDULES).classes("oc-back oc-icon oc-i-left")
            html.h1(view.name)
            self._lead = TextElement(tag="p", text="").classes("oc-lead")
        self._count = schedule_subnav(view, "history")
        self._plans = _List("Plans", PLAN, "No plan yet.")
        self._plans.table.on("replay", lambda event: self._replay(event.args))
        self._moments = _List("What changed", MOMENT, "Nothing has changed yet.")
        self._draw_state()

    def read(self, _: Wanted) -> Found:
        app, me, number = self._app, self._me.member.id, self._view.id
        view, at = read_schedule(app, me, number), self._at or datetime.now(UTC)
        people = read_people(app, me, number, at.astimezone(self._zone).date())
        state = read_state(app, me, number, at, at, at + SHOWN)
        return Found(view, read_history(app, me, number), people, state, at)

    def show(self, found: Found) -> None:
        self._count.show(found.view.waiting)
        self._lead.set_text(summary_words(found.history, found.view.access.includes(Access.MANAGER)))
        self._found = found
        self._show_plans()
        self._moments.show(moment_rows(found.history, self._zone))
        slots = _slots(found)
        self._agenda.show(agenda_rows(slots, self._zone, found.at))
        self._empty.set_visibility(not slots)

    def _show_plans(self) -> None:
        if self._found is not None:
            self._plans.show(plan_rows(self._found.history, self._view.id, self._zone, self._replays))

    async def _replay(self, number: object) -> None:
        """Plans it once more and says under it what came out."""
        if not isinstance(number, int) or self._replays.get(number) == REPLAYING:
            return
        self._replays[number] = REPLAYING
        self._show_plans()
        try:
            await still_here(self._app, self._me)
            said = replayed_words(await replay(self._app, self._me.member.id, self._view.id, number))
        except PlanNotReady as error:
            said = error.sentence
        except BaseException:
            del self._replays[number]
            raise
        self._replays[number] = said
        with self._client:
            self._show_plans()

    def _draw_state(self) -> None:
        with html.section().classes("oc-card history-state").props('aria-label="As it was"'):
            with html.div().classes("oc-card-head wrap"):
                html.h2("As it was").classes("grow")
                self._when = field("At", kind="datetime-local").props("debounce=500").classes("history-at")
                self._when.on_value_change(self._go)
            self._agenda = Agenda(lambda _: None, self._view.my_participant_id)
            self._empty = html.p(EMPTY).classes("oc-note history-empty")
            self._empty.set_visibility(False)

    async def _go(self) -> None:
        try:
            moment = datetime.fromisoformat(str(self._when.value or ""))
        except ValueError:
            return
        if not 2000 <= moment.year < 2100:
            return
        self._at = moment.replace(tzinfo=self._zone, fold=0).astimezone(UTC)
        found = await run_as(self._app, self._me, lambda *_: self.read(Wanted(0, frozenset())))
        with self._client:
            self.show(found)


class _List:
    """A card with a list in one element."""

    def __init__(self, heading: str, template: str, empty: str) -> None:
        with html.section().classes("oc-card"):
            with html.div().classes("oc-card-head"):
                title = html.h2(heading).classes("grow")
            self.table = ui.table(rows=[], columns=[], row_key="key").classes("history-list")
            self.table.props("grid hide-header hide-pagination hide-bottom hide-no-data role=list")
            self.table.props["aria-labelledby"] = title.html_id
            self.table.add_slot("item", template)
            self._empty = html.p(empty).classes("oc-note history-empty")

    def show(self, rows: list[dict[str, object]]) -> None:
        self._empty.set_visibility(not rows)
        if rows != self.table.rows:
            self.table.rows = rows


def _slots(found: Found) -> list[PlanSlot]:
    people = {person.id: person for person in found.people}
    roles = found.view.roles
    return [
        PlanSlot(
            key=f"{slot_key(part.shift_start, part.role)}\n{number}",
            start=part.start,
            end=part.end,
            role=part.role,
            level=roles.index(part.role) if part.role in roles else len(roles),
            holder=_holder(people.get(part.participant_id or 0)),
        )
        for number, part in enumerate(found.state)
    ]


def _holder(person: ParticipantView | None) -> Holder | None:
    return Holder(person.name, person.colour, person.id) if person else None
