"""The form that asks for what a product needs, drawn from the product's data; no product is known by name here."""

from urllib.parse import urlsplit

from nicegui import html, ui

from oncall_ui.domain.imports.failures import Cause, Failure
from oncall_ui.services.connections.connect import Field, FieldKind, Product
from pages.widgets.forms import field, forgive, refuse

PATIENCE_SECONDS = 3.0
NICKNAME = "Nickname"
_NATIVE = {
    FieldKind.TEXT: {"kind": "text", "autocomplete": "off"},
    FieldKind.ADDRESS: {"kind": "url", "autocomplete": "off", "spellcheck": "false"},
    FieldKind.USER: {"kind": "text", "autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    # Or the browser offers the password of this app to a stranger's server.
    FieldKind.PASSWORD: {"kind": "password", "autocomplete": "new-password"},
}


class CredentialsForm:
    """What is typed, whether it is being read, and where a refusal stands.

    The page may close while it reads; then nothing is shown to anybody.
    """

    def __init__(self, product: Product, nickname: str) -> None:
        self._client = ui.context.client
        self._product = product
        self._is_reading = False
        self._nickname = field(NICKNAME, value=nickname, hint="How it is called on your pages.", autocomplete="off")
        shown = [each for each in product.fields if not each.folded]
        folded = [each for each in product.fields if each.folded]
        self._entries = {each.key: _entry(each) for each in shown}
        self._fold = _Fold(product.folded_label, folded) if folded else None
        if self._fold:
            self._entries |= self._fold.entries
        self._status = ui.label().classes("oc-status oc-reading is-busy").props("role=status")
        self._patience: ui.timer | None = None
        self.button: ui.button | None = None

    @property
    def nickname(self) -> str:
        return self._nickname.value or ""

    @property
    def values(self) -> dict[str, str]:
        return {key: entry.value or "" for key, entry in self._entries.items()}

    def begin(self) -> bool:
        """Says that it is being read. False when it is already: a second press changes nothing."""
        if self._is_reading:
            return False
        self._is_reading = True
        for entry in self._entries.values():
            forgive(entry)
        self._status.set_text(f"Opening {self._host()} …")
        self._patience = ui.timer(PATIENCE_SECONDS, self._ask_for_patience, once=True)
        self._hold(is_held=True)
        return True

    def end(self) -> None:
        """Makes the form ready for another try."""
        self._is_reading = False
        if self._client.is_deleted:
            return
        if self._patience:
            self._patience.cancel()
        self._status.set_text("")
        self._hold(is_held=False)

    def refuse(self, label: str, sentence: str) -> None:
        """Shows the sentence at the field of this label."""
        if self._client.is_deleted:
            return
        for each in self._product.fields:
            if each.label == label:
                if each.folded and self._fold:
                    self._fold.open()
                refuse(self._entries[each.key], sentence)
                return
        refuse(self._nickname, sentence)

    def fail(self, failure: Failure) -> None:
        """Shows why it could not be read, at the address that was read."""
        if self._fold and failure.cause in {Cause.NEEDS_PASSWORD, Cause.REFUSED}:
            self._fold.open()
        self.refuse(self._address().label, failure.sentence)

    def _address(self) -> Field:
        fields = self._product.fields
        return next((each for each in fields if each.kind is FieldKind.ADDRESS), fields[0])

    def _host(self) -> str:
        typed = (self._entries[self._address().key].value or "").strip()
        try:
            return urlsplit(typed if "//" in typed else f"//{typed}").hostname or "the address"
        except ValueError:
            return "the address"

    def _ask_for_patience(self) -> None:
        self._status.set_text("Still reading; large calendars take a while")

    def _hold(self, *, is_held: bool) -> None:
        for entry in (self._nickname, *self._entries.values()):
            entry.props["readonly"] = is_held
        if self.button:
            self.button.props["loading"] = is_held


class _Fold:
    """Fields that few need, behind a button that says who does."""

    def __init__(self, label: str, fields: list[Field]) -> None:
        self._button = ui.button(label, color=None, on_click=self._turn).props("flat no-caps aria-expanded=false")
        self._button.classes("oc-optional oc-icon oc-i-right")
        with html.div().classes("oc-form") as self._box:
            self.entries = {each.key: _entry(each) for each in fields}
        self._button.props["aria-controls"] = self._box.html_id
        self._box.set_visibility(False)

    def open(self) -> None:
        if not self._box.visible:
            self._turn()

    def _turn(self) -> None:
        is_open = not self._box.visible
        self._box.set_visibility(is_open)
        self._button.props["aria-expanded"] = "true" if is_open else "false"
        self._button.classes(
            add="oc-i-down" if is_open else "oc-i-right", remove="oc-i-right" if is_open else "oc-i-down"
        )


def _entry(asked: Field) -> ui.input:
    return field(asked.label, hint=asked.hint, **_NATIVE[asked.kind])
