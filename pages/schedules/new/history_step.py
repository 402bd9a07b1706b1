"""Step 4, for a rota that was read: who its names are, the balances everybody begins with, and what is kept of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date

from nicegui import html
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.errors import InvalidInput
from oncall_ui.services.schedules.rota_import.start import StartPreview
from pages.schedules.editors.card import card
from pages.schedules.new.choices import Choices
from pages.schedules.new.old_rota import OldRota
from pages.schedules.rota_import.review import Review
from pages.schedules.rota_import.words import needs_words
from pages.widgets.dates import count
from pages.widgets.forms.fields import field, refuse_all

AHEAD = "what the first draft keeps of them is your choice"
KEEP_LEAD = "Nothing of them is published by itself: they are pins of the draft, around which the rest is planned."
KEEP_HINT = "Empty: keep none"
SAME_TIMES = "To keep them, let shifts begin in step 2 when they change hands there."
NOT_A_DAY = "Enter a day, or leave it empty."


class HistoryStep:
    """Drawn where it is created; calls `kept` with each new value. `names`: member id → name."""

    def __init__(
        self,
        choices: Choices,
        old: OldRota,
        names: Mapping[int, str],
        preview: Callable[[OldRota], Awaitable[StartPreview]],
        kept: Callable[[OldRota], None],
    ) -> None:
        self._choices, self.old, self._preview, self._kept = choices, old, preview, kept
        self._review = Review(choices.zone, self.recount, AHEAD)
        with html.p().classes("oc-status").props("role=status") as self._status:
            self._bold, self._rest = TextElement(tag="b", text=""), TextElement(tag="span", text="")
        self._wrong = TextElement(tag="p", text="").classes("new-wrong oc-icon oc-i-alert").props("role=alert")
        with html.div().classes("oc-make"):
            with html.div().classes("oc-stack"):
                self._review.draw_cards(list(choices.roles), months=old.months)
                self._draw_keep()
            with html.aside().props('aria-label="What it brings"'):
                self._review.draw_side()
        people = {member: names[member] for member in choices.people if member in names}
        self._review.read(old.rota, f"From {old.title}", old.who(choices), people)

    def read(self) -> Choices | None:
        """What is chosen, or None after the field said what is wrong."""
        is_wrong = self._day() is None and bool(self._until.value)
        refuse_all([self._until], {"Keep until": NOT_A_DAY} if is_wrong else {})
        return None if is_wrong else self._choices

    async def recount(self) -> None:
        """Shows what the present answers come to."""
        answers = self._review.choices
        self.old = replace(
            self.old,
            answers={**self.old.answers, **answers.people},
            role=answers.role,
            months=answers.months,
            keep_until=self._day(),
        )
        self._kept(self.old)
        bold, rest, needs = needs_words(self.old.rota, self._review.answers)
        self._status.classes(replace=f"oc-status {'is-warn oc-i-question' if needs else 'is-ok'}")
        self._bold.set_text(bold)
        self._rest.set_text(rest)
        self._review.show_names()
        asked = self.old
        try:
            found = await self._preview(asked)
        except InvalidInput as error:
            self._wrong.set_text(error.sentence)
            self._wrong.set_visibility(True)
            return
        if asked is self.old and not self._wrong.is_deleted:
            self._wrong.set_visibility(False)
            self._review.show(found.history)
            self._pins.set_text(pins_words(found, self.old.keep_until))

    def _draw_keep(self) -> None:
        with card("keep", "Coming shifts", KEEP_LEAD) as shown, html.div().classes("oc-rule new-span"):
            day = self.old.keep_until
            self._until = field("Keep until", value=day.isoformat() if day else "", kind="date", hint=KEEP_HINT)
            self._until.on_value_change(self.recount)
            self._pins = TextElement(tag="p", text="").classes("oc-sub").props("aria-live=polite")
        shown.set_visibility(self.old.has_coming(self._choices))

    def _day(self) -> date | None:
        try:
            return date.fromisoformat(str(self._until.value or ""))
        except ValueError:
            return None  # half typed


def pins_words(found: StartPreview, until: date | None) -> str:
    """`14 shifts of the first draft stay with the people who have them there. 1 other changes hands midway …`"""
    if until is None:
        return "The first draft plans all of its shifts."
    if not found.kept and not found.cut:
        return "No shift of the first draft begins before that day and has somebody there."
    if not found.kept:
        return f"None can stay: {count(found.cut, 'shift')} would change hands midway. {SAME_TIMES}"
    if found.kept == 1:
        said = "1 shift of the first draft stays with the person who has it there."
    else:
        said = f"{count(found.kept, 'shift')} of the first draft stay with the people who have them there."
    if not found.cut:
        return said
    others = "1 other changes" if found.cut == 1 else f"{found.cut} others change"
    return f"{said} {others} hands midway there, or would give somebody two at once: planned as usual."
