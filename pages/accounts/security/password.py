"""The row `Password` of the card `Log-in methods`."""

from oncall_ui.app import App
from oncall_ui.services.accounts.sessions import LoggedIn
from pages.accounts.security.card import SecurityRow, security_list


def method(_app: App, _me: LoggedIn) -> None:
    with security_list("Password"):
        SecurityRow("key", "Password")
