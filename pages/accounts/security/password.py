"""The row `Password` of the card `Log-in methods`: changed in a dialog, which asks for the current one."""

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime

from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn, list_sessions
from oncall_ui.services.accounts.passwords import CURRENT, NEW, PasswordView, change_password, password_of
from pages.accounts.security.card import SecurityRow, row_button, security_list
from pages.refresh import LiveView, Wanted
from pages.session import run_as, still_here
from pages.widgets.dates import NBSP, count, day_words
from pages.widgets.forms.fields import password_field, refuse_all
from pages.widgets.forms.form_dialog import FormDialog
from pages.widgets.forms.new_password import new_password_field

CHANGE, SET = "Change password", "Set password"


@dataclass(frozen=True, slots=True)
class Seen:
    password: PasswordView
    others: int
    """Browsers that a new password logs out."""


def method(app: App, me: LoggedIn) -> LiveView[Seen | None]:
    return _Password(app, me).view


class _Password:
    def __init__(self, app: App, me: LoggedIn) -> None:
        self._app, self._me = app, me
        with security_list("Password"):
            self._row = SecurityRow("key", "Password")
            with self._row.buttons:
                self._button = row_button(CHANGE, self._ask)
        self._dialog = FormDialog()
        self.view = LiveView(app, me, self._read, self._show)

    def _read(self, _wanted: Wanted | None = None) -> Seen | None:
        """None if the account was erased a moment ago."""
        with contextlib.suppress(NotAllowed):
            sessions = list_sessions(self._app, self._me.member.id)
            others = sum(each.id != self._me.session_id for each in sessions)
            return Seen(password_of(self._app, self._me.member.id), others)
        return None

    def _show(self, seen: Seen | None) -> None:
        if seen is None:
            return
        self._row.show(_words(seen.password, self._me))
        self._button.set_text(CHANGE if seen.password.is_set else SET)

    async def _ask(self) -> None:
        await still_here(self._app, self._me)
        seen = await asyncio.to_thread(self._read)
        if seen is None or self._button.is_deleted:
            return
        words = CHANGE if seen.password.is_set else SET
        with self._dialog.open(words, words, self._change):
            is_set = seen.password.is_set
            self._current = password_field(CURRENT, autocomplete="current-password") if is_set else None
            self._new = new_password_field(NEW)
            if others := seen.others:
                html.p(f"Your {_browsers(others)} will be logged out.").classes("oc-hint")
        (self._current or self._new).props("autofocus")

    async def _change(self) -> None:
        current = (self._current.value or "") if self._current else ""
        new = self._new.value or ""
        try:
            await run_as(self._app, self._me, change_password, self._me.session_id, current=current, new=new)
        except InvalidInput as error:
            fields = [each for each in (self._current, self._new) if each is not None and not each.is_deleted]
            refuse_all(fields, error.sentences)
            return
        if not self._new.is_deleted:
            ui.notify("Password changed", position="bottom-right")
            self._dialog.close()


def _words(password: PasswordView, me: LoggedIn) -> str:
    if not password.is_set:
        return "None. You log in without one"
    if password.changed_at is None:
        return "Never changed"
    today = datetime.now(UTC).astimezone(me.member.tz).date()
    day = password.changed_at.astimezone(me.member.tz).date()
    return f"Last changed {'today' if day == today else day_words(day, today)}"


def _browsers(others: int) -> str:
    return "other browser" if others == 1 else count(others, "other browser").replace(NBSP, " ")
