"""The button that logs in with single sign-on. The browser's way there and back: pages/oidc.py."""

import json
from urllib.parse import quote

from nicegui import ui

from oncall_ui.app import App
from oncall_ui.services.accounts.logging_in.single_sign_on import offered
from pages.session import NEXT
from pages.widgets.forms.fields import BROWSER_ZONE


def single_sign_on_button(app: App, target: str) -> None:
    """Draws nothing where single sign-on isn't set up. `target` is the page to open afterwards."""
    if not (name := offered(app)):
        return
    # At the public address, whichever was opened: the provider sends the browser back there, to its cookie.
    there = json.dumps(f"{app.settings.public_url}/login/oidc?{NEXT}={quote(target, safe='')}&zone=")
    button = ui.button(f"Continue with {name}", color=None).props("unelevated no-caps")
    button.classes("oc-btn oc-icon oc-i-shield")
    # In the browser, which alone knows its time zone: a new account starts with it.
    button.on("click", js_handler=f"() => {{ window.location.assign({there} + encodeURIComponent({BROWSER_ZONE})) }}")
