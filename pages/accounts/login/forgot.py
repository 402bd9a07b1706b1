"""A forgotten password: a reset link by email; the same answer for every address. The form: pages/link_forms.py."""

from typing import Annotated, Any

from fastapi import Depends
from nicegui import html, ui

from oncall_ui.app import App
from pages.accounts.login.gate import gate, main_button, refusal
from pages.opening import page
from pages.session import pop_flash, rate_limited
from pages.widgets.forms.fields import field, refuse_all

ROUTE = "/login/forgot"
SEND = "Send reset link"
BY_ADMINISTRATOR = "Your administrator can create a reset link for you."
AGAIN_SECONDS = 60
# In the browser alone: nobody else waits for it.
COUNT_DOWN = """
const button = document.querySelector(".gate-again"), wait = button.querySelector("i");
let left = SECONDS;
const tick = () => {
    if (left <= 0) { button.removeAttribute("aria-disabled"); wait.remove(); return; }
    wait.textContent = ` in ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    left -= 1;
    setTimeout(tick, 1000);
};
tick();
"""
ONCE_READY = "(event) => { if (event.target.querySelector('[aria-disabled]')) event.preventDefault(); }"


def register(app: App) -> None:
    @page(ROUTE, title="Forgot your password? · On-Call Optimizer", dependencies=[Depends(rate_limited(app))])
    async def forgot_page(flash: Annotated[dict[str, Any], Depends(pop_flash)], email: str = "") -> None:
        if not app.postbox.is_set_up:
            with gate(app, "Forgot your password?", back=True):
                html.p(f"This server sends no email. {BY_ADMINISTRATOR}").classes("oc-lead")
        elif sent := flash.get("values", {}).get("sent", ""):
            with gate(app, "Check your email", back=True):
                _sent(sent)
            await ui.context.client.connected()
            ui.run_javascript(COUNT_DOWN.replace("SECONDS", str(AGAIN_SECONDS)))
        else:
            with gate(app, "Forgot your password?", "We’ll email you a link to set a new one.", back=True):
                _form(flash, flash.get("values", {}).get("email", email)[:300])


def forgot_password(app: App) -> None:
    """The line on the log-in page: what is possible on this server."""
    if app.postbox.is_set_up:
        with html.p().classes("oc-hint"):
            ui.link("Forgot your password?", ROUTE)
    else:
        html.p(f"Forgot your password? {BY_ADMINISTRATOR}").classes("oc-hint")


def _form(flash: dict[str, Any], email: str) -> None:
    with html.form().classes("oc-form").props(f"method=post action={ROUTE} novalidate"):
        typed = field("Email", value=email, kind="email", name="email", autocomplete="username").props("autofocus")
        refusal(flash.get("sentence", ""))
        main_button(SEND)
    refuse_all([typed], flash.get("errors", {}))


def _sent(email: str) -> None:
    html.p(f"If {email} has an account here, the link arrives within a minute. It works once, for 1 hour.").classes(
        "oc-lead"
    ).props("role=status")
    html.p("Nothing there? Check your spam folder, or ask your administrator for a reset link.").classes("oc-hint")
    with html.form().classes("oc-form").props(f"method=post action={ROUTE}") as form:
        form.on("submit", js_handler=ONCE_READY)
        html.input_(type="hidden", name="email", value=email)
        with html.button().classes("oc-btn gate-again").props("type=submit aria-disabled=true"):
            html.span("Send again")
            html.i().props("aria-hidden=true")
