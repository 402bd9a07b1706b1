"""What comes of a try: figures beside today's, shifts of each, what moves, what isn't kept, and the plan."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from nicegui import html, ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.schedules.plan_states import PlanStatus
from oncall_ui.domain.schedules.what_if.changes import roles_with
from oncall_ui.services.schedules.published.read import ScheduleView
from oncall_ui.services.schedules.what_if.views import Try
from pages.schedules.draft.lists import Block
from pages.schedules.draft.review.compromises import compromise_rows
from pages.schedules.draft.review.tables import certificate_rows, change_rows
from pages.schedules.draft.slots import People, plan_slots
from pages.schedules.draft.words import span_of
from pages.schedules.plan.agenda import agenda_rows
from pages.schedules.plan.grid import Agenda, WeekGrid
from pages.schedules.plan.weeks import week_rows
from pages.schedules.what_if.entries_part import TEMPLATES
from pages.schedules.what_if.rows import effect_rows, people_rows, published_slots

THEN, TODAY = "Then", "Today"


class EffectPart:
    """Its first cards are drawn into `side`, the others where it is created."""

    def __init__(self, view: ScheduleView, zone: ZoneInfo, side: Element) -> None:
        self._view, self._zone = view, zone
        self._last: tuple[Try, People, datetime] | None = None
        self._grid_roles: tuple[str, ...] = ()
        with side:
            self._waiting = html.div().classes("oc-card draft-loading").props("aria-hidden=true")
            self._waiting.set_visibility(False)
            self._effect = Card("The effect", "try-effect", TEMPLATES / "effect.html")
            self._people = Card("Shifts of each", "try-people", TEMPLATES / "people.html")
        with html.div().classes("try-part") as self._below:
            with html.div().classes("oc-make even"):
                self._moves = Card("Shifts that change", "try-moves", TEMPLATES / "moves.html")
                with html.div().classes("oc-stack"):
                    self._kept = Card("Compromises", "try-kept", "compromises")
                    self._proof = Card("How good it is", "try-proof", "stages")
            self._draw_plan()

    def show(self, found: Try | None, people: People, at: datetime) -> None:
        """Nothing while there is nothing to show."""
        is_ready = found is not None and found.is_ready
        self._waiting.set_visibility(found is not None and found.review.draft.line.status is PlanStatus.PLANNING)
        self._below.set_visibility(is_ready)
        for card in (self._effect, self._people):
            card.box.set_visibility(is_ready)
        if found is None or not is_ready:
            return
        self._last = found, people, at
        review = found.review
        self._effect.show(effect_rows(found))
        self._people.show(people_rows(found, people))
        self._moves.show(change_rows(review.draft.slots, people, self._zone))
        self._kept.show([{**row, "key": ""} for row in compromise_rows(review, people, self._zone, at)])
        self._proof.show(certificate_rows(review))
        self._show_plan()

    def _draw_plan(self) -> None:
        with html.section().classes("oc-card").props("aria-labelledby=try-plan"):
            with html.div().classes("oc-card-head wrap"):
                with html.h2().classes("grow").props("id=try-plan"):
                    html.span("The plan ")
                    self._span = TextElement(tag="small", text="")
                self._side_shown = ui.toggle([THEN, TODAY], value=THEN, on_change=self._show_plan).classes("oc-seg")
                self._side_shown.props('unelevated no-caps toggle-color=none toggle-text-color=none aria-label="Show"')
            self._place = html.div()
            self._agenda = Agenda(lambda _: None, self._view.my_participant_id, css="only-phone")

    def _show_plan(self) -> None:
        if self._last is None:
            return
        found, people, at = self._last
        review, zone = found.review, self._zone
        stored = [{"name": role, "percent": 100} for role in self._view.roles]
        roles = tuple(role["name"] for role in roles_with(stored, found.tried.changes))
        is_then = self._side_shown.value != TODAY
        slots = plan_slots(review, people, roles, at) if is_then else published_slots(review.draft.slots, people, roles)
        line = review.draft.line
        weeks = max(1, -(-((line.end_day - line.first_day).days + line.first_day.weekday()) // 7))
        self._span.set_text(f"{span_of(line)}; a corner marks what changes")
        if roles != self._grid_roles:
            self._grid_roles = roles
            self._place.clear()
            one = " one" if len(roles) == 1 else ""
            with self._place:
                me = self._view.my_participant_id
                self._weeks = WeekGrid(roles, lambda _: None, me, css=f"small not-phone{one}")
        self._weeks.show(week_rows(slots, line.first_day, weeks, zone, at, {}))
        self._agenda.show(agenda_rows(slots, zone))


class Card:
    """A card with one list; hidden while that is empty."""

    def __init__(self, heading: str, key: str, template: str | Path) -> None:
        with html.section().classes("oc-card").props(f"aria-labelledby={key}") as self.box:
            with html.div().classes("oc-card-head"):
                html.h2(heading).props(f"id={key}")
            self._list = Block(template)
        self.box.set_visibility(False)

    def show(self, rows: list[dict[str, object]]) -> None:
        self._list.show(items=rows)
        self.box.set_visibility(bool(rows))
