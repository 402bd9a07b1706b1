"""/you/notifications: which emails a member gets, and when none."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends
from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.domain.schedules.messages.kinds import EmailKind
from oncall_ui.services.accounts.email_choices import choose_email, email_choices
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.accounts.quiet_hours import read_quiet_hours
from pages.accounts.quiet_hours import QuietHoursCard
from pages.layout import frame
from pages.opening import page
from pages.session import login_required, run_as
from pages.widgets.heading import page_header
from pages.widgets.subnav import profile_subnav

ROUTE = "/you/notifications"
TITLE = "Notifications"
WORDS = {
    EmailKind.SHIFT_CHANGES: ("Shift published or changed", "You gained, lost or moved a shift, and why"),
    EmailKind.SHIFT_STARTS: ("Shift starts", "A week and a day before"),
    EmailKind.HANDOFFS: ("Handover", "When you take over and when you’re done"),
    EmailKind.REQUESTS: ("Requests and answers", "Swaps, cover, and what became of yours"),
    EmailKind.CONFLICTS: ("Conflict or gap", "A shift of yours, or one you manage, is blocked or empty"),
    EmailKind.CALENDARS: ("Calendar needs you", "A calendar of yours can’t be read"),
    EmailKind.WEEK_AHEAD: ("Week ahead", "Mondays, 08:00"),
    EmailKind.PLANS: ("Plan needs you", "One of a schedule you manage is ready for review, or was held back"),
}
"""In the order of the page: title and what it is about."""
NO_SERVER = "This server doesn’t send email. Ask your administrator."
ALWAYS = "Messages about your account, such as reset links, always go to your email."


def register(app: App) -> None:
    @page(ROUTE)
    async def notifications_page(me: Annotated[LoggedIn, Depends(login_required(app))]) -> None:
        chosen = await run_as(app, me, email_choices)
        quiet = await run_as(app, me, read_quiet_hours)
        with frame(app, me, TITLE, "/you"):
            page_header(TITLE, f"Emails go to {me.member.email}." if app.postbox.is_set_up else NO_SERVER)
            profile_subnav(ROUTE)
            with html.div().classes("oc-make oc-notify"):
                with html.div().classes("oc-stack"):
                    _card(app, me, chosen)
                    with html.p().classes("oc-note oc-icon oc-i-lock"):
                        html.span(ALWAYS)
                QuietHoursCard(app, me, quiet)


def _card(app: App, me: LoggedIn, chosen: Mapping[EmailKind, bool]) -> None:
    with html.section().classes("oc-card").props("aria-labelledby=emails"):
        with html.div().classes("oc-card-head"):
            html.h2("Messages").classes("grow").props("id=emails")
            html.span("Changes apply at once").classes("oc-sub")
        with html.table().classes("oc-kinds"):
            with html.thead(), html.tr():
                html.th("Message").props("scope=col")
                html.th("Email").props("scope=col")
            with html.tbody():
                for kind, (title, line) in WORDS.items():
                    with html.tr():
                        with html.th(title).props("scope=row"):
                            html.small(line)
                        with html.td():
                            _checkbox(app, me, kind, chosen[kind]).props["aria-label"] = f"{title}, Email"


def _checkbox(app: App, me: LoggedIn, kind: EmailKind, value: bool) -> ui.checkbox:
    async def choose() -> None:
        await run_as(app, me, choose_email, kind, bool(checkbox.value))

    checkbox = ui.checkbox(value=value, on_change=choose)
    return checkbox
