"""/you/notifications: which emails a member gets."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends
from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.domain.schedules.shift_email import EmailKind
from oncall_ui.services.accounts.email_choices import choose_email, email_choices
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from pages.layout import frame
from pages.opening import page
from pages.session import login_required, run_as
from pages.widgets.heading import page_header
from pages.widgets.subnav import profile_subnav

ROUTE = "/you/notifications"
TITLE = "Notifications"
WORDS = {
    EmailKind.SHIFT_CHANGES: (
        "Your shifts changed",
        "One email each time a published plan brings you shifts or takes some away, with the reason and a calendar "
        "file. Between 20:00 and 8:00 in your time zone it waits, unless a shift begins within 24 hours.",
    ),
    EmailKind.CONFLICTS: (
        "A shift needs a change",
        "One email when you are blocked on a shift of yours, and for managers when anybody is, has left, or a limit "
        "breaks. Between 20:00 and 8:00 it waits, unless a shift begins within 3 days.",
    ),
}
NO_SERVER = "This server doesn’t send email. Ask your administrator."


def register(app: App) -> None:
    @page(ROUTE)
    async def notifications_page(me: Annotated[LoggedIn, Depends(login_required(app))]) -> None:
        chosen = await run_as(app, me, email_choices)
        with frame(app, me, TITLE, "/you"):
            page_header(TITLE, "Which emails you get." if app.postbox.is_set_up else NO_SERVER)
            profile_subnav(ROUTE)
            _card(app, me, chosen)


def _card(app: App, me: LoggedIn, chosen: Mapping[EmailKind, bool]) -> None:
    with html.section().classes("oc-card you-notify").props("aria-labelledby=emails"):
        with html.div().classes("oc-card-head"):
            html.h2("Emails").props("id=emails")
        for kind, (title, line) in WORDS.items():
            with html.div().classes("oc-rule publish-rule"):
                with html.p(title):
                    html.small(line)
                _switch(app, me, kind, chosen[kind]).props["aria-label"] = title


def _switch(app: App, me: LoggedIn, kind: EmailKind, value: bool) -> ui.switch:
    async def choose() -> None:
        await run_as(app, me, choose_email, kind, bool(switch.value))

    switch = ui.switch(value=value, on_change=choose)
    return switch
