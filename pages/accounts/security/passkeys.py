"""The passkeys among the log-in methods: adding one, and a row for each. See also pages/static/passkeys.js."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput, NotAllowed, OnlyWayIn
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.accounts.second_factors.passkeys import (
    LONGEST_NAME,
    PasskeyView,
    are_offered,
    list_passkeys,
    remove_passkey,
    rename_passkey,
)
from pages.accounts.security.new_passkey import new_passkey_button
from pages.accounts.security.popup import Popup, popup_button
from pages.refresh import LiveView, Wanted
from pages.session import run_as
from pages.widgets.dates import ago
from pages.widgets.forms.dialogs import Question
from pages.widgets.forms.fields import field, refuse

# One element, however many there are; Vue escapes what is in braces.
ROW = """
<div class="oc-svc" role="listitem">
  <span class="ic" aria-hidden="true"><i class="oc-i oc-i-passkey"></i></span>
  <div><h3><span class="oc-clip">{{ props.row.name }}</span></h3><p>{{ props.row.facts }}</p></div>
  <div class="oc-acts">
    <button type="button" class="oc-btn quiet" :aria-label="'Rename ' + props.row.name"
      @click="() => $parent.$emit('rename', props.row.id)">Rename</button>
    <button type="button" class="oc-btn quiet" :aria-label="'Remove ' + props.row.name"
      @click="() => $parent.$emit('remove', props.row.id)">Remove</button>
  </div>
</div>
"""


def add_button(app: App, me: LoggedIn) -> None:
    """Absent where passkeys aren't offered, and hidden in browsers that can't use them."""
    if not are_offered(app):
        return
    new_passkey_button("Add a passkey", Popup()).classes("small oc-icon oc-i-plus")


def rows(app: App, me: LoggedIn) -> LiveView[Sequence[PasskeyView]]:
    return _Passkeys(app, me).view


class _Passkeys:
    def __init__(self, app: App, me: LoggedIn) -> None:
        self._app, self._me = app, me
        self._question, self._popup = Question(), Popup()
        self._names: dict[int, str] = {}
        self.table = ui.table(columns=[], rows=[], row_key="id")
        self.table.props("grid hide-header hide-pagination role=list aria-label=Passkeys")
        self.table.classes("oc-list oc-svcs").add_slot("item", ROW)
        self.table.on("rename", lambda event: self._rename(int(event.args)))
        self.table.on("remove", lambda event: self._remove(int(event.args)))
        self.table.set_visibility(False)
        self._refusal = ui.label().classes("oc-error oc-icon oc-i-alert").props("role=alert")
        self._refusal.set_visibility(False)
        self.view = LiveView(app, me, self._read, self._show)

    def _read(self, _wanted: Wanted) -> Sequence[PasskeyView]:
        return list_passkeys(self._app, self._me.member.id)

    def _show(self, passkeys: Sequence[PasskeyView]) -> None:
        self._names = {passkey.id: passkey.name for passkey in passkeys}
        moment = datetime.now(UTC)
        self.table.rows = [self._row(passkey, moment) for passkey in passkeys]
        self.table.set_visibility(bool(passkeys))

    def _row(self, passkey: PasskeyView, moment: datetime) -> dict[str, object]:
        used = passkey.last_used_at
        facts = f"last used {ago(used, self._me.member.tz, moment)}" if used else "never used"
        return {"id": passkey.id, "name": passkey.name, "facts": f"Passkey · {facts}"}

    def _rename(self, passkey_id: int) -> None:
        async def save() -> None:
            try:
                await self._try(rename_passkey, passkey_id, str(name.value or ""))
            except InvalidInput as error:
                refuse(name, error.sentence)
                return
            self._popup.close()

        with self._popup.drawn("Rename passkey"), html.form().classes("oc-form").props("novalidate") as form:
            form.on("submit", js_handler="(event) => event.preventDefault()")
            name = field("Name", value=self._names.get(passkey_id, ""), maxlength=str(LONGEST_NAME), autocomplete="off")
            name.props("autofocus")
            with html.div().classes("oc-acts wide"):
                popup_button("Cancel", self._popup.close)
                popup_button("Rename", save, kind="main", submits=True)

    async def _remove(self, passkey_id: int) -> None:
        self._say("")
        name = self._names.get(passkey_id, "")
        what = "It no longer logs you in here. It stays on the device until you delete it there, too."
        if await self._question.ask(f"Remove passkey {name}?", [what], keep="Cancel", lose="Remove"):
            await self._try(remove_passkey, passkey_id)

    async def _try(self, verb: Callable[..., None], *args: object) -> None:
        """If another browser was quicker, the page shows what is so now."""
        try:
            await run_as(self._app, self._me, verb, *args)
        except OnlyWayIn as refused:
            self._say(refused.sentence)
        except NotAllowed:
            self.view.refresh()

    def _say(self, sentence: str) -> None:
        """Below the list, why nothing was removed."""
        self._refusal.set_text(sentence)
        self._refusal.set_visibility(bool(sentence))
