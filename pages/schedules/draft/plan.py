"""The plan of a draft, drawn as it will be published: by weeks, by people, or in words; phones always see the words."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.availability.day_grid import monday_of
from oncall_ui.domain.schedules.planning.problem import Span
from oncall_ui.services.schedules.drafts.review import Review
from oncall_ui.services.schedules.published.read import ScheduleView
from pages.schedules.board.address import LABELS, View
from pages.schedules.draft.slots import People, plan_slots, shown_slots
from pages.schedules.plan.agenda import agenda_rows
from pages.schedules.plan.grid import Agenda, PeopleGrid, WeekGrid
from pages.schedules.plan.lanes import Lane, Weeks, lane_rows
from pages.schedules.plan.shift import PlanSlot
from pages.schedules.plan.weeks import week_rows
from pages.widgets.dates import count

LEGEND = (
    '<li><span class="oc-swatch draft-primary"></span>First role</li>'
    '<li><span class="oc-swatch draft-second"></span>Other roles</li>'
    '<li><span class="oc-swatch board-role board-mine"></span>Yours</li>'
    '<li><i class="oc-i oc-i-alert"></i>Blocked, or nobody</li><li><i class="oc-i oc-i-pin"></i>Pinned</li>'
    '<li><i class="oc-i oc-i-prefer"></i>Prefers this</li><li><i class="oc-i oc-i-clock"></i>Old data, or none</li>'
    '<li><span class="draft-corner"></span>Changed</li>'
)
"""One element: the words are ours."""
SAID = (
    '<li><span class="oc-swatch board-bl"></span>Blocked part of a shift</li>'
    '<li><span class="oc-swatch board-pr"></span>Preferred</li>'
    '<li><span class="oc-swatch board-un"></span>Not known</li>'
)
"""As much of each shift as was blocked: a plan doesn't keep at what time."""


class DraftPlan:
    """Drawn where it is created. `open_slot` is called with the key of the slot that is pressed."""

    def __init__(self, view: ScheduleView, zone: ZoneInfo, open_slot: Callable[[str], object]) -> None:
        self._view, self._zone, self._open = view, zone, open_slot
        self._found: tuple[Review, People, datetime] | None = None
        with html.section().classes("oc-card").props("aria-labelledby=plan"):
            with html.div().classes("oc-card-head wrap"):
                with html.h2().classes("grow").props("id=plan"):
                    html.span("The plan")
                    self._span = TextElement(tag="small", text="")
                self._views = ui.toggle({each: LABELS[each] for each in View}, value=View.WEEKS, on_change=self._choose)
                self._views.props(
                    "unelevated no-caps toggle-color=none toggle-text-color=none role=group aria-label=View"
                ).classes("oc-seg not-phone")
            self._place = html.div()
        self._build()

    def show(self, review: Review, people: People, now: datetime) -> None:
        """Sends what differs."""
        self._found = (review, people, now)
        slots = plan_slots(review, people, self._view.roles, now)
        line = review.draft.line
        number = max(1, -(-((line.end_day - line.first_day).days + line.first_day.weekday()) // 7))
        self._span.set_text(f"{count(number, 'week')}, press a shift to change it")
        if self._weeks is not None:
            self._weeks.show(week_rows(slots, line.first_day, number, self._zone, now, {}))
        if self._people is not None:
            weeks = Weeks(monday_of(line.first_day), number, self._zone)
            gaps = [slot for slot in slots if slot.is_gap]
            self._people.show(lane_rows(_lanes(review, people, slots, self._view.roles), gaps, weeks, now), weeks.names)
        self._agenda.show(agenda_rows(slots, self._zone))

    def _choose(self) -> None:
        self._build()
        if self._found is not None:
            self.show(*self._found)

    def _build(self) -> None:
        view, roles = View(self._views.value or View.WEEKS), self._view.roles
        me = self._view.my_participant_id
        self._weeks: WeekGrid | None = None
        self._people: PeopleGrid | None = None
        self._place.clear()
        with self._place:
            if view is View.WEEKS:
                one = " one" if len(roles) == 1 else ""
                self._weeks = WeekGrid(roles, self._open, me, css=f"small not-phone{one}")
            elif view is View.PEOPLE:
                self._people = PeopleGrid(self._open, me, css="not-phone")
            self._agenda = Agenda(self._open, me, css="" if view is View.LIST else "only-phone")
            legend = LEGEND + SAID * (view is View.PEOPLE)
            ui.html(legend, sanitize=False, tag="ul").classes("oc-legend draft-legend").props("aria-hidden=true")


def _lanes(review: Review, people: People, slots: Sequence[PlanSlot], roles: tuple[str, ...]) -> list[Lane]:
    """A row for everybody who is on the schedule in this draft, or has a shift in it."""
    held: dict[int, list[PlanSlot]] = {each.participant_id: [] for each in review.fairness}
    for each, slot in zip(shown_slots(review, roles), slots, strict=True):
        if each.participant_id is not None:
            held.setdefault(each.participant_id, []).append(slot)
    said: Mapping[int, tuple[tuple[Span, ...], ...]] = {
        each: (of.blocks, of.preferences, of.unknown) for each, of in review.said.items()
    }
    return [
        Lane(str(each), holder, held[each], *said.get(each, ()))
        for each in sorted(held, key=people.name)
        if (holder := people.holder(each)) is not None
    ]
