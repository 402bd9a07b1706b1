"""Rows of native form fields as one element, however many rows: a schedule may have a hundred rules and people.

A row is a dict with a unique `key` and its fields' values in `v`. The browser changes `v` itself while somebody types,
so an answer from here never takes typed words away.
"""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from nicegui import ui

Row = dict[str, Any]
Changed = Callable[[str, str], None]
"""Called with the key of the row and the name of the field or button."""
MOST_TYPED = 400
SEND = "$parent.$emit('field', {{key: props.row.key, name: {name}, value: props.row.v[{name}]}})"


class EntryTable:
    """One element. `show` replaces the rows; `changed` is called after each change of a field."""

    def __init__(self, template: str, css: str, name: str, changed: Changed, pressed: Changed | None = None) -> None:
        self._changed, self._pressed = changed, pressed
        self.table = ui.table(rows=[], columns=[], row_key="key").classes(f"oc-entries {css}")
        self.table.props(f'grid hide-header hide-pagination hide-bottom hide-no-data role=list aria-label="{name}"')
        self.table.add_slot("item", template)
        self.table.on("field", lambda event: self._type(event.args))
        self.table.on("press", lambda event: self._press(event.args))

    @property
    def rows(self) -> list[Row]:
        """With what is typed at the moment."""
        return self.table.rows

    def show(self, rows: Sequence[Row]) -> None:
        if list(rows) != self.table.rows:
            self.table.rows = list(rows)

    def set(self, key: str, name: str, value: object) -> None:
        """As if it was typed there."""
        self._type({"key": key, "name": name, "value": value})

    def press(self, key: str, name: str) -> None:
        """As if that button was pressed."""
        self._press({"key": key, "name": name})

    def refuse(self, sentences: Mapping[str, str]) -> None:
        """Shows sentences at rows, by their keys, and takes those of the other rows away."""
        self.show([{**row, "wrong": sentences.get(row["key"], "")} for row in self.table.rows])

    def _type(self, sent: Any) -> None:
        row = self._row(sent)
        if row is None:
            return
        name, value = sent.get("name"), sent.get("value")
        if name not in row["v"] or not isinstance(value, type(row["v"][name])) or len(str(value)) > MOST_TYPED:
            return  # not from a page of ours
        row["v"][name] = value
        self._changed(row["key"], name)

    def _press(self, sent: Any) -> None:
        row = self._row(sent)
        if row is not None and self._pressed is not None and isinstance(sent.get("name"), str):
            self._pressed(row["key"], sent["name"])

    def _row(self, sent: Any) -> Row | None:
        if not isinstance(sent, dict):
            return None
        return next((row for row in self.table.rows if row["key"] == sent.get("key")), None)


def entry(name: str, label: str, kind: str = "text", **native: str) -> str:
    """Markup of an input. `label` is an expression of the template, such as `props.row.n + ' starts at'`."""
    more = "".join(f' {key}="{escape(value)}"' for key, value in native.items())
    return (
        f'<input class="oc-entry" type="{kind}" v-model.lazy="props.row.v[{name}]" :aria-label="{label}"{more} '
        f':aria-invalid="!!props.row.wrong" @change="() => {SEND.format(name=name)}">'
    )


def choice(name: str, label: str, options: str, *, shown: str = "true") -> str:
    """Markup of a select. `options` is an expression: a list of `{v, t}`, value and words."""
    return (
        f'<select class="oc-entry" v-if="{shown}" v-model="props.row.v[{name}]" :aria-label="{label}" '
        f'@change="() => {SEND.format(name=name)}"><option v-for="o in {options}" :key="o.v" :value="o.v"'
        ">{{ o.t }}</option></select>"
    )


def toggle(name: str, label: str, words: str, css: str = "oc-day-toggle") -> str:
    """Markup of a button that is pressed or not. `words` is an expression for what is written on it."""
    return (
        f'<button type="button" class="{css}" :aria-pressed="props.row.v[{name}] ? \'true\' : \'false\'" '
        f':aria-label="{label}" @click="() => {{ props.row.v[{name}] = !props.row.v[{name}]; '
        f'{SEND.format(name=name)} }}">{{{{ {words} }}}}</button>'
    )


def switch(name: str, label: str) -> str:
    """Markup of Quasar's switch."""
    return (
        f'<q-toggle v-model="props.row.v[{name}]" :aria-label="{label}" '
        f'@update:model-value="() => {SEND.format(name=name)}"></q-toggle>'
    )


def press(name: str, label: str, css: str, words: str = "''", *, shown: str = "true") -> str:
    """Markup of a button that only tells the page about it."""
    return (
        f'<button type="button" v-if="{shown}" class="{css}" :aria-label="{label}" '
        f"@click=\"() => $parent.$emit('press', {{key: props.row.key, name: '{name}'}})\""
        f">{{{{ {words} }}}}</button>"
    )


def options_of(words: Mapping[str, str]) -> list[dict[str, str]]:
    """For `choice`."""
    return [{"v": value, "t": text} for value, text in words.items()]


WRONG = '<p v-if="props.row.wrong" class="new-wrong" role="alert">{{ props.row.wrong }}</p>'
