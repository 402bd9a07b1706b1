"""What comes first where two priorities pull apart: an ordered list, each of which can be off."""

from collections.abc import Callable, Sequence
from functools import partial

from nicegui import html, ui

from oncall_ui.domain.schedules.planning.problem import LaterStage

WORDS = {
    LaterStage.CHANGES: ("Keep what is published", "From the second draft on"),
    LaterStage.FAIRNESS: ("Fair shares", "By type, by role and in all, with what is carried over"),
    LaterStage.WISHES: ("Preferences", "Days people would like to be on call"),
    LaterStage.COMFORT: ("Spread", "Shifts far apart, and few planned on old data"),
}


class PrioritiesEditor:
    """Drawn where it is created. `stages` in order, without those that are off; so is what `changed` is called with."""

    def __init__(self, stages: Sequence[LaterStage], changed: Callable[[tuple[LaterStage, ...]], None]) -> None:
        self._changed = changed
        self._order = [*stages, *(stage for stage in LaterStage if stage not in stages)]
        self._on = set(stages)
        self._list = html.ol().classes("ed-priorities")
        self._draw()

    def read(self) -> tuple[LaterStage, ...]:
        return tuple(stage for stage in self._order if stage in self._on)

    def _draw(self, focus: str = "") -> None:
        self._list.clear()
        with self._list:
            for place, stage in enumerate(self._order):
                self._priority(place, stage, focus)

    def _priority(self, place: int, stage: LaterStage, focus: str) -> None:
        sentence, small = WORDS[stage]
        last = len(self._order) - 1
        with html.li().classes("oc-rule new-priority"):
            with html.p():
                html.span(f"{place + 1}. {sentence}")
                html.small(small)
            for word, step, is_there in (("Move up", -1, place > 0), ("Move down", 1, place < last)):
                button = ui.button(color=None, on_click=partial(self._move, stage, step)).props("flat no-caps")
                button.classes(f"oc-btn quiet oc-icon oc-i-left {'new-up' if step < 0 else 'new-down'}")
                button.props["aria-label"] = f"{word}: {sentence}"
                button.props(f"aria-disabled={str(not is_there).lower()}")
                if focus == f"{stage}{step}":
                    ui.run_javascript(f"getHtmlElement({button.id}).focus()")
            switch = ui.switch(value=stage in self._on)
            switch.props["aria-label"] = sentence
            switch.on_value_change(lambda: self._turn(stage, is_on=bool(switch.value)))

    def _move(self, stage: LaterStage, step: int) -> None:
        place = self._order.index(stage)
        if not 0 <= place + step < len(self._order):
            return
        self._order.insert(place + step, self._order.pop(place))
        self._draw(focus=f"{stage}{step}")
        self._changed(self.read())

    def _turn(self, stage: LaterStage, *, is_on: bool) -> None:
        (self._on.add if is_on else self._on.discard)(stage)
        self._changed(self.read())
