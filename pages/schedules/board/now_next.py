"""Who is on call now and next: a cell per role, then one per role for what comes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.services.schedules.published.read import OnCall, ShiftView
from pages.schedules.plan.shift import NOBODY, role_words
from pages.widgets.dates import clock, day_words
from pages.widgets.people import initials, mark_classes

SOON_DAYS = 7


@dataclass(frozen=True, slots=True)
class Cell:
    """`name` empty: nobody is wanted then. `percent`: how much of it is over, None for what comes."""

    caption: str
    name: str
    mark: str
    is_me: bool
    percent: int | None = None


class NowNext:
    """Built once, drawn again when something in it changes."""

    def __init__(self) -> None:
        self._cells: list[Cell] = []
        self._box = html.section().classes("oc-card oc-now").props('aria-label="On call now and next"')
        self._box.set_visibility(False)

    def show(self, cells: list[Cell]) -> None:
        """Hidden without cells."""
        self._box.set_visibility(bool(cells))
        if cells == self._cells:
            return
        self._cells = cells
        self._box.clear()
        self._box.style(f"--cells: {min(len(cells), 4)}")
        with self._box:
            for cell in cells:
                _draw(cell)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, and when. `colours` are those of participants, `me` is one or None."""

    colours: Mapping[int, int]
    me: int | None
    zone: ZoneInfo
    at: datetime

    def cells(self, found: Sequence[OnCall], gaps: Collection[str]) -> list[Cell]:
        """`gaps` are the roles that somebody should have now and nobody has."""
        if not any(each.now or each.next for each in found):
            return []
        running = [self._running(each, is_gap=each.role in gaps) for each in found]
        return running + [self._coming(each.role, each.next) for each in found]

    def _running(self, found: OnCall, *, is_gap: bool) -> Cell:
        role, until = role_words(found.role), f" until {self._when(found.until)}" if found.until else ""
        if found.now is None:
            name = NOBODY.capitalize() if is_gap else ""
            return Cell(f"{role}{until}" if is_gap else f"{role} off{until}", name, "oc-p nobody", is_me=False)
        length = (found.until or found.now.end) - found.now.start
        percent = round(100 * ((self.at - found.now.start) / length))
        return self._held(found.now, f"{role}{until}", percent)

    def _coming(self, role: str, shift: ShiftView | None) -> Cell:
        if shift is None:
            return Cell(f"Then {role}", "", "", is_me=False)
        return self._held(shift, f"Then {role}, from {self._when(shift.start)}")

    def _held(self, shift: ShiftView, caption: str, percent: int | None = None) -> Cell:
        mark = mark_classes(self.colours.get(shift.participant_id or 0, 1))
        return Cell(caption, shift.name, mark, is_me=shift.participant_id in ({self.me} - {None}), percent=percent)

    def _when(self, moment: datetime) -> str:
        """`10:00` today, `Wed 10:00` within a week, else `Wed 2 Dec, 10:00`."""
        day, today = moment.astimezone(self.zone).date(), self.at.astimezone(self.zone).date()
        if day == today:
            return clock(moment, self.zone)
        words = day_words(day, today)
        return f"{words.split()[0] if (day - today).days < SOON_DAYS else words + ','} {clock(moment, self.zone)}"


def _draw(cell: Cell) -> None:
    with html.div():
        TextElement(tag="p", text=cell.caption).classes("cap")
        with html.span().classes("oc-who"):
            if not cell.name:
                TextElement(tag="span", text="–").classes("oc-clip")
                return
            words = "!" if "nobody" in cell.mark else initials(cell.name)
            TextElement(tag="span", text=words).classes(cell.mark).props("aria-hidden=true")
            TextElement(tag="span", text=cell.name).classes("oc-clip")
            if cell.is_me:
                html.span("you").classes("oc-you")
        if cell.percent is not None:
            # One element: it holds a number.
            bar = ui.html(f'<i style="width:{cell.percent}%"></i>', sanitize=False, tag="span").classes("oc-elapsed")
            bar.props(f'role=progressbar aria-valuenow={cell.percent} aria-label="How much of this shift is over"')
