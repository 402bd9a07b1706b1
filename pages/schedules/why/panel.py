"""The dialog that says why somebody has a shift. Its values come from outside: published slots and drafts use it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from pages.schedules.why.words import Shown, ShownCandidate
from pages.widgets.forms.fields import busy, is_busy

# Names are text in the template, never markup: people type them.
CANDIDATE = """
<div :class="props.row.c" role="listitem"><span :class="props.row.p" aria-hidden="true">{{ props.row.i }}</span
  ><b>{{ props.row.n }} <span v-if="props.row.you" class="oc-you">you</span></b
  ><span class="cost">{{ props.row.cost }}<small>{{ props.row.grade }}</small></span
  ><p>{{ props.row.why }}<span v-if="props.row.again" class="again">{{ props.row.again }}</span></p></div>
"""
ONLY_THIS = "If only this changed hands"
AGAIN = "If everything were planned again"

Replan = Callable[[Callable[[int, str], None]], Awaitable[None]]
"""Calls back per participant, in words, as answers come in."""


@dataclass(frozen=True, slots=True)
class PanelButton:
    """What else may be done about the shift."""

    word: str
    icon: str
    press: Callable[[], Awaitable[None]]
    description: str = ""


class WhyPanel:
    """One per page; what is in it is built when it opens and gone when it closes.

    What is pressed in it runs on the page, not at its button: it may close the panel and go on.
    """

    def __init__(self) -> None:
        self._client = ui.context.client
        self._dialog = ui.dialog().props("position=right full-height").classes("why-dialog")
        self._dialog.on_value_change(self._changed)
        self._closed: Callable[[], None] | None = None
        self._shown: Shown | None = None

    @property
    def is_open(self) -> bool:
        return bool(self._dialog.value)

    def open(
        self,
        shown: Shown,
        *,
        buttons: Sequence[PanelButton] = (),
        hand_over: Callable[[int], Awaitable[None]] | None = None,
        replan: Replan | None = None,
        closed: Callable[[], None] | None = None,
    ) -> None:
        """`hand_over` is given the participant who is chosen; without it there is no such button."""
        self._closed, self._shown, self._hand_over, self._replan = closed, shown, hand_over, replan
        self._dialog.clear()
        with self._dialog, html.div().classes("oc-panel"):
            self._top()
            with html.div().classes("scroll"):
                self._everybody()
            self._foot(buttons)
        self._dialog.props(f"aria-labelledby={self._heading.html_id}")
        self.show(shown)
        self._dialog.open()

    def show(self, shown: Shown) -> None:
        """Patches what is open."""
        self._shown = shown
        self._heading.set_text(shown.heading)
        self._lead.set_text(shown.lead)
        self._origin.set_text(shown.origin)
        self._origin.set_visibility(bool(shown.origin))
        rows = [_row(each) for each in shown.candidates]
        if rows != self._table.rows:
            self._table.rows = rows
        if self._to is not None:
            options = {each.id: each.name for each in shown.candidates if each.can_take}
            chosen = self._to.value if self._to.value in options else next(iter(options), None)
            self._to.set_options(options, value=chosen)

    def refuse(self, sentence: str) -> None:
        """Says beside the buttons what couldn't be done; empty takes it back."""
        if self.is_open:
            self._wrong.set_text(sentence)
            self._wrong.set_visibility(bool(sentence))

    def close(self) -> None:
        self._dialog.close()

    def _top(self) -> None:
        with html.div().classes("top"):
            # The focus starts here, where the question is.
            self._heading = TextElement(tag="h2", text="").props("tabindex=-1 autofocus")
            close = ui.button(color=None, on_click=self.close).props("flat no-caps aria-label=Close")
            close.classes("oc-btn quiet oc-icon oc-i-x")
            self._lead = TextElement(tag="p", text="").props("aria-live=polite")

    def _everybody(self) -> None:
        html.h3(ONLY_THIS)
        self._table = ui.table(rows=[], columns=[], row_key="id").classes("why-list")
        self._table.props('grid hide-header hide-pagination hide-bottom hide-no-data role=list aria-label="Everyone"')
        self._table.add_slot("item", CANDIDATE)
        if self._replan is not None:
            with html.div().classes("oc-acts why-again"):
                button = ui.button(AGAIN, color=None).props("unelevated no-caps").classes("oc-btn small")
                button.on_click(lambda: self._plan_again(button))
        self._origin = TextElement(tag="p", text="").classes("oc-note oc-icon oc-i-clock why-origin")

    def _foot(self, buttons: Sequence[PanelButton]) -> None:
        self._to: ui.select | None = None
        with html.div().classes("foot") as foot:
            self._wrong = TextElement(tag="p", text="").classes("why-wrong").props("role=alert")
            self._wrong.set_visibility(False)
            if self._hand_over is not None:
                self._to = ui.select({}, label="To").props("outlined dense options-dense stack-label")
                self._to.classes("why-to")
                give = ui.button("Hand over", color=None).props("unelevated no-caps")
                give.classes("oc-btn small main oc-icon oc-i-hand").on_click(lambda: self._give(give))
            for each in buttons:
                self._button(each)
        foot.set_visibility(bool(buttons) or self._hand_over is not None)

    def _button(self, each: PanelButton) -> None:
        button = ui.button(each.word, color=None).props("unelevated no-caps")
        button.classes(f"oc-btn small oc-icon oc-i-{each.icon}")
        if each.description:
            button.props["aria-description"] = each.description

        async def press() -> None:
            if not is_busy(button):
                with self._client, busy(button):
                    await each.press()

        button.on_click(press)

    async def _give(self, button: ui.button) -> None:
        if self._hand_over is None or self._to is None or self._to.value is None or is_busy(button):
            return
        with self._client, busy(button):
            await self._hand_over(int(self._to.value))

    async def _plan_again(self, button: ui.button) -> None:
        if self._replan is None or is_busy(button):
            return
        with self._client, busy(button):
            await self._replan(self._answer_again)

    def _answer_again(self, participant: int, words: str) -> None:
        if self._shown is not None and self.is_open:
            found = tuple(
                replace(each, again=words) if each.id == participant else each for each in self._shown.candidates
            )
            self.show(replace(self._shown, candidates=found))

    def _changed(self) -> None:
        if not self._dialog.value:
            self._dialog.clear()
            self._shown = None
            closed, self._closed = self._closed, None
            if closed is not None:
                closed()


def _row(each: ShownCandidate) -> dict[str, Any]:
    css = "oc-cand" + (" is-chosen" if each.is_holder else " is-no" if each.is_against else "")
    return {
        "id": each.id,
        "c": css,
        "p": f"{each.mark} l",
        "i": each.initials,
        "n": each.name,
        "you": each.is_me,
        "cost": each.cost,
        "grade": each.grade,
        "why": each.reason,
        "again": f"{AGAIN}: {each.again}" if each.again else "",
    }
