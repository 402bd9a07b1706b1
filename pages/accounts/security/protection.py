"""The line below the heading of the Security page: how well the account is protected."""

from nicegui import html
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.errors import NotAllowed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.accounts.protection import Protection, protection_of
from pages.refresh import LiveView, Wanted
from pages.widgets.dates import count


def line(app: App, me: LoggedIn) -> LiveView[Protection | None]:
    """Draws it."""
    return _Line(app, me).view


class _Line:
    def __init__(self, app: App, me: LoggedIn) -> None:
        self._app, self._me = app, me
        with html.p().classes("oc-status is-ok") as self._status:
            self._what = TextElement(tag="b", text="")
            self._where = TextElement(tag="span", text="")
        self._status.set_visibility(False)
        self.view = LiveView(app, me, self._read, self._show)

    def _read(self, _wanted: Wanted) -> Protection | None:
        """None if the account was erased a moment ago."""
        try:
            return protection_of(self._app, self._me.member.id)
        except NotAllowed:
            return None

    def _show(self, found: Protection | None) -> None:
        if found is None:
            return
        what, is_enough = words(found)
        self._status.classes(
            add="is-ok" if is_enough else "is-warn oc-a", remove="is-warn oc-a" if is_enough else "is-ok"
        )
        self._status.set_visibility(True)
        self._what.set_text(what)
        advice = "" if is_enough else " · add a passkey or two-factor"
        self._where.set_text(f"{advice} · logged in on {count(found.browsers, 'browser')}")


def words(found: Protection) -> tuple[str, bool]:
    """What protects the account, and whether that is enough."""
    match found:
        case Protection(passkeys=0, has_two_factor=True):
            return "Two-factor is on", True
        case Protection(has_two_factor=True):
            return "Passkey and two-factor are on", True
        case Protection(passkeys=passkeys) if passkeys:
            return "A passkey is on", True
        case Protection(has_password=True, identities=identities) if identities:
            return "You log in with single sign-on or your password", True
        case Protection(has_password=True):
            return "Only a password protects your account", False
    return "You log in with single sign-on", True
