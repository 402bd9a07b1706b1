"""The card `Email`: the address of the account, and how it is changed."""

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime

from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.services.accounts.addresses import list_addresses
from oncall_ui.services.accounts.links.email_change import (
    NEW_EMAIL,
    PendingEmail,
    ask_for_email_change,
    cancel_email_change,
    pending_email,
)
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.accounts.passwords import CURRENT
from pages.accounts.security.card import SecurityRow, row_button, security_card, security_list
from pages.refresh import LiveView, Wanted
from pages.session import run_as
from pages.widgets.dates import moment_words
from pages.widgets.forms.fields import field, password_field, refuse_all
from pages.widgets.forms.form_dialog import FormDialog

CHANGE = "Change email"


@dataclass(frozen=True, slots=True)
class Seen:
    email: str
    pending: PendingEmail | None


def card(app: App, me: LoggedIn) -> LiveView[Seen | None]:
    return _Email(app, me).view


class _Email:
    def __init__(self, app: App, me: LoggedIn) -> None:
        self._app, self._me = app, me
        with security_card("email", "Email"), security_list("Email"):
            self._row = SecurityRow("mail", me.member.email)
            self._new = SecurityRow("mail", "")
        if app.postbox.is_set_up:
            with self._row.buttons:
                row_button(CHANGE, self._ask)
        with self._new.buttons:
            row_button("Cancel", self._cancel, "Cancel the change of email")
        self._new.element.set_visibility(False)
        self._dialog = FormDialog()
        self.view = LiveView(app, me, self._read, self._show)

    def _read(self, _wanted: Wanted) -> Seen | None:
        """None if the account was erased a moment ago."""
        member_id = self._me.member.id
        with contextlib.suppress(NotAllowed):
            return Seen(list_addresses(self._app, member_id).account, pending_email(self._app, member_id))
        return None

    def _show(self, seen: Seen | None) -> None:
        if seen is None:
            return
        self._row.show(_use(self._app, self._me), title=seen.email)
        self._new.element.set_visibility(seen.pending is not None)
        if seen.pending:
            zone = self._me.member.tz
            until = moment_words(seen.pending.expires_at, zone, datetime.now(UTC).astimezone(zone).date())
            self._new.show(f"Not confirmed yet. The link in your email works until {until}", title=seen.pending.new)

    def _ask(self) -> None:
        with self._dialog.open(CHANGE, "Send link", self._change):
            self._email = field(NEW_EMAIL, kind="email", autocomplete="email").props("autofocus")
            self._password = password_field(CURRENT, autocomplete="current-password")
            html.p("We’ll email a link to the new address. Nothing changes until you open it.").classes("oc-hint")

    async def _change(self) -> None:
        typed = {"email": self._email.value or "", "password": self._password.value or ""}
        try:
            new = await run_as(self._app, self._me, ask_for_email_change, **typed)
        except InvalidInput as error:
            if not self._email.is_deleted:
                refuse_all((self._email, self._password), error.sentences)
            return
        if not self._email.is_deleted:
            ui.notify(f"Link sent to {new}", position="bottom-right")
            self._dialog.close()

    async def _cancel(self) -> None:
        await run_as(self._app, self._me, cancel_email_change)


def _use(app: App, me: LoggedIn) -> str:
    if app.postbox.is_set_up:
        return "Used to log in and for reset links"
    if me.member.is_admin:
        return "Used to log in. Without email on this server, change it with: python run.py user email"
    return "Used to log in. Your administrator can change it"
