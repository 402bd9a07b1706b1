"""What happens where everyone who could take a shift is blocked, and whether publishing waits for calendars."""

from collections.abc import Callable

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.schedules.planning.problem import Strength

SENTENCES = {
    Strength.AVOID: "Avoid: better a blocked person than nobody",
    Strength.NEVER: "Never: leave it empty instead",
}
MEANING = {
    Strength.AVOID: "Blocked shifts are red in the review. You confirm each one before you publish.",
    Strength.NEVER: "A shift that everyone is blocked on stays empty, and alerts reach nobody.",
}
FRESH = "Only publish with fresh calendars"


class BlocksEditor:
    """Drawn where it is created. `changed` is called with the strength, and whether fresh calendars are required."""

    def __init__(self, blocks: Strength, *, needs_fresh: bool, changed: Callable[[Strength, bool], None]) -> None:
        self._choice = ui.radio(SENTENCES, value=blocks).classes("new-blocks").props('aria-label="Blocks"')
        self._means = TextElement(tag="p", text=MEANING[blocks]).classes("oc-sub new-means").props("aria-live=polite")
        with html.div().classes("oc-rule"):
            with html.p():
                html.span(FRESH)
                html.small("Publish waits while a calendar is more than a day old")
            self._fresh = ui.switch(value=needs_fresh)
            self._fresh.props["aria-label"] = FRESH

        def tell() -> None:
            chosen = Strength(self._choice.value)
            self._means.set_text(MEANING[chosen])
            changed(chosen, bool(self._fresh.value))

        for field in (self._choice, self._fresh):
            field.on_value_change(tell)
