"""The dialogs of two-factor: setting up an authenticator app, showing recovery codes, and proving who one is."""

from collections.abc import Awaitable, Callable, Sequence

import segno
from nicegui import html, ui

from oncall_ui.errors import InvalidInput
from oncall_ui.services.accounts.second_factors.second_factor import CONFIRMATION
from oncall_ui.services.accounts.second_factors.totp import Setup
from pages.accounts.security.popup import Popup, copy_button, download_button, popup_button
from pages.session import NEXT, own_page
from pages.widgets.forms.fields import busy, code_field, is_busy, password_field, refuse
from pages.widgets.forms.steps import steps

STEPS = (
    "**Scan the code** with an authenticator app, or type the key below it.",
    "**Type the 6 digits** it shows.",
    "**Save your recovery codes** on the next screen.",
)
REQUIRED = "This server requires a second factor. Set one up to go on."
PER_GROUP = 4

Confirm = Callable[[str], Awaitable[None]]
"""Is given what was typed; raises InvalidInput if it is wrong, and closes the dialog otherwise."""


def open_setup(popup: Popup, setup: Setup, confirm: Confirm, instead: Callable[[], object] | None = None) -> None:
    """The QR code, the key below it, and a field for the first code.

    `instead` is for members who are required to have a second factor: it draws a button for another one.
    """
    with popup.drawn("Set up two-factor", wide=True):
        if instead:
            html.p(REQUIRED)
        with html.div().classes("oc-scan"):
            ui.html(_qr(setup.uri), sanitize=False)
            steps(STEPS)
        with html.div().classes("oc-addr"):
            html.span(_grouped(setup.secret)).classes("oc-key")
            copy_button(setup.secret, "Copy key")
        with _form():
            code = code_field("Code", placeholder="000 000").props("autofocus")
            _answers(popup, code, "Turn on", confirm, instead=instead)


def open_confirmation(
    popup: Popup, heading: str, sentences: Sequence[str], word: str, confirm: Confirm, *, is_loss: bool = False
) -> None:
    """Asks for the password or a code before `word` is done. With `is_loss` its button is a warning."""
    with popup.drawn(heading), _form():
        for sentence in sentences:
            html.p(sentence)
        answer = password_field(CONFIRMATION, autocomplete="current-password")
        answer.props("autofocus").props["hint"] = "Your password, or a code from your authenticator app."
        _answers(popup, answer, word, confirm, kind="no" if is_loss else "main")


def open_codes(popup: Popup, codes: Sequence[str]) -> None:
    """Shows recovery codes, once. `Done` waits until the member says that they are saved, and leads to the page that
    was asked for before the set-up, if there was one.
    """
    with popup.drawn("Recovery codes", must_answer=True):
        html.p("Each works once, in place of the code from your app. We show them only now.")
        with html.div().classes("oc-codes").props('role=list aria-label="Recovery codes"'):
            for code in codes:
                html.span(code).props("role=listitem")
        text = "".join(f"{code}\n" for code in codes)
        with html.div().classes("oc-acts oc-keep"):
            copy_button(text, "Copy all codes")
            download_button(text, "oncall-recovery-codes.txt", "Download codes")
        saved = ui.checkbox("I’ve saved them somewhere safe")
        with html.div().classes("oc-acts wide"):
            button = popup_button("Done", lambda: _close(popup) if saved.value else None, kind="main")
    button.props["aria-disabled"] = "true"
    saved.on_value_change(lambda: button.props.update({"aria-disabled": "false" if saved.value else "true"}))


def _close(popup: Popup) -> None:
    popup.close()
    request = ui.context.client.request
    if request is not None and NEXT in request.query_params:
        ui.navigate.to(own_page(request.query_params[NEXT]))


def _form() -> html.form:
    form = html.form().classes("oc-form").props("novalidate")
    form.on("submit", js_handler="(event) => event.preventDefault()")
    return form


def _answers(
    popup: Popup,
    entry: ui.input,
    word: str,
    confirm: Confirm,
    *,
    kind: str = "main",
    instead: Callable[[], object] | None = None,
) -> None:
    """Cancel, and the button `word` that hands what was typed to `confirm`."""

    async def submit() -> None:
        if is_busy(button):
            return
        try:
            with busy(button):
                await confirm(str(entry.value or ""))
        except InvalidInput as error:
            if not entry.is_deleted:
                refuse(entry, error.sentence)

    with html.div().classes("oc-acts wide"):
        if instead:
            instead()
        popup_button("Cancel", popup.close)
        button = popup_button(word, submit, kind=kind, submits=True)


def _grouped(secret: str) -> str:
    return " ".join(secret[start : start + PER_GROUP] for start in range(0, len(secret), PER_GROUP))


def _qr(uri: str) -> str:
    drawn = segno.make(uri, micro=False, error="m").svg_inline(border=0, omitsize=True, dark="#000")
    return drawn.replace("<svg", '<svg role="img" aria-label="QR code for your authenticator app"', 1)
