"""The changes that are tried: a switch each, and a menu that adds others."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.schedules.what_if.changes import Entry, LimitsAre, PointsAre, Tried
from oncall_ui.errors import InvalidInput
from pages.schedules.draft.lists import Block
from pages.schedules.what_if.forms import KINDS, Form, Forms
from pages.schedules.what_if.words import change_words
from pages.widgets.forms.fields import refuse_all
from pages.widgets.forms.form_dialog import FormDialog

TEMPLATES = Path(__file__).with_name("templates")
STAYS, STAYS_SMALL = "Keep what is published", "Off: every shift may move, except those that begin soon"
KIND = """
<button type="button" role="menuitem" class="ed-kind" @click="() => $parent.$emit('add', props.row.key)"
  >{{ props.row.t }}</button>
"""
ONE_OF_EACH = (PointsAre, LimitsAre)
"""Of these the last one counts, so that another takes its place."""


class EntriesPart:
    """Drawn where it is created. `plan` plans what is tried; it raises InvalidInput."""

    def __init__(self, plan: Callable[[Tried], Awaitable[None]], *, is_manager: bool) -> None:
        self._plan, self._is_manager = plan, is_manager
        self._tried, self._is_open = Tried(), True
        self._forms: Forms | None = None
        self._refusal: TextElement | None = None
        with html.section().classes("oc-card").props("aria-labelledby=try-what"):
            with html.div().classes("oc-card-head"):
                html.h2("What if …").classes("grow").props("id=try-what")
                self._add = ui.button("Add", color=None).props("unelevated no-caps").classes("oc-btn oc-icon oc-i-plus")
                self._add.props["aria-label"] = "Add a change"
                if is_manager:
                    self._add.props["aria-haspopup"] = "menu"
                    with self._add:
                        self._menu()
                else:
                    self._add.on_click(lambda: self._ask("away"))
            self._list = Block(TEMPLATES / "entries.html", switch=self._switch, remove=self._remove)
            self._wrong = TextElement(tag="p", text="").classes("new-wrong try-link").props("role=alert")
            self._wrong.set_visibility(False)
        if is_manager:
            with html.section().classes("oc-card").props('aria-label="What stays"'), html.div().classes("oc-rule"):
                with html.p():
                    html.span(STAYS)
                    html.small(STAYS_SMALL)
                self._stays = ui.switch(value=True, on_change=self._free)
                self._stays.props["aria-label"] = STAYS
        self._dialog = FormDialog()

    def show(self, tried: Tried, forms: Forms, *, is_open: bool) -> None:
        """What is tried now. `is_open`: whether it can be changed."""
        self._tried, self._forms, self._is_open = tried, forms, is_open
        items = []
        for number, entry in enumerate(tried.entries):
            title, small = change_words(entry.change, forms.ground)
            items.append({"key": number, "t": title, "small": small, "on": entry.is_on})
        self._list.show(items=items, may=is_open)
        self._list.table.set_visibility(bool(items))
        self._add.set_visibility(is_open)
        if self._is_manager:
            self._stays.set_value(not tried.is_free)
            self._stays.set_enabled(is_open)

    def _menu(self) -> None:
        """One element for all kinds."""
        menu = ui.menu().props("role=menu aria-label='Kinds of changes'")
        with menu:
            kinds = ui.table(rows=[{"key": key, "t": word} for key, word in KINDS.items()], columns=[], row_key="key")
            kinds.classes("oc-entries").props("grid hide-header hide-pagination hide-bottom")
            kinds.add_slot("item", KIND)

        def chosen(kind: Any) -> None:
            menu.close()
            self._ask(kind)

        kinds.on("add", lambda event: chosen(event.args))

    def _ask(self, kind: object) -> None:
        """Opens the form of a kind of KINDS."""
        forms = self._forms
        if forms is None or not self._is_open or not isinstance(kind, str) or kind not in KINDS:
            return

        async def submit() -> None:
            await self._submit(form)

        with self._dialog.open(KINDS[kind], "Try it", submit):
            form = forms.draw(kind)
            self._refusal = TextElement(tag="p", text="").classes("new-wrong").props("role=alert")
            self._refusal.set_visibility(False)

    async def _submit(self, form: Form) -> None:
        try:
            change = form.read()
            if change is None:
                return
            kept = [e for e in self._tried.entries if not (isinstance(change, ONE_OF_EACH) and _same(e, change))]
            await self._plan(replace(self._tried, entries=(*kept, Entry(change))))
        except InvalidInput as error:
            labels = {str(each.label) for each in form.fields}
            refuse_all(form.fields, error.sentences)
            if self._refusal is not None:
                self._refusal.set_text(error.sentence)
                self._refusal.set_visibility(error.field not in labels)
            return
        self._dialog.close()

    async def _switch(self, args: Any) -> None:
        number, is_on = args if isinstance(args, list) and len(args) == 2 else (None, None)
        entries = list(self._tried.entries)
        if isinstance(number, int) and 0 <= number < len(entries):
            entries[number] = replace(entries[number], is_on=bool(is_on))
            await self._again(entries)

    async def _remove(self, number: Any) -> None:
        if isinstance(number, int) and 0 <= number < len(self._tried.entries):
            await self._again([entry for place, entry in enumerate(self._tried.entries) if place != number])

    async def _free(self) -> None:
        if self._is_open and self._tried.is_free == bool(self._stays.value):
            await self._again(self._tried.entries, is_free=not self._stays.value)

    async def _again(self, entries: Sequence[Entry], *, is_free: bool | None = None) -> None:
        free = self._tried.is_free if is_free is None else is_free
        self._wrong.set_visibility(False)
        try:
            await self._plan(replace(self._tried, entries=tuple(entries), is_free=free))
        except InvalidInput as error:
            self._wrong.set_text(error.sentence)
            self._wrong.set_visibility(True)


def _same(entry: Entry, change: object) -> bool:
    return type(entry.change) is type(change)
