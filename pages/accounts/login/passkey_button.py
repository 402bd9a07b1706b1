"""The button `Use a passkey`. What it does in the browser: pages/static/passkeys.js."""

import json
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.services.accounts.second_factors.passkeys import are_offered

REFUSED = "The passkey wasn’t used. Try again, or log in with your password."
BUSY = "Too many attempts. Try again in a minute."
SENTENCES = {"refused": REFUSED, "busy": BUSY, "offline": "No connection to this server. Try again."}
"""By what the browser reports; a passkey that was cancelled is no error."""


def passkey_button(app: App, target: str, *, is_main: bool = False) -> None:
    """Draws it where passkeys are offered; it is hidden in browsers that can't. `target` opens afterwards."""
    if not are_offered(app):
        return
    button = ui.button("Use a passkey", color=None).props("unelevated no-caps type=button")
    button.classes(f"oc-btn oc-icon oc-i-passkey needs-passkeys{' main' if is_main else ''}")
    line = TextElement(tag="p", text="").classes("oc-error oc-icon oc-i-alert needs-passkeys").props("role=alert")
    line.set_visibility(False)

    def show(event: Any) -> None:
        sentence = SENTENCES.get(str(event.args), "")
        line.set_text(sentence)
        line.set_visibility(bool(sentence))

    button.on("click", show, js_handler=f"async () => emit(await oncallPasskeys.logIn({json.dumps(target)}))")
