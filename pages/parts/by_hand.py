"""Days by hand on Home: the two buttons, their form, the list, and what is said after a change."""

import contextlib
from collections.abc import Sequence
from datetime import date, datetime

from nicegui import html, ui

from oncall_ui.domain.manual import ManualDays
from oncall_ui.domain.rules import Action
from oncall_ui.services.entries import EntryView, add_entry, put_back, remove_entry
from oncall_ui.services.installation import Installation
from oncall_ui.services.members import InvalidInput, NotAllowed
from oncall_ui.services.sessions import LoggedIn
from pages.access import act
from pages.parts.hand_form import HandForm
from pages.parts.hand_list import HandList
from pages.parts.hand_words import in_full
from pages.parts.toast import Toast

BUTTONS = {Action.BLOCK: "Block days", Action.PREFER: "I’d like these days"}
ADDED = {Action.BLOCK: "Blocked", Action.PREFER: "Preferred"}


class ByHand:
    """Made inside the head of the page, where its buttons stand; `draw_list` says where the list stands.

    Nothing is shown of a change before the page has heard of it: the row decides, in this browser as in others.
    """

    def __init__(self, app: Installation, me: LoggedIn) -> None:
        self._app, self._me = app, me
        self._today = datetime.now(me.member.tz).date()
        self._form = HandForm(self._add)
        self._toast = Toast()
        with html.div().classes("oc-acts wide"):
            for action, word in BUTTONS.items():
                button = ui.button(word, color=None, on_click=lambda action=action: self._open(action))
                button.props("unelevated no-caps aria-haspopup=dialog").classes("oc-btn")

    def draw_list(self) -> None:
        self._list = HandList(self.remove)

    def show(self, entries: Sequence[EntryView], today: date) -> None:
        self._today = today
        self._list.show(entries, today)

    async def remove(self, entry_id: int) -> None:
        # Gone already: another browser was quicker, and the page is about to hear of it.
        with contextlib.suppress(NotAllowed):
            days = await act(self._app, self._me, remove_entry, entry_id)
            self._toast.say(f"Removed: {in_full(days, self._today)}", lambda: self._put_back(days))

    def _open(self, action: Action) -> None:
        self._form.open(action, self._today)

    async def _add(self, days: ManualDays) -> None:
        await act(self._app, self._me, add_entry, days)
        self._toast.say(f"{ADDED[days.action]}: {in_full(days, self._today)}")

    async def _put_back(self, days: ManualDays) -> None:
        try:
            await act(self._app, self._me, put_back, days)
        except InvalidInput as error:
            self._toast.say(error.sentence)
