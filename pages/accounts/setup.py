"""The first account, for the person with the link from the console. The form is posted to pages/auth.py."""

from typing import Annotated, Any

from fastapi import Depends
from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.errors import SetupClosed
from oncall_ui.services.accounts.setup import check_setup_link, has_members
from pages.opening import page
from pages.session import pop_flash, rate_limited
from pages.widgets.forms.fields import BROWSER_ZONE, field, fill_from_browser, refuse_all, zone_field
from pages.widgets.forms.new_password import new_password_field
from pages.widgets.forms.steps import steps
from pages.widgets.heading import public_page

NEXT = (
    "**Create your account.** Everything stays on this server.",
    "**Connect a calendar.** Paste its address. Takes about a minute.",
    "**Invite the team.** Each member connects their own calendars.",
)


def register(app: App) -> None:
    def closed(token: str = "") -> str:
        """Why this link can't create an account; empty if it can."""
        try:
            check_setup_link(app, token)
        except SetupClosed:
            return "settled" if has_members(app) else "stale"
        return ""

    @page("/setup", title="Set up · On-Call Optimizer", dependencies=[Depends(rate_limited(app))])
    async def setup_page(
        flash: Annotated[dict[str, Any], Depends(pop_flash)], reason: Annotated[str, Depends(closed)], token: str = ""
    ) -> None:
        if reason:
            ui.status_code(403)
            with public_page():
                _settled() if reason == "settled" else _stale()
            return
        with public_page(wide=True):
            with html.header():
                html.h1("Set up the first account")
                html.p("You become the administrator. The link from the console works once.").classes("oc-lead")
            zone = _form(token, flash)
            with html.aside().classes("oc-next").props("aria-labelledby=next"):
                html.h2("What happens next").props("id=next")
                steps(NEXT, now=0)
        await ui.context.client.connected()
        fill_from_browser(zone)


def _settled() -> None:
    html.h1("An account already exists")
    html.p("This page only creates the first one. Administrators invite all others.").classes("oc-lead")
    with html.p():
        ui.link("Log in", "/login")


def _stale() -> None:
    html.h1("This link doesn’t work")
    html.p("It was already used, or a newer link exists. Restart the app: it prints a new one.").classes("oc-lead")


def _form(token: str, flash: dict[str, Any]) -> ui.input:
    """Draws the form; returns the time zone field."""
    kept = flash.get("values", {})
    with html.form().classes("oc-card oc-form").props("method=post action=/setup novalidate") as form:
        # Submitted before the zone was filled in, the form still sends the browser's.
        form.on("submit", js_handler=f"(event) => {{ event.target.elements.zone.value ||= {BROWSER_ZONE} }}")
        html.input_(type="hidden", name="token", value=token)
        fields = (
            field("Name", value=kept.get("name", ""), name="name", autocomplete="name"),
            field(
                "Email",
                value=kept.get("email", ""),
                hint="Invitations accepted by this address count as yours.",
                kind="email",
                name="email",
                autocomplete="username",
            ),
            new_password_field("Password", name="password"),
            zone_field(kept.get("zone", ""), name="zone"),
        )
        if sentence := flash.get("sentence", ""):
            html.p(sentence).classes("oc-error oc-icon oc-i-alert").props("role=alert")
        ui.button("Create account", color=None).props("unelevated no-caps type=submit").classes("oc-btn main")
    errors: dict[str, str] = flash.get("errors", {})
    if errors:
        refuse_all(fields, errors)
    else:
        fields[0].props("autofocus")
    return fields[-1]
