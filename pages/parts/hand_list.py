"""The entries by hand, a row each, also those beyond the strip; each can be removed here."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date

from nicegui import html, ui

from oncall_ui.services.entries import EntryView
from pages.parts.agenda import WORDS
from pages.parts.hand_words import how_long, in_full, which

ROW = """
<div class="home-hand" role="listitem"><span :class="props.row.k">{{ props.row.kind }}</span
  ><span class="days"><b>{{ props.row.which }}</b> <small>{{ props.row.long }}</small></span
  ><button type="button" class="home-remove oc-icon oc-i-x" :aria-label="props.row.remove" :title="props.row.remove"
    @click="() => $parent.$emit('remove', props.row.id)"></button></div>
"""


class HandList:
    """Drawn once; `show` patches it. Not there while there is no entry. `remove` is awaited with an entry's id."""

    def __init__(self, remove: Callable[[int], Awaitable[None]]) -> None:
        with html.section().classes("oc-card").props("aria-labelledby=hand") as self._card:
            with html.div().classes("oc-card-head"):
                html.h2("Days by hand").classes("grow").props("id=hand")
            self.table = ui.table(rows=[], columns=[], row_key="id").classes("oc-list home-hands")
            self.table.props("grid hide-header hide-pagination role=list aria-labelledby=hand").add_slot("item", ROW)
            self.table.on("remove", lambda event: remove(int(event.args)))
        self._card.set_visibility(False)

    def show(self, entries: Sequence[EntryView], today: date) -> None:
        rows = [
            {
                "id": entry.id,
                "k": f"oc-kind is-{entry.days.action}",
                "kind": WORDS[entry.days.action],
                "which": which(entry.days, today),
                "long": how_long(entry.days, today),
                "remove": f"Remove {in_full(entry.days, today)}",
            }
            for entry in entries
        ]
        if rows != self.table.rows:
            self.table.rows = rows
        self._card.set_visibility(bool(rows))
