"""The card with the plan: its span, the tools, and one of three views; phones always see the list."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from pages.framework.encoded import encoded
from pages.schedules.board.address import LABELS, Chosen, View
from pages.schedules.board.reading import WEEKS, Found
from pages.schedules.board.slots import Slots
from pages.schedules.board.words import data_words, measure_words, person_words, span_words
from pages.schedules.plan.agenda import agenda_rows
from pages.schedules.plan.grid import Agenda, PeopleGrid, Strip, WeekGrid
from pages.schedules.plan.lanes import Weeks, lane_rows
from pages.schedules.plan.shift import PlanSlot, role_words
from pages.schedules.plan.strip import Weeks as StripWeeks
from pages.schedules.plan.strip import strip_rows, strip_words
from pages.schedules.plan.weeks import week_rows
from pages.widgets.people import first_name

T = TypeVar("T")

EVERYONE = 0
STEP = 4
MARKS = (
    ("oc-i oc-i-prefer board-mark", "Would like to"),
    ("oc-i oc-i-clock board-mark", "Availability not known"),
    ("oc-i oc-i-alert board-mark", "Needs a change"),
)
SAID = (
    ("oc-swatch board-bl", "Block"),
    ("oc-swatch board-pr", "Preference"),
    ("oc-swatch board-un", "Not known"),
)


class Plan:
    """`changed` is called when something else is chosen, `move` with weeks, `open_shift` with a slot's key."""

    def __init__(
        self,
        chosen: Chosen,
        changed: Callable[[], None],
        move: Callable[[int], None],
        open_shift: Callable[[str], object],
    ) -> None:
        self._view, self._who = chosen.view, chosen.who
        self._changed, self._move, self._open = changed, move, open_shift
        self._drawn: tuple[object, ...] | None = None
        self._found: Found | None = None
        with html.section().classes("oc-card board").props('aria-label="Shifts" aria-busy=true') as self.box:
            with html.div().classes("oc-card-head wrap"):
                self._head()
            self._place = html.div().classes("board-plan")
            self._legend = html.div()
            self._note = TextElement(tag="p", text="").classes("oc-note oc-icon oc-i-team").props("role=status")
            self._data = TextElement(tag="p", text="").classes("oc-note oc-icon oc-i-clock")
        for line in (self._note, self._data):
            line.set_visibility(False)

    @property
    def view(self) -> View | None:
        return self._view

    @property
    def who(self) -> int | None:
        return self._who

    def show(self, found: Found) -> None:
        """Draws what was read, or sends what differs."""
        self._found = found
        names = {person.id: person.name for person in found.board.people}
        if self._who not in names:
            self._who = None
        self._name_people(names)
        self._span.set_text(span_words(found.first, WEEKS))
        self._measure.set_text(measure_words(WEEKS, found.view))
        drawn = self._view, found.view.roles, found.view.my_participant_id
        if self._drawn != drawn:
            self._drawn = drawn
            self._build(found)
        self._fill(found)
        self._say(found)
        self.box.props.pop("aria-busy", None)

    def _head(self) -> None:
        with html.h2().classes("grow"):
            self._span = TextElement(tag="span", text="Shifts")
            self._measure = TextElement(tag="small", text="")
        self._people = ui.select({EVERYONE: "Everyone"}, value=EVERYONE, on_change=self._choose_person)
        self._people.props('outlined dense options-dense aria-label="Show"').classes("board-who")
        self._views = ui.toggle(
            {view: LABELS[view] for view in View}, value=self._view or View.WEEKS, on_change=self._choose_view
        ).classes("oc-seg not-phone")
        self._views.props("unelevated no-caps toggle-color=none toggle-text-color=none role=group aria-label=View")
        with html.span().classes("oc-acts"):
            for name, icon, weeks in (("Earlier", "left", -STEP), ("Later", "right", STEP)):
                button = ui.button(color=None, on_click=lambda weeks=weeks: self._move(weeks))
                button.props("unelevated no-caps").classes(f"oc-btn small oc-icon oc-i-{icon} board-step")
                button.props["aria-label"] = name

    def _name_people(self, names: dict[int, str]) -> None:
        options = {EVERYONE: "Everyone"} | names
        if options != self._people.options:
            self._people.set_options(options, value=self._who or EVERYONE)

    def _choose_person(self) -> None:
        chosen = int(self._people.value or EVERYONE) or None
        if chosen != self._who:
            self._who = chosen
            self._redraw()

    def _choose_view(self) -> None:
        if self._views.value is not None and self._views.value != (self._view or View.WEEKS):
            self._view = View(self._views.value)
            self._redraw()

    def _redraw(self) -> None:
        if self._found is not None:
            self.show(self._found)
        self._changed()

    def _build(self, found: Found) -> None:
        self._place.clear()
        self._grid: WeekGrid | None = None
        self._lanes: PeopleGrid | None = None
        self._agenda: Agenda | None = None
        is_list, me = self._view is View.LIST, found.view.my_participant_id
        with self._place:
            if self._view is View.PEOPLE:
                self._lanes = PeopleGrid(self._open, me, css="not-phone")
            elif not is_list:
                roles = found.view.roles
                self._grid = WeekGrid(roles, self._open, me, css="not-phone" + (" one" if len(roles) == 1 else ""))
            self._strip = Strip(me, css="only-phone")
            self._agenda = Agenda(self._open, me, css="" if is_list else "only-phone")
        self._draw_legend(found)

    def _fill(self, found: Found) -> None:
        slots = self._once(found, lambda: Slots(found.view, found.board, self._who, found.at), "board")
        drawn = self._once(found, slots.all, "slots")
        if self._grid is not None:
            self._grid.show(self._once(found, lambda: encoded(_week_rows(drawn, found)), "weeks"))
        if self._lanes is not None:
            weeks = Weeks(found.first, WEEKS, found.zone)
            rows = self._once(found, lambda: encoded(lane_rows(*slots.lanes(drawn), weeks, found.at)), "people")
            self._lanes.show(rows, weeks.names)
        self._fill_strip(drawn, found)
        if self._agenda is not None:
            is_one = self._who is not None
            self._agenda.show(self._once(found, lambda: encoded(_agenda_rows(drawn, found, is_one)), "agenda"))

    def _once(self, found: Found, draw: Callable[[], T], what: str) -> T:
        """What is drawn alike for all who look at the same person."""
        return found.published.drawn(draw, what, found.view.roles, self._who)

    def _fill_strip(self, drawn: list[PlanSlot], found: Found) -> None:
        weeks, me = StripWeeks(found.first, WEEKS, found.zone, found.at), found.view.my_participant_id
        rows = self._once(found, lambda: encoded(strip_rows(drawn, weeks, self._who)), "strip")
        whose = self._who or me
        name = next((first_name(each.name) for each in found.board.people if each.id == whose), "")
        subject = "You are" if whose is not None and whose == me else f"{name} is" if name else ""
        words = found.published.drawn(
            lambda: strip_words(drawn, rows, subject, whose), "strip words", found.view.roles, self._who, subject, whose
        )
        self._strip.show(rows, words)

    def _draw_legend(self, found: Found) -> None:
        self._legend.clear()
        if self._view is View.LIST:
            return
        is_people = self._view is View.PEOPLE
        with self._legend, html.ul().classes("oc-legend not-phone"):
            for level, role in enumerate(found.view.roles[:2]):
                with html.li():
                    html.span().classes(f"oc-swatch board-role {'low' if level else ''} {'solid' if is_people else ''}")
                    TextElement(tag="span", text=role_words(role))
            if not is_people and found.view.my_participant_id is not None:
                _entry("oc-swatch board-role board-mine", "Yours")
            for css, word in SAID if is_people else MARKS:
                _entry(css, word)
            if found.board.holidays and not is_people:
                _entry("home-diamond", "Public holiday")

    def _say(self, found: Found) -> None:
        person = next((each for each in found.board.people if each.id == self._who), None)
        words = person_words(person, found.board.slots) if person else ""
        if person and self._view in {None, View.WEEKS}:
            words += f" Shifts without {first_name(person.name)} are dimmed."
        self._note.set_text(words)
        self._note.set_visibility(bool(words))
        words = found.published.drawn(lambda: data_words(found.board, found.at), "data")
        self._data.set_text(words)
        self._data.set_visibility(bool(words))


def _entry(css: str, word: str) -> None:
    with html.li():
        html.span().classes(css).props("aria-hidden=true")
        html.span(word)


def _week_rows(slots: list[PlanSlot], found: Found) -> list[dict[str, Any]]:
    return week_rows(slots, found.first, WEEKS, found.zone, found.at, found.board.holidays)


def _agenda_rows(slots: list[PlanSlot], found: Found, is_one: bool) -> list[dict[str, Any]]:
    return agenda_rows(_listed(slots, found, is_one), found.zone, found.at, found.board.holidays)


def _listed(slots: list[PlanSlot], found: Found, is_one: bool) -> list[PlanSlot]:
    """Without weeks that are over, unless there are only such; of one person only shifts they are on."""
    today = found.at.astimezone(found.zone).date()
    monday = today - timedelta(days=today.weekday())
    recent = [s for s in slots if s.end > found.at or s.start.astimezone(found.zone).date() >= monday] or slots
    if not is_one:
        return recent
    theirs = {slot.start for slot in recent if slot.holder is not None and not slot.is_dim}
    return [slot for slot in recent if slot.start in theirs]
