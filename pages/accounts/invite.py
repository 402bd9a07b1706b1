"""An invitation's link: the form that creates one's own account. It is posted to pages/link_forms.py."""

from typing import Annotated, Any

from fastapi import Depends
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement
from starlette.concurrency import run_in_threadpool

from oncall_ui.app import App
from oncall_ui.errors import InvitationEnd, InvitationEnded
from oncall_ui.services.accounts.links.invitation_emails import clock_words
from oncall_ui.services.accounts.links.joining import InvitationView, note_opened, read_invitation
from pages.accounts.login.gate import gate
from pages.opening import page
from pages.session import pop_flash, rate_limited
from pages.widgets.forms.fields import BROWSER_ZONE, field, fill_from_browser, refuse_all, zone_field
from pages.widgets.forms.new_password import new_password_field
from pages.widgets.forms.steps import steps
from pages.widgets.heading import public_page

NEXT = (
    "**Create your account.** A minute.",
    "**Connect a calendar.** %s.",
    "**Check what counts.** See which events block on-call before anything is saved.",
)
ENDED = {
    InvitationEnd.EXPIRED: "This invitation has expired",
    InvitationEnd.USED: "This invitation was already used",
    InvitationEnd.REVOKED: "This invitation was revoked",
    InvitationEnd.REPLACED: "There is a newer link",
    InvitationEnd.HAS_ACCOUNT: "There is an account already",
    InvitationEnd.UNKNOWN: "This invitation doesn’t work",
}
HAPPENED = {
    InvitationEnd.EXPIRED: "It worked until {when}.",
    InvitationEnd.USED: "An account was created with it on {when}.",
    InvitationEnd.REVOKED: "It was revoked on {when}.",
    InvitationEnd.REPLACED: "This link was replaced on {when}. Use the latest one.",
    InvitationEnd.HAS_ACCOUNT: "Somebody with this email address has an account by now.",
    InvitationEnd.UNKNOWN: "Check that you copied the whole link.",
}
PASSWORD_ALREADY = (InvitationEnd.USED, InvitationEnd.HAS_ACCOUNT)


def register(app: App) -> None:
    def found(token: str) -> InvitationView | InvitationEnded:
        try:
            return read_invitation(app, token)
        except InvitationEnded as ended:
            return ended

    @page("/invite/{token}", title="Join · On-Call Optimizer", dependencies=[Depends(rate_limited(app))])
    async def invite_page(
        token: str,
        flash: Annotated[dict[str, Any], Depends(pop_flash)],
        invitation: Annotated[InvitationView | InvitationEnded, Depends(found)],
    ) -> None:
        if isinstance(invitation, InvitationEnded):
            ui.status_code(410)
            _ended(app, invitation)
            return
        with public_page(wide=True):
            with html.header():
                html.h1("Join On-Call Optimizer")
                TextElement(tag="p", text=_who(invitation)).classes("oc-lead")
            zone = _form(token, invitation, flash)
            _next(app)
        # Not before: programs that follow links in emails, to look for viruses, don't connect.
        await ui.context.client.connected()
        fill_from_browser(zone)
        await run_in_threadpool(note_opened, app, token)


def _who(invitation: InvitationView) -> str:
    who = f"{invitation.inviter} invited you." if invitation.inviter else "You are invited."
    return f"{who} This link works once, until {clock_words(invitation.expires_at, invitation.zone)}."


def _next(app: App) -> None:
    *others, last = [product.name for product in app.products if app.offers(product)]
    names = f"{', '.join(others)} or {last}" if others else last
    with html.aside().classes("oc-next").props("aria-labelledby=next"):
        html.h2("What happens next").props("id=next")
        steps([line % names if "%s" in line else line for line in NEXT], now=0)
        with html.p().classes("oc-note oc-icon oc-i-lock"):
            html.span("We keep only when you’re blocked or would like to be on call. Never titles.")


def _form(token: str, invitation: InvitationView, flash: dict[str, Any]) -> ui.input:
    """Draws the form; returns the time zone field."""
    kept = flash.get("values", {})
    with html.form().classes("oc-card oc-form").props('method=post novalidate aria-label="Your account"') as form:
        form.props["action"] = f"/invite/{token}"
        # Submitted before the zone was filled in, the form still sends the browser's.
        form.on("submit", js_handler=f"(event) => {{ event.target.elements.zone.value ||= {BROWSER_ZONE} }}")
        name = field("Name", value=kept.get("name", ""), name="name", autocomplete="name")
        email = field(
            "Email",
            value=invitation.email,
            hint="The address you were invited with. You can change it later.",
            kind="email",
            autocomplete="username",
            readonly="",
        )
        email.classes("invite-email")
        fields = (name, new_password_field("Password", name="password"), zone_field(kept.get("zone", ""), name="zone"))
        if sentence := flash.get("sentence", ""):
            html.p(sentence).classes("oc-error oc-icon oc-i-alert").props("role=alert")
        ui.button("Create account", color=None).props("unelevated no-caps type=submit").classes("oc-btn main")
    errors: dict[str, str] = flash.get("errors", {})
    if errors:
        refuse_all(fields, errors)
    else:
        name.props("autofocus")
    return fields[-1]


def _ended(app: App, ended: InvitationEnded) -> None:
    when = clock_words(ended.ended_at, ended.zone) if ended.ended_at else ""
    happened = HAPPENED[ended.end].format(when=when)
    with gate(app, ENDED[ended.end]):
        TextElement(tag="p", text=f"{happened} {_advice(ended)}").classes("oc-lead")
        ui.link("Go to log in", "/login").classes("oc-btn main")


def _advice(ended: InvitationEnded) -> str:
    if ended.end in PASSWORD_ALREADY:
        return "Log in with your email and password."
    who = ended.inviter or "your administrator"
    return f"Ask {who} for a new link, or log in if you already have an account."
