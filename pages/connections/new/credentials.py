"""The form for a product's credentials, built from the product's data; it knows no product by name."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from nicegui import html, ui

from oncall_ui.domain.imports.failures import Cause, Failure
from oncall_ui.services.connections.connect import Field, FieldKind, Product
from pages.widgets.forms.fields import field, forgive, refuse_all

PATIENCE_SECONDS = 3.0
NICKNAME = "Nickname"
_NATIVE = {
    FieldKind.TEXT: {"kind": "text", "autocomplete": "off"},
    FieldKind.ADDRESS: {"kind": "url", "autocomplete": "off", "spellcheck": "false"},
    FieldKind.USER: {"kind": "text", "autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    # Otherwise the browser would offer the password of this app for somebody else's server.
    FieldKind.PASSWORD: {"kind": "password", "autocomplete": "new-password"},
}


class CredentialsForm:
    """The fields, their errors, and whether the form is busy testing them.

    Every method may be called after the page was closed; then it shows nothing.
    """

    def __init__(self, product: Product, nickname: str) -> None:
        self._client = ui.context.client
        self._product = product
        self._is_reading = False
        self._nickname = field(NICKNAME, value=nickname, hint="Shown on your pages (optional)", autocomplete="off")
        self._nickname.props("autofocus")
        shown = [each for each in product.fields if not each.folded]
        folded = [each for each in product.fields if each.folded]
        self._entries = {each.key: _entry(each) for each in shown}
        self._fold = _Fold(product.folded_label, folded) if folded else None
        if self._fold:
            self._entries |= self._fold.entries
        self._status = ui.label().classes("oc-status oc-reading is-busy").props("role=status")
        self._timer: ui.timer | None = None
        self.button: ui.button | None = None

    @property
    def nickname(self) -> str:
        return self._nickname.value or ""

    @property
    def values(self) -> dict[str, str]:
        return {key: entry.value or "" for key, entry in self._entries.items()}

    def begin(self) -> bool:
        """Makes the form busy. False if it already is, so that a second press changes nothing."""
        if self._is_reading:
            return False
        self._is_reading = True
        for entry in self._entries.values():
            forgive(entry)
        self._status.set_text(f"Opening {self._host()} …")
        self._timer = ui.timer(PATIENCE_SECONDS, self._say_it_takes_longer, once=True)
        self._set_busy(True)
        return True

    def end(self) -> None:
        """Makes the form ready for another attempt."""
        self._is_reading = False
        if self._client.is_deleted:
            return
        if self._timer:
            self._timer.cancel()
        self._status.set_text("")
        self._set_busy(False)

    def refuse(self, sentences: Mapping[str, str]) -> None:
        """Shows errors at the fields with these labels."""
        if self._client.is_deleted:
            return
        if self._fold and any(each.folded and each.label in sentences for each in self._product.fields):
            self._fold.open()
        refuse_all((self._nickname, *self._entries.values()), sentences)

    def fail(self, failure: Failure) -> None:
        """Shows why the calendar couldn't be read, at the address field."""
        if self._fold and failure.cause in {Cause.NEEDS_PASSWORD, Cause.REFUSED}:
            self._fold.open()
        self.refuse({self._address().label: failure.sentence})

    def _address(self) -> Field:
        fields = self._product.fields
        return next((each for each in fields if each.kind is FieldKind.ADDRESS), fields[0])

    def _host(self) -> str:
        typed = (self._entries[self._address().key].value or "").strip()
        try:
            return urlsplit(typed if "//" in typed else f"//{typed}").hostname or "the address"
        except ValueError:
            return "the address"

    def _say_it_takes_longer(self) -> None:
        self._status.set_text("Still reading; large calendars take a while")

    def _set_busy(self, is_busy: bool) -> None:
        for entry in (self._nickname, *self._entries.values()):
            entry.props["readonly"] = is_busy
        if self.button:
            self.button.props["loading"] = is_busy


class _Fold:
    """Fields that few members need, behind a button that says when."""

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
