"""The second step of logging in, at /login while a log-in waits for it. Its forms are posted to pages/auth.py."""

from typing import Any

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.services.accounts.second_factors.passkeys import are_offered
from oncall_ui.services.accounts.second_factors.second_factor import CODE, RECOVERY_CODE, SecondStep
from pages.accounts.login.passkey_button import passkey_button
from pages.session import NEXT
from pages.widgets.forms.fields import code_field, field, refuse_all

TITLE = "Two-factor code · On-Call Optimizer"
LOST = "Lost both? Your administrator can reset your second factor."
# In the browser: the last digit of six submits, once; what was typed isn't sent for it.
SUBMIT_LAST = """(event) => {
    const input = event.target, digits = input.value.replace(/\\D/g, "");
    if (input.name === "code" && digits.length === 6 && !input.form.dataset.sent) {
        input.form.dataset.sent = "yes";
        input.form.requestSubmit();
    }
}"""


def second_step_card(app: App, step: SecondStep, flash: dict[str, Any], target: str) -> None:
    """`target` is the page to open afterwards."""
    ui.page_title(TITLE)
    _Card(app, step, flash, target).draw()


class _Card:
    def __init__(self, app: App, step: SecondStep, flash: dict[str, Any], target: str) -> None:
        self._step, self._flash, self._target = step, flash, target
        self._has_passkey = step.factors.passkeys > 0 and are_offered(app)
        self._app = app

    def draw(self) -> None:
        factors = self._step.factors
        with html.section().classes("oc-card").props("aria-labelledby=login"):
            with html.header():
                self._heading = TextElement(tag="h1", text="").props("id=login")
                html.p(f"Logging in as {self._step.email}").classes("oc-sub")
            if sentence := self._flash.get("sentence", ""):
                html.p(sentence).classes("oc-error oc-icon oc-i-alert").props("role=alert")
            self._code = self._code_form() if factors.has_app else None
            self._recovery = self._recovery_form() if factors.codes_left else None
            self._ways()
            html.p(LOST).classes("oc-hint")
            with html.p().classes("oc-hint"):
                ui.link("Log in as someone else", "/login?step=password")
        errors: dict[str, str] = self._flash.get("errors", {})
        self._show(RECOVERY_CODE in errors)
        refuse_all((each for form in (self._code, self._recovery) if form for each in form[1]), errors)

    def _code_form(self) -> tuple[html.form, tuple[ui.input, ...]]:
        with self._form("/login/code") as form:
            code = code_field(CODE, hint="6 digits. We check them as soon as the last one is in.", name="code")
            code.props("autofocus")
            form.on("input", js_handler=SUBMIT_LAST)
            self._trust_and_button()
        return form, (code,)

    def _recovery_form(self) -> tuple[html.form, tuple[ui.input, ...]]:
        with self._form("/login/recovery") as form:
            code = field(
                RECOVERY_CODE,
                hint="One of the ten you saved when you set up two-factor. It works once.",
                name="code",
                autocomplete="off",
                autocapitalize="none",
                spellcheck="false",
            )
            _submit()
        return form, (code,)

    def _form(self, action: str) -> html.form:
        with html.form().classes("oc-form").props(f"method=post action={action} novalidate") as form:
            html.input_(type="hidden", name=NEXT, value=self._target)
        return form

    def _trust_and_button(self) -> None:
        with html.label().classes("oc-choice"):
            html.input_(type="checkbox", name="trust", value="yes").classes("oc-check")
            html.span("Don’t ask on this browser for 30 days")
        _submit()

    def _ways(self) -> None:
        if not self._has_passkey and not (self._code and self._recovery):
            self._swap = None
            return
        if self._code:
            with html.div().classes("oc-or"):
                html.span("or")
        with html.div().classes("oc-pair"):
            if self._has_passkey:
                passkey_button(self._app, self._target, is_main=self._code is None)
            self._swap = self._swap_button() if self._recovery else None

    def _swap_button(self) -> ui.button:
        button = ui.button("Use a recovery code", color=None, on_click=self._swapped)
        return button.props("unelevated no-caps type=button").classes("oc-btn oc-icon oc-i-key")

    def _swapped(self) -> None:
        shows_recovery = bool(self._recovery and self._recovery[0].visible)
        self._show(not shows_recovery)
        shown = self._code if shows_recovery else self._recovery
        if shown:
            shown[1][0].run_method("focus")

    def _show(self, recovery: bool) -> None:
        """The form for a recovery code, or for a code of the app."""
        recovery = recovery and self._recovery is not None
        if self._recovery:
            self._recovery[0].set_visibility(recovery)
        if self._code:
            self._code[0].set_visibility(not recovery)
        words = "Use your passkey" if self._code is None else "Enter your code"
        self._heading.set_text("Enter a recovery code" if recovery else words)
        if self._swap:
            self._swap.set_text(_other(self._code is not None) if recovery else "Use a recovery code")


def _other(has_app: bool) -> str:
    return "Use a code from your app" if has_app else "Use your passkey"


def _submit() -> None:
    ui.button("Log in", color=None).props("unelevated no-caps type=submit").classes("oc-btn main")
