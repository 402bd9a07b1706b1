"""The form for manual days: which days, whether every week, and whether they are blocked or offered."""

from collections.abc import Awaitable, Callable
from datetime import date

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.errors import InvalidInput
from pages.widgets.forms.fields import busy, field, is_busy, refuse

MEANS = {Action.BLOCK: "I can’t be on call", Action.PREFER: "I’d like to be on call"}
FIRST, LAST, UNTIL = "First day", "Last day", "Until"
# Moves the last day along, so that it isn't left before the first. Here and not by the server, whose answer would come
# after the member has typed a last day, and take its place.
FOLLOW = f"""({{ target, currentTarget }}) => {{
    const last = currentTarget.elements["{LAST}"];
    if (target.name !== "{FIRST}" || last.value >= target.value) return;
    last.value = target.value;
    last.dispatchEvent(new Event("input", {{ bubbles: true }}));
}}"""


class ManualDaysForm:
    """A dialog, drawn when it opens. `add` is awaited with the days; it may raise InvalidInput."""

    def __init__(self, add: Callable[[ManualDays], Awaitable[None]]) -> None:
        self._add = add
        self._dialog = ui.dialog()

    def open(self, action: Action, today: date) -> None:
        self._dialog.clear()
        with (
            self._dialog,
            html.div().classes("oc-pop oc-ask oc-form home-form"),
            html.form().props("novalidate") as form,
        ):
            form.on("submit", js_handler="(event) => event.preventDefault()")
            form.on("input", js_handler=FOLLOW)
            title = html.h2("Add days")
            self._means = ui.radio(MEANS, value=action).props('inline aria-label="Meaning"')
            with html.div().classes("home-pair"):
                self._fields = {name: _day(name, today.isoformat()) for name in (FIRST, LAST)}
            self._weekly = ui.checkbox("Every week", on_change=self._repeat)
            self._fields[UNTIL] = _day(UNTIL, "", hint="Leave empty for no end.")
            self._fields[UNTIL].set_visibility(False)
            self._refusal = TextElement(tag="p", text="").classes("oc-error").props("role=alert")
            with html.div().classes("oc-acts wide"):
                cancel = ui.button("Cancel", color=None, on_click=self._dialog.close)
                cancel.props("unelevated no-caps type=button").classes("oc-btn")
                self._button = ui.button("Add", color=None, on_click=self._submit)
                self._button.props("unelevated no-caps type=submit").classes("oc-btn main")
        self._fields[FIRST].props("autofocus")
        self._dialog.props(f"aria-labelledby={title.html_id}")
        self._dialog.open()

    def _repeat(self) -> None:
        self._fields[UNTIL].set_visibility(bool(self._weekly.value))

    async def _submit(self) -> None:
        if is_busy(self._button):
            return
        self._refusal.set_text("")
        try:
            with busy(self._button):
                await self._add(self._typed())
        except InvalidInput as error:
            if not self._button.is_deleted:
                self._refuse(error)
            return
        if not self._dialog.is_deleted:
            self._dialog.close()

    def _typed(self) -> ManualDays:
        first, last = (_typed_day(name, self._fields[name].value) for name in (FIRST, LAST))
        weekly = bool(self._weekly.value)
        until = _typed_day(UNTIL, self._fields[UNTIL].value) if weekly and self._fields[UNTIL].value else None
        return ManualDays(first, last, Action(self._means.value), weekly, until)

    def _refuse(self, error: InvalidInput) -> None:
        if error.field in self._fields:
            refuse(self._fields[error.field], error.sentence)
        else:
            self._refusal.set_text(error.sentence)


def _day(name: str, value: str, hint: str = "") -> ui.input:
    return field(name, value=value, hint=hint, kind="date", name=name)


def _typed_day(name: str, value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise InvalidInput(name, "This isn’t a date. Choose one from the calendar.") from error
