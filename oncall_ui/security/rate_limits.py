"""Rate limits per client address and per account, for what isn't slowed down by `login_throttle`."""

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from oncall_ui.security.counts import Counts

WRONG_TOKENS = parse("20/minute")
"""Invalid feed and API tokens from one client address; valid ones don't count and always work. Of each process: nobody
guesses 32 random bytes in any number of tries, and a stranger's try is to cost no write."""
CODES = parse("10/hour")
"""Codes of authenticator apps for one member, whose password was right each time."""
PAGES_PER_ADDRESS = parse("240/minute")
"""Each page without a login holds memory of its process for a minute."""

RESETS_PER_ADDRESS, RESETS_PER_ACCOUNT = parse("20/hour"), parse("5/hour")
"""Requests for a reset link; too many are answered like all others."""
TEST_EMAILS, BACKUPS, PROVIDER_CHECKS = parse("5/hour"), parse("5/hour"), parse("20/hour")
"""Of one administrator."""
EMAIL_CHANGES = parse("5/hour")
"""Links to confirm a new address, for one member: they are emailed to whatever address was typed."""


class RateLimiter:
    """Counts in memory, or in `counts`. A restart resets memory, which gains an attacker little."""

    def __init__(self, counts: Counts | None = None) -> None:
        self._counts = counts
        self._here = MovingWindowRateLimiter(MemoryStorage())

    def allows(self, limit: RateLimitItem, *who: str) -> bool:
        """Counts one attempt; False when it exceeds the limit. Never on the event loop: `counts` may wait."""
        if self._counts is None:
            return self.allows_here(limit, *who)
        name, seconds = (str(limit), limit.key_for(*who)), limit.get_expiry()
        with self._counts.held([name]) as held:
            recent = [each for each in held.get(name) if held.moment - seconds < each <= held.moment]
            if len(recent) >= limit.amount:
                return False
            held.put(name, (*recent, held.moment), seconds)
            return True

    def allows_here(self, limit: RateLimitItem, *who: str) -> bool:
        """For what this process is to be kept from, whatever others do: in memory, at once, from anywhere."""
        return self._here.hit(limit, *who)
