"""A reset link: sets a new password once, and afterwards says why it doesn't. The form: pages/link_forms.py."""

from typing import Annotated, Any

from fastapi import Depends
from nicegui import html

from oncall_ui.app import App
from oncall_ui.services.accounts.links.reset import LinkState, ResetView, reset_link
from oncall_ui.services.accounts.passwords import NEW
from pages.accounts.login.forgot import BY_ADMINISTRATOR, ROUTE, SEND
from pages.accounts.login.gate import gate, main_button, refusal
from pages.opening import page
from pages.session import pop_flash, rate_limited
from pages.widgets.forms.fields import refuse_all
from pages.widgets.forms.new_password import new_password_field

CLOSED = {
    LinkState.USED: ("This link was already used", "Reset links work once. Your new password is set."),
    LinkState.EXPIRED: ("This link has expired", "Reset links work for 1 hour. Your old password still works."),
    LinkState.UNKNOWN: ("This link doesn’t work", "It may be incomplete, or a newer link exists."),
}
"""Heading and sentence."""


def register(app: App) -> None:
    def link(token: str) -> ResetView:
        return reset_link(app, token)

    @page("/reset/{token}", title="Set a new password · On-Call Optimizer", dependencies=[Depends(rate_limited(app))])
    def reset_page(
        token: str,
        link: Annotated[ResetView, Depends(link)],
        flash: Annotated[dict[str, Any], Depends(pop_flash)],
    ) -> None:
        if link.state is not LinkState.OPEN:
            _closed(app, link.state)
            return
        with gate(app, "Set a new password", f"for {link.email}"):
            _form(link.email, flash)


def _closed(app: App, state: LinkState) -> None:
    heading, sentence = CLOSED[state]
    with gate(app, heading, back=True):
        html.p(sentence).classes("oc-lead")
        if not app.postbox.is_set_up:
            html.p(BY_ADMINISTRATOR).classes("oc-hint")
            return
        with html.form().classes("oc-form").props(f"method=get action={ROUTE}"):
            main_button(SEND)


def _form(email: str, flash: dict[str, Any]) -> None:
    # Without an action the form goes to its own address, which holds the link.
    with html.form().classes("oc-form").props("method=post novalidate"):
        # For password managers: whose password it is.
        html.input_(type="text", name="username", value=email).props(
            "autocomplete=username readonly hidden aria-hidden=true tabindex=-1"
        )
        password = new_password_field(NEW, name="password")
        html.p("All your browsers will be logged out.").classes("oc-hint")
        refusal(flash.get("sentence", ""))
        main_button("Save")
    if errors := flash.get("errors", {}):
        refuse_all([password], errors)
    else:
        password.props("autofocus")
