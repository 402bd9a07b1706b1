"""A member's email addresses: those of their accounts, and those they added."""

import contextlib

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.services.accounts.addresses import CONFIRM, FIELD, Addresses, add_address, list_addresses, remove_address
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from pages.session import run_as
from pages.widgets.forms.fields import busy, field, is_busy, refuse

# One element, however many there are; Vue escapes what is in braces.
ROW = """
<div class="you-address" role="listitem"><span class="oc-clip"><b class="oc-clip">{{ props.row.address }}</b
  ><small class="oc-clip">{{ props.row.whence }}</small></span
  ><button v-if="props.row.removable" type="button" class="oc-btn quiet" :aria-label="'Remove ' + props.row.address"
    @click="() => $parent.$emit('remove', props.row.address)">Remove</button></div>
"""


class OwnAddresses:
    """The list and the form below it."""

    def __init__(self, app: App, me: LoggedIn, addresses: Addresses) -> None:
        self._app, self._me = app, me
        with html.section().classes("oc-card").props("aria-labelledby=addresses"):
            with html.div().classes("oc-card-head"):
                html.h2("Your other email addresses").props("id=addresses")
            html.p("An invitation counts if one of these addresses organised or accepted it.").classes("you-lead")
            self.table = ui.table(rows=_rows(addresses), columns=[], row_key="key").classes("oc-list you-addresses")
            self.table.props("grid hide-header hide-pagination role=list aria-labelledby=addresses")
            self.table.add_slot("item", ROW)
            self.table.on("remove", lambda event: self._remove(str(event.args)))
            with html.form().classes("oc-form you-add").props('novalidate aria-label="Add an address"') as form:
                form.on("submit", js_handler="(event) => event.preventDefault()")
                self._address = field(FIELD, kind="email", autocomplete="off")
                self._confirmed = ui.checkbox(CONFIRM, on_change=self._clear)
                self._refusal = TextElement(tag="p", text="").classes("oc-error").props("role=alert")
                with html.div().classes("oc-acts wide you-acts"):
                    self._button = ui.button("Add", color=None, on_click=self._add)
                    self._button.props("unelevated no-caps type=submit").classes("oc-btn")
                    self._done = ui.label().classes("oc-status oc-reading is-ok").props("role=status")

    async def _add(self) -> None:
        if is_busy(self._button):
            return
        self._clear()
        address = self._address.value or ""
        try:
            with busy(self._button):
                await run_as(self._app, self._me, add_address, address, is_confirmed=bool(self._confirmed.value))
        except InvalidInput as error:
            if not self._button.is_deleted:
                self._refuse(error)
            return
        if not self._button.is_deleted:
            self._address.set_value("")
            self._confirmed.set_value(False)
            self._address.run_method("focus")
        await self._show(f"{address.strip().lower()} added. Your calendars are being imported again.")

    async def _remove(self, address: str) -> None:
        done = ""
        # It may already be removed, in another browser.
        with contextlib.suppress(NotAllowed):
            await run_as(self._app, self._me, remove_address, address)
            done = f"{address} removed. Your calendars are being imported again."
        await self._show(done)

    async def _show(self, done: str) -> None:
        addresses = await run_as(self._app, self._me, list_addresses)
        if not self.table.is_deleted:
            self.table.update_rows(_rows(addresses))
            self._done.set_text(done)

    def _refuse(self, error: InvalidInput) -> None:
        if error.field == FIELD:
            refuse(self._address, error.sentence)
        else:
            self._refusal.set_text(error.sentence)

    def _clear(self) -> None:
        self._refusal.set_text("")
        self._done.set_text("")


def _rows(addresses: Addresses) -> list[dict[str, object]]:
    given = [(addresses.account, "Your account")]
    given += [(each, f"From {nickname}") for nickname, brought in addresses.connections for each in brought]
    rows = [(*each, False) for each in given] + [(each, "Added by you", True) for each in addresses.added]
    return [
        {"key": number, "address": address, "whence": whence, "removable": removable}
        for number, (address, whence, removable) in enumerate(rows)
    ]
