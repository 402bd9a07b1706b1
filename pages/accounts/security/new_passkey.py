"""The button that adds a passkey. What it does in the browser: pages/static/passkeys.js."""

from typing import Any

from nicegui import ui

from pages.accounts.security.popup import Popup
from pages.accounts.security.two_factor_dialogs import open_codes

SENTENCES = {
    "known": "This device already has a passkey for your account.",
    "refused": "The passkey wasn’t added. Try again.",
    "busy": "Too many attempts. Try again in a minute.",
    "offline": "No connection to this server. Try again.",
}
"""By what the browser reports; adding that was cancelled is no error."""
LONGEST_CODE, MOST_CODES = 20, 20


def new_passkey_button(words: str, popup: Popup) -> ui.button:
    """Hidden in browsers that can't use passkeys. Recovery codes are shown in `popup`, if there are any."""

    async def added(event: Any) -> None:
        outcome: dict[str, Any] = event.args if isinstance(event.args, dict) else {}
        if sentence := SENTENCES.get(str(outcome.get("error", ""))):
            ui.notify(sentence, position="bottom-right")
        codes = outcome.get("codes")
        if isinstance(codes, list) and codes:
            open_codes(popup, [str(code)[:LONGEST_CODE] for code in codes[:MOST_CODES]])
        elif isinstance(codes, list):
            popup.close()

    button = ui.button(words, color=None).props("unelevated no-caps type=button").classes("oc-btn needs-passkeys")
    return button.on("click", added, js_handler="async () => emit(await oncallPasskeys.create())")
