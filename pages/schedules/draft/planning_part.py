"""A draft that is being planned: how close the best plan so far is, as a curve and stage by stage."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.schedules.planning.result import Stage
from oncall_ui.services.schedules.drafts.review import Review
from oncall_ui.services.schedules.drafts.views import Progress
from pages.schedules.draft.lists import Block
from pages.schedules.draft.review.curve import Point, curve
from pages.schedules.draft.words import AIMS, within_words

STOP = "Stop and use the best so far"
STOPPING = "Stopping, the best so far becomes the draft"
LEAVE = "You can leave this page; planning goes on."
MOST_POINTS = 400
TICK_SECONDS = 1.0

Act = Callable[[], Awaitable[None]]


class PlanningPart:
    """Drawn where it is created. It collects the curve of what it was shown."""

    def __init__(self, stop: Act, discard: Act) -> None:
        self._stage: Stage | None = None
        self._points: list[Point] = []
        self._since: datetime | None = None
        self._timer: ui.timer | None = None
        with html.div().classes("oc-make"):
            with html.section().classes("oc-card").props("aria-labelledby=search") as self._card:
                with html.div().classes("oc-card-head"), html.div().classes("grow"):
                    self._head = TextElement(tag="h2", text="Reading calendars and rules").props("id=search")
                    self._time = TextElement(tag="p", text=LEAVE).classes("oc-sub")
                self._curve = ui.html("", sanitize=False).classes("draft-curve")
                with html.div().classes("oc-card-head draft-foot"):
                    html.span("When both lines meet, no better plan exists.").classes("oc-sub grow")
                    ui.button("Discard", color=None, on_click=discard).props("flat no-caps").classes("oc-btn quiet")
                    self._stop = ui.button(STOP, color=None, on_click=stop).props("unelevated no-caps")
                    self._stop.classes("oc-btn")
            with html.section().classes("oc-card").props("aria-labelledby=order"):
                with html.div().classes("oc-card-head"):
                    html.h2("In this order").props("id=order")
                self._order = Block("stages")

    def show(self, review: Review, now: datetime) -> None:
        progress = review.draft.progress
        self._order.show(items=_stages(review.order, progress))
        self._stop.set_enabled(not review.draft.is_stopping)
        if review.draft.is_stopping:
            self._head.set_text(STOPPING)
            return
        if progress is None:
            return
        self._follow(progress, now)
        self._head.set_text(f"{AIMS[progress.stage]}: {_close(self._points[-1])}")
        seconds = f"{self._points[-1].seconds:.0f}\u00a0s so far. " if progress.since else ""
        self._time.set_text(seconds + LEAVE)
        self._curve.set_content(curve(self._points))
        self._since = progress.since
        if self._timer is None and progress.since is not None:
            # Not before: a timer that waits for its browser has the page sent at once.
            with self._card:
                self._timer = ui.timer(TICK_SECONDS, self._tick)

    def _tick(self) -> None:
        """Counts the seconds where nothing else is new."""
        if self._since is not None and not self._time.is_deleted:
            seconds = (datetime.now(UTC) - self._since).total_seconds()
            self._time.set_text(f"{seconds:.0f}\u00a0s so far. {LEAVE}")

    def _follow(self, progress: Progress, now: datetime) -> None:
        if progress.stage is not self._stage:
            self._stage, self._points = progress.stage, []
        since = (now - progress.since).total_seconds() if progress.since else len(self._points)
        # Not every report says both: what was found before still holds.
        last = self._points[-1] if self._points else Point(since, None, None)
        best = last.best if progress.best is None else progress.best
        bound = last.bound if progress.bound is None else progress.bound
        self._points = [*self._points, Point(since, best, bound)][-MOST_POINTS:]


def _close(point: Point) -> str:
    if point.best is None:
        return "no plan yet"
    if point.bound is None:
        return "a plan is found"
    return within_words(point.best, point.bound) or "not yet known how close"


def _stages(order: Sequence[Stage], progress: Progress | None) -> list[dict[str, Any]]:
    place = order.index(progress.stage) if progress is not None and progress.stage in order else -1
    found = []
    for number, stage in enumerate(order):
        css = "oc-i-ok is-proved" if number < place else "oc-i-sync is-now" if number == place else "oc-i-clock"
        said = "solved" if number < place else "now" if number == place else "later"
        found.append({"css": css, "b": AIMS[stage], "small": said, "cost": ""})
    return found
