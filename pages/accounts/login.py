"""Logging in: a form that the browser posts itself, see pages/auth.py."""

from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.services.accounts.setup import has_members
from pages.accounts.forgot import forgot_password
from pages.accounts.single_sign_on import single_sign_on_button
from pages.opening import page
from pages.session import NEXT, own_page, pop_flash, rate_limited
from pages.widgets.forms import field, password_field
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


def register(app: App) -> None:
    host = urlsplit(app.settings.public_url).netloc

    def is_empty() -> bool:
        return not has_members(app)

    @page("/login", title="Log in · On-Call Optimizer", dependencies=[Depends(rate_limited(app))])
    def login_page(
        request: Request,
        flash: Annotated[dict[str, Any], Depends(pop_flash)],
        no_members: Annotated[bool, Depends(is_empty)],
    ) -> None:
        email = flash.get("values", {}).get("email", "")
        with public_page():
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
                target = own_page(request.query_params.get(NEXT, ""))
                _form(email, flash.get("sentence", ""), target)
                single_sign_on_button(app, target)
                forgot_password(app)
            html.p("Your calendars are read here and nowhere else").classes("oc-gate-foot oc-icon oc-i-shield")


def _form(email: str, refusal: str, target: str) -> None:
    """`target` is the page to open afterwards."""
    with html.form().classes("oc-form").props("method=post action=/login novalidate"):
        html.input_(type="hidden", name=NEXT, value=target)
        typed = field("Email", value=email, kind="email", name="email", autocomplete="username")
        password = password_field(name="password", autocomplete="current-password")
        if refusal:
            html.p(refusal).classes("oc-error oc-icon oc-i-alert").props("role=alert")
        ui.button("Log in", color=None).props("unelevated no-caps type=submit").classes("oc-btn main")
    (password if email else typed).props("autofocus")
