"""Days members add on Home: the two buttons, their form, the list, and the toast after a change."""

import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime

from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.imports.wording import WEEKDAYS
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.availability.manual import (
    ManualDaysView,
    add_manual_days,
    remove_manual_days,
    restore_manual_days,
)
from pages.home.agenda import WORDS
from pages.home.manual_form import ManualDaysForm
from pages.session import run_as
from pages.widgets.dates import count, day_words
from pages.widgets.toast import Toast


def which(days: ManualDays, today: date) -> str:
    """`Wed 25 Nov`, `Mon 30 Nov – Thu 3 Dec`, `Every Thu`, `Every Sat – Sun`."""
    if not days.weekly:
        return _range(day_words(days.first, today), day_words(days.last, today))
    if (days.last - days.first).days == 6:
        return "Every day"
    return f"Every {_range(WEEKDAYS[days.first.weekday()], WEEKDAYS[days.last.weekday()])}"


def how_long(days: ManualDays, today: date) -> str:
    """`4 days`; what repeats: `from Thu 26 Nov, until Wed 3 Feb`, `no end date`."""
    if not days.weekly:
        return count((days.last - days.first).days + 1, "day")
    begins = f"from {day_words(days.first, today)}" if days.first > today else ""
    ends = f"until {day_words(days.until, today)}" if days.until else "no end date"
    return ", ".join(part for part in (begins, ends) if part)


def in_full(days: ManualDays, today: date) -> str:
    """`Mon 30 Nov – Thu 3 Dec`, `Every Thu, until Wed 3 Feb`."""
    return f"{which(days, today)}, {how_long(days, today)}" if days.weekly else which(days, today)


def _range(first: str, last: str) -> str:
    return first if first == last else f"{first} – {last}"


ROW = """
<div class="home-hand" role="listitem"><span :class="props.row.k">{{ props.row.kind }}</span
  ><span class="days"><b>{{ props.row.which }}</b> <small>{{ props.row.long }}</small></span
  ><button type="button" class="home-remove oc-icon oc-i-x" :aria-label="props.row.remove" :title="props.row.remove"
    @click="() => $parent.$emit('remove', props.row.id)"></button></div>
"""


class ManualDaysList:
    """Drawn once, patched by `show`; hidden while empty. `remove` is awaited with the id of manual days."""

    def __init__(self, remove: Callable[[int], Awaitable[None]]) -> None:
        with html.section().classes("oc-card").props("aria-labelledby=hand") as self._card:
            with html.div().classes("oc-card-head"):
                html.h2("Days you added").classes("grow").props("id=hand")
            self.table = ui.table(rows=[], columns=[], row_key="id").classes("oc-list home-hands")
            self.table.props("grid hide-header hide-pagination role=list aria-labelledby=hand").add_slot("item", ROW)
            self.table.on("remove", lambda event: remove(int(event.args)))
        self._card.set_visibility(False)

    def show(self, entries: Sequence[ManualDaysView], today: date) -> None:
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


BUTTONS = {Action.BLOCK: "Block days", Action.PREFER: "Offer days"}
ADDED = {Action.BLOCK: "Blocked", Action.PREFER: "Offered"}


class ManualDaysSection:
    """Created inside the page header, where its buttons go; `draw_list` puts the list where it is called.

    A change is shown once the page has read it again, in this browser as in others.
    """

    def __init__(self, app: App, me: LoggedIn) -> None:
        self._app, self._me = app, me
        self._today = datetime.now(me.member.tz).date()
        self._form = ManualDaysForm(self._add)
        self._toast = Toast()
        with html.div().classes("oc-acts wide"):
            for action, word in BUTTONS.items():
                button = ui.button(word, color=None, on_click=lambda action=action: self._open(action))
                button.props("unelevated no-caps aria-haspopup=dialog").classes("oc-btn")

    def draw_list(self) -> None:
        self._list = ManualDaysList(self.remove)

    def show(self, entries: Sequence[ManualDaysView], today: date) -> None:
        self._today = today
        self._list.show(entries, today)

    async def remove(self, entry_id: int) -> None:
        # It may already be removed, in another browser; the page is about to show that.
        with contextlib.suppress(NotAllowed):
            days = await run_as(self._app, self._me, remove_manual_days, entry_id)
            self._toast.say(f"Removed: {in_full(days, self._today)}", lambda: self._restore(days))

    def _open(self, action: Action) -> None:
        self._form.open(action, self._today)

    async def _add(self, days: ManualDays) -> None:
        await run_as(self._app, self._me, add_manual_days, days)
        self._toast.say(f"{ADDED[days.action]}: {in_full(days, self._today)}")

    async def _restore(self, days: ManualDays) -> None:
        try:
            await run_as(self._app, self._me, restore_manual_days, days)
        except InvalidInput as error:
            self._toast.say(error.sentence)
