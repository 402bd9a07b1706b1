"""Logging in: a form that the browser posts itself, see pages/auth.py."""

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.services.accounts.logging_in.single_sign_on import is_offered
from oncall_ui.services.accounts.second_factors.passkeys import are_offered
from oncall_ui.services.accounts.second_factors.second_factor import SecondStep, second_step
from oncall_ui.services.accounts.setup import has_members
from pages.accounts.login.forgot import forgot_password
from pages.accounts.login.gate import gate_foot
from pages.accounts.login.passkey_button import passkey_button
from pages.accounts.login.second_factor import second_step_card
from pages.accounts.login.single_sign_on import single_sign_on_button
from pages.accounts.login.wait import wait_alert
from pages.opening import page
from pages.session import NEXT, PENDING, own_page, pop_flash, rate_limited
from pages.widgets.forms.fields import field, password_field
from pages.widgets.heading import public_page

_BLOCK, _PREFER = '<b class="is-block"></b>', '<b class="is-prefer"></b>'
_EVENING = '<b class="is-block" style="--from:14;--to:18"></b>'
_WEEKS = ("..e..pp", "..bbbrr", "..e..pp", "..b..fr")
"""What each day of the strip shows: a week a word, Monday first."""


def _day(kind: str) -> str:
    shown = {"e": _EVENING, "f": _EVENING, "b": _BLOCK, "p": _PREFER}.get(kind, "")
    return f'<i class="oc-day{" rest" if kind in "pfr" else ""}">{shown}</i>'


STRIP = f'<div class="oc-days" aria-hidden="true">{"".join(map(_day, "".join(_WEEKS)))}</div>'
"""Four weeks of somebody's availability, as an ornament."""


WAYS: tuple[tuple[Callable[[App], bool], Callable[[App, str], None]], ...] = (
    (is_offered, single_sign_on_button),
    (are_offered, passkey_button),
)
"""Ways to log in without a password: whether one is offered, and what draws its button; with the page to open after."""


def register(app: App) -> None:
    host = urlsplit(app.settings.public_url).netloc
    ui.add_head_html('<script src="/static/login_wait.js" defer></script>', shared=True)

    def is_empty() -> bool:
        return not has_members(app)

    def waiting(request: Request) -> SecondStep | None:
        return second_step(app, request.session.get(PENDING, ""))

    @page("/login", title="Log in · On-Call Optimizer", dependencies=[Depends(rate_limited(app))])
    def login_page(
        request: Request,
        flash: Annotated[dict[str, Any], Depends(pop_flash)],
        no_members: Annotated[bool, Depends(is_empty)],
        step: Annotated[SecondStep | None, Depends(waiting)],
    ) -> None:
        target = own_page(request.query_params.get(NEXT, ""))
        with public_page():
            if step is not None and request.query_params.get("step") != "password":
                second_step_card(app, step, flash, target)
            else:
                _first_step_card(app, host, flash, target, no_members=no_members)
            gate_foot(app)


def _first_step_card(app: App, host: str, flash: dict[str, Any], target: str, *, no_members: bool) -> None:
    """`target` is the page to open afterwards."""
    with html.section().classes("oc-card").props("aria-labelledby=login"):
        ui.html(STRIP, sanitize=False)
        with html.header():
            html.h1("Log in").props("id=login")
            html.p(f"to {host}").classes("oc-sub")
            if no_members:
                html.p(
                    "Nobody has an account yet. The console where this app was started shows a link "
                    "to set up the first one."
                ).classes("oc-lead")
        _form(app, flash, target)
        _other_ways(app, target)
        forgot_password(app)


def _other_ways(app: App, target: str) -> None:
    """The ways to log in without a password, under a line that says `or`."""
    ways = [draw for is_offered, draw in WAYS if is_offered(app)]
    if not ways:
        return
    with html.div().classes("oc-or"):
        html.span("or")
    with html.div().classes("oc-pair"):
        for draw in ways:
            draw(app, target)


def _unslowed(app: App) -> list[str]:
    """The ways to log in that work while passwords are slowed down, as words of a sentence."""
    ways = [app.settings.oidc_name] if is_offered(app) else []
    ways += ["a passkey"] if are_offered(app) else []
    return [*ways, "a reset link"] if app.postbox.is_set_up else ways


def _form(app: App, flash: dict[str, Any], target: str) -> None:
    """`target` is the page to open afterwards."""
    email, refusal = flash.get("values", {}).get("email", ""), flash.get("sentence", "")
    with html.form().classes("oc-form").props("method=post action=/login novalidate"):
        wait_alert(int(flash.get("wait", 0)), _unslowed(app))
        html.input_(type="hidden", name=NEXT, value=target)
        typed = field("Email", value=email, kind="email", name="email", autocomplete="username")
        password = password_field(name="password", autocomplete="current-password")
        if refusal:
            html.p(refusal).classes("oc-error oc-icon oc-i-alert").props("role=alert")
        ui.button("Log in", color=None).props("unelevated no-caps type=submit").classes("oc-btn main")
    (password if email else typed).props("autofocus")
