"""Logging in with a password, counted before it is checked and checked where few are at once."""

import asyncio

from oncall_ui.app import App
from oncall_ui.errors import TooManyAttempts
from oncall_ui.services.accounts.logging_in.log_in import Outcome, log_in
from oncall_ui.services.accounts.logging_in.rate_limits import may_log_in


async def throttled_log_in(app: App, address: str, email: str, password: str, *, browser: str = "") -> Outcome | None:
    """As `log_in`. `address` is where it comes from. Raises TooManyAttempts, at once and before it costs anything."""
    attempt = await asyncio.to_thread(may_log_in, app, address, email, browser)
    try:
        run = app.passwords.pool.run
        outcome = await run(attempt.is_known_browser, log_in, app, email, password, browser=browser)
    except TooManyAttempts:
        await asyncio.to_thread(attempt.was_not_checked)
        raise
    if outcome is not None:
        await asyncio.to_thread(attempt.succeeded)
    return outcome
