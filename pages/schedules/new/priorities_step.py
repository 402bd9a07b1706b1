"""Step 3: blocks and limits as sentences, points per type, and what comes first where two priorities pull apart."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.schedules.problem import LaterStage, Strength
from pages.schedules.new.choices import Choices, LimitChoice
from pages.widgets.forms import field

BLOCKS = {
    Strength.AVOID: "Avoid: better a blocked person than nobody",
    Strength.NEVER: "Never: leave it empty instead",
}
BLOCKS_MEAN = {
    Strength.AVOID: "Blocked shifts are red in the review. You confirm each one before you publish.",
    Strength.NEVER: "A shift that everyone is blocked on stays empty, and alerts reach nobody.",
}
STRENGTHS = {Strength.AVOID: "Avoid", Strength.NEVER: "Never"}
LIMITS = (
    ("row", "No back-to-back shifts", "Most shifts in a row", 1, 14),
    ("rest", "Rest between two shifts", "Hours", 1, 336),
    ("most", "Most shifts in a calendar week", "Shifts", 1, 14),
    ("spread", "Spread shifts out", "Hours between two starts", 1, 720),
)
FIRST = {
    LaterStage.CHANGES: ("Keep what is published", "From the second draft on"),
    LaterStage.FAIRNESS: ("Fair shares", "By type, by role and in all, with what is carried over"),
    LaterStage.WISHES: ("Preferences", "Days people would like to be on call"),
    LaterStage.COMFORT: ("Spread", "Shifts far apart, and few planned on old data"),
}
POINTS = {
    "weekday": "Weekday",
    "night": "Night",
    "weekend": "Weekend",
    "holiday": "Public holiday",
    "week": "Whole week",
}


class PrioritiesStep:
    """Drawn where it is created; calls `changed` with each new value."""

    def __init__(self, choices: Choices, changed: Callable[[Choices], None]) -> None:
        self._choices, self._changed = choices, changed
        with html.div().classes("oc-make"):
            with html.div().classes("oc-stack"):
                self._draw_blocks()
                self._draw_limits()
                with _card("first", "Priorities", "The first wins where two pull apart"):
                    self._order = html.ul()
                self._draw_order()
            with html.aside().props('aria-label="Points"'):
                self._draw_points()

    def read(self) -> Choices | None:
        """What is chosen; nothing here can be wrong."""
        return self._choices

    def _draw_blocks(self) -> None:
        with _card("blocks", "Blocks", "Time that calendars or days people added block"):
            choice = ui.radio(BLOCKS, value=self._choices.blocks).classes("new-blocks")
            choice.props('aria-label="Blocks"')
            means = TextElement(tag="p", text=BLOCKS_MEAN[self._choices.blocks]).classes("oc-sub new-means")
            means.props("aria-live=polite")

            def choose() -> None:
                blocks = Strength(choice.value)
                means.set_text(BLOCKS_MEAN[blocks])
                self._set(replace(self._choices, blocks=blocks))

            choice.on_value_change(choose)
            with html.div().classes("oc-rule"):
                with html.p():
                    html.span("Only publish with fresh calendars")
                    html.small("Publish waits while a calendar is more than a day old")
                fresh = ui.switch(value=self._choices.needs_fresh)
                fresh.props["aria-label"] = "Only publish with fresh calendars"
                fresh.on_value_change(lambda: self._set(replace(self._choices, needs_fresh=bool(fresh.value))))

    def _draw_limits(self) -> None:
        with _card("limits", "Limits", "Avoid: kept wherever possible. Never: kept, even if a shift stays empty"):
            for kind, sentence, unit, least, most in LIMITS:
                self._limit(kind, sentence, unit, least, most)

    def _limit(self, kind: str, sentence: str, unit: str, least: int, most: int) -> None:
        chosen: LimitChoice = getattr(self._choices, kind)
        with html.div().classes("oc-rule new-limit"):
            html.p(sentence)
            number = field("", value=str(chosen.number), kind="number", min=str(least), max=str(most))
            number.props["aria-label"] = f"{unit}: {sentence}"
            strength = ui.select(STRENGTHS, value=chosen.strength).props("outlined dense options-dense")
            strength.props["aria-label"] = f"How strictly: {sentence}"
            strength.set_visibility(kind != "spread")
            switch = ui.switch(value=chosen.is_on)
            switch.props["aria-label"] = sentence

        def read() -> None:
            typed = str(number.value or "")
            value = int(typed) if typed.isdecimal() and least <= int(typed) <= most else chosen.number
            now = LimitChoice(bool(switch.value), value, Strength(strength.value))
            self._set(replace(self._choices, **{kind: now}))  # type: ignore[arg-type]

        for entry in (number, strength, switch):
            entry.on_value_change(read)

    def _draw_order(self, focus: str = "") -> None:
        self._order.clear()
        with self._order:
            for place, stage in enumerate(self._choices.order):
                self._priority(place, stage, focus)

    def _priority(self, place: int, stage: LaterStage, focus: str) -> None:
        sentence, small = FIRST[stage]
        last = len(self._choices.order) - 1
        with html.li().classes("oc-rule new-priority"):
            with html.p():
                html.span(f"{place + 1}. {sentence}")
                html.small(small)
            for word, step, is_there in (("Move up", -1, place > 0), ("Move down", 1, place < last)):
                button = ui.button(color=None, on_click=partial(self._move, place, step)).props("flat no-caps")
                button.classes(f"oc-btn quiet oc-icon oc-i-left {'new-up' if step < 0 else 'new-down'}")
                button.props["aria-label"] = f"{word}: {sentence}"
                button.props(f"aria-disabled={str(not is_there).lower()}")
                if focus == f"{stage}{step}":
                    ui.run_javascript(f"getHtmlElement({button.id}).focus()")
            switch = ui.switch(value=stage not in self._choices.skipped)
            switch.props["aria-label"] = sentence
            switch.on_value_change(lambda: self._skip(stage, is_on=bool(switch.value)))

    def _move(self, place: int, step: int) -> None:
        order = list(self._choices.order)
        if not 0 <= place + step < len(order):
            return
        stage = order.pop(place)
        order.insert(place + step, stage)
        self._set(replace(self._choices, order=tuple(order)))
        self._draw_order(focus=f"{stage}{step}")

    def _skip(self, stage: LaterStage, *, is_on: bool) -> None:
        skipped = self._choices.skipped - {stage} if is_on else self._choices.skipped | {stage}
        self._set(replace(self._choices, skipped=skipped))

    def _draw_points(self) -> None:
        with _card("points", "Points", "What a shift counts in fairness"):
            for kind, words in POINTS.items():
                with html.div().classes("oc-rule new-point"):
                    html.p(words)
                    entry = field("", value=str(self._choices.points.get(kind, 1)), kind="number", min="0", max="99")
                    entry.props["aria-label"] = f"Points of {words}"
                    entry.on_value_change(partial(self._set_points, kind, entry))

    def _set_points(self, kind: str, entry: ui.input) -> None:
        typed = str(entry.value or "")
        if typed.isdecimal() and int(typed) < 100:
            self._set(replace(self._choices, points={**self._choices.points, kind: int(typed)}))

    def _set(self, choices: Choices) -> None:
        self._choices = choices
        self._changed(choices)


def _card(key: str, heading: str, small: str) -> html.section:
    card = html.section().classes("oc-card").props(f"aria-labelledby={key}")
    with card, html.div().classes("oc-card-head"), html.div().classes("grow"):
        html.h2(heading).props(f"id={key}")
        html.p(small).classes("oc-sub")
    return card
