"""/emails/stop/{token}: turns one kind of email off, without logging in. Mail programs post there by themselves.

The page asks, because programs that scan email open the links in it.
"""

import asyncio
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response
from nicegui import app as web
from nicegui import html

from oncall_ui.app import App
from oncall_ui.domain.schedules.messages.kinds import EmailKind
from oncall_ui.services.accounts.email_choices import kind_of_stop_link, stop_by_link
from oncall_ui.services.accounts.logging_in.rate_limits import may_send_wrong_key
from pages.accounts.login.gate import gate, main_button
from pages.opening import page
from pages.plain import plain_page
from pages.session import origin, rate_limited

ROUTE = "/emails/stop/{token}"
ABOUT = {
    EmailKind.SHIFT_CHANGES: "when your shifts change",
    EmailKind.SHIFT_STARTS: "a week and a day before a shift of yours",
    EmailKind.HANDOFFS: "when you go on call and when you’re done",
    EmailKind.REQUESTS: "about swaps and cover",
    EmailKind.CONFLICTS: "when a shift is blocked or empty",
    EmailKind.WEEK_AHEAD: "on Mondays about the week ahead",
    EmailKind.PLANS: "when a plan is ready for review, or was held back",
    EmailKind.CALENDARS: "when a calendar of yours can’t be read",
}
STOPPED = (
    "Emails stopped",
    "You won’t get emails of this kind any more. You can turn them on again under Notifications in your profile.",
)
UNKNOWN = ("This link doesn’t work", "Log in and choose your emails under Notifications in your profile.")


def register(app: App) -> None:
    def asked(token: str) -> EmailKind | None:
        return kind_of_stop_link(app, token)

    @page(ROUTE, title="Stop emails · On-Call Optimizer", dependencies=[Depends(rate_limited(app))])
    def stop_page(asked: Annotated[EmailKind | None, Depends(asked)]) -> None:
        if asked is None:
            with gate(app, UNKNOWN[0], back=True):
                html.p(UNKNOWN[1]).classes("oc-lead")
            return
        with gate(app, "Stop these emails?"):
            html.p(f"You get an email {ABOUT[asked]}.").classes("oc-lead")
            with html.form().classes("oc-form").props("method=post"):
                main_button("Stop")

    # After the page: a page removes other routes of its path.
    @web.post(ROUTE)
    async def stop(request: Request, token: str) -> Response:
        if await asyncio.to_thread(stop_by_link, app, token):
            return plain_page(STOPPED, 200, to="/you/notifications", button="Notifications")
        may_send_wrong_key(app, origin(request))
        return plain_page(UNKNOWN, 404)
