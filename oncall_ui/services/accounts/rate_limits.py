"""How often somebody who isn't logged in may try, counted by the address they come from and the account they try."""

from oncall_ui.app import App
from oncall_ui.security.rate_limits import PAGES_PER_ADDRESS, PER_ACCOUNT, PER_ADDRESS, WRONG_TOKENS


def may_open_page(app: App, address: str) -> bool:
    """Counts one page; False when it is one too many."""
    return app.rate_limits.allows(PAGES_PER_ADDRESS, "pages", address)


def may_log_in(app: App, address: str, email: str) -> bool:
    """Counts nothing: only wrong passwords do, see `count_wrong_password`."""
    account = email.strip().lower()
    return app.rate_limits.has_left(PER_ADDRESS, "address", address) and app.rate_limits.has_left(
        PER_ACCOUNT, "account", account
    )


def count_wrong_password(app: App, address: str, email: str) -> None:
    """Counts against the address and against the account."""
    app.rate_limits.allows(PER_ADDRESS, "address", address)
    app.rate_limits.allows(PER_ACCOUNT, "account", email.strip().lower())


def may_set_up(app: App, address: str) -> bool:
    """Counts one attempt to create the first account; False when it is one too many."""
    return app.rate_limits.allows(PER_ADDRESS, "address", address)


def may_send_wrong_key(app: App, address: str) -> bool:
    """Counts one key of a feed or of the API that doesn't exist; False when it is one too many."""
    return app.rate_limits.allows(WRONG_TOKENS, "key", address)
