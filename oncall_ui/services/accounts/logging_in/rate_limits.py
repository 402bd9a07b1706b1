"""How often somebody may try: log in, guess a link, open pages. Counted before anything is checked.

    attempt = may_try(app, Kind.PASSWORD, origin="", account=str(member_id))    # raises TooManyAttempts
    if app.passwords.check(...):
        attempt.succeeded()

`origin` is the address a request comes from (behind a trusted proxy, the one it forwards); `account` is the email
typed or the member's id. A slowed-down log-in delays nothing else: single sign-on, passkeys and reset links have
limits of their own or none. Nobody is locked out: delays grow to seconds, a browser that is known has its own, and
a member who waits as long as they were asked to gets their turn, whatever others guess in between.

On PostgreSQL all processes count in the database, and without it nothing is tried (docs/decisions/0911). So what counts
tries blocks, and is never called on the event loop; `may_open_page` and `may_send_wrong_key` don't.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from oncall_ui.app import App
from oncall_ui.errors import TooManyAttempts
from oncall_ui.security.login_throttle import Against, Slowdown, counted_address
from oncall_ui.security.rate_limits import PAGES_PER_ADDRESS, WRONG_TOKENS
from oncall_ui.services.accounts.logging_in.known_browsers import known_for_email
from oncall_ui.services.imports.damage import DATABASE_LOST

HOUR = 3600.0


class Kind(StrEnum):
    """What is tried. Each has counters of its own."""

    LOG_IN = "log in"
    LINK = "link"
    """To set up the first account, accept an invitation, reset a password, confirm an address."""
    PASSWORD = "own password"  # noqa: S105 - of somebody who is logged in already


BY_ADDRESS = {
    kind: Slowdown(f"{kind} by address", free=20, first=1, longest=30, forget=HOUR) for kind in (Kind.LOG_IN, Kind.LINK)
}
"""A team behind one address mistypes as well, so it begins late."""
BY_ACCOUNT = {
    Kind.LOG_IN: Slowdown("log in by account", free=10, first=1, longest=8, forget=600),
    Kind.PASSWORD: Slowdown("own password by account", free=5, first=1, longest=60, forget=HOUR),
}
"""From all addresses together."""
BY_BOTH = {Kind.LOG_IN: Slowdown("log in by account and address", free=5, first=1, longest=60, forget=900)}
BY_BROWSER = {Kind.LOG_IN: Slowdown("log in by browser", free=5, first=1, longest=30, forget=900)}
"""A browser in which the member has logged in before: this instead of all others."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try that was counted."""

    app: App
    against: tuple[Against, ...]
    is_known_browser: bool = False

    def succeeded(self) -> None:
        """It was right: the account starts over where it came from, and nothing is counted."""
        own = {slowdown.name for slowdown in (*BY_BOTH.values(), *BY_BROWSER.values())}
        forgotten = [each for each in self.against if each[0].name in own]
        self._settle(forgotten, [each for each in self.against if each[0].name not in own])

    def was_not_checked(self) -> None:
        """Nothing was learned from it, for example because the server was too busy."""
        self._settle((), self.against)

    def _settle(self, forgotten: Sequence[Against], given_back: Sequence[Against]) -> None:
        # Who is in stays in when the database is lost at this very moment; the try goes on counting.
        with contextlib.suppress(*DATABASE_LOST):
            self.app.throttle.settle(forgotten, given_back)


def may_try(app: App, kind: Kind, origin: str, account: str = "") -> Attempt:
    """Counts one try. Raises TooManyAttempts, which says for how many seconds, and then counts nothing.

    Without an `account` only the address counts, without an `origin` only the account.
    """
    address, account = counted_address(origin), account.strip().lower()
    both = f"{address} {account}"
    found: list[Against] = [(BY_ADDRESS[kind], address)] if kind in BY_ADDRESS and address else []
    if account:
        found += [(BY_ACCOUNT[kind], account)] if kind in BY_ACCOUNT else []
        found += [(BY_BOTH[kind], both)] if kind in BY_BOTH and address else []
    skips = [BY_ACCOUNT[kind].name] if kind in BY_BOTH else []
    if seconds := app.throttle.attempt(*found, ticket=both if skips else "", skips=skips):
        raise TooManyAttempts(seconds)
    return Attempt(app, tuple(found))


def may_log_in(app: App, origin: str, email: str, cookie: str = "") -> Attempt:
    """Counts one log-in. `cookie` is the browser's `oncall_browser`: one that is known isn't slowed by strangers.

    Raises TooManyAttempts. Asks the database if there is a cookie: never on the event loop.
    """
    browser = known_for_email(app, cookie, email) if cookie else None
    if browser is None:
        return may_try(app, Kind.LOG_IN, origin, email)
    against: Against = (BY_BROWSER[Kind.LOG_IN], browser)
    if seconds := app.throttle.attempt(against):
        raise TooManyAttempts(seconds)
    return Attempt(app, (against,), is_known_browser=True)


def seconds_to_wait(app: App, origin: str, email: str, cookie: str = "") -> float:
    """How long a log-in would be refused now; counts nothing. Asks the database as `may_log_in` does."""
    browser = known_for_email(app, cookie, email) if cookie else None
    if browser is not None:
        return app.throttle.wait((BY_BROWSER[Kind.LOG_IN], browser))
    address, account = counted_address(origin), email.strip().lower()
    return app.throttle.wait(
        (BY_ADDRESS[Kind.LOG_IN], address),
        (BY_ACCOUNT[Kind.LOG_IN], account),
        (BY_BOTH[Kind.LOG_IN], f"{address} {account}"),
        ticket=f"{address} {account}",
        skips=[BY_ACCOUNT[Kind.LOG_IN].name],
    )


def may_set_up(app: App, address: str) -> bool:
    """Counts one try of a link that was sent or printed; False when it comes too early."""
    try:
        may_try(app, Kind.LINK, address)
    except TooManyAttempts:
        return False
    return True


def may_open_page(app: App, address: str) -> bool:
    """Counts one page; False when it is one too many."""
    return app.rate_limits.allows_here(PAGES_PER_ADDRESS, "pages", counted_address(address))


def may_send_wrong_key(app: App, address: str) -> bool:
    """Counts one key of a feed or of the API that doesn't exist; False when it is one too many."""
    return app.rate_limits.allows_here(WRONG_TOKENS, "key", counted_address(address))
