"""Rate limits per client address and per account, for what isn't slowed down by `login_throttle`."""

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

WRONG_TOKENS = parse("20/minute")
"""Invalid feed and API tokens from one client address; valid ones don't count and always work."""
CODES = parse("10/hour")
"""Codes of authenticator apps for one member, whose password was right each time."""
PAGES_PER_ADDRESS = parse("240/minute")
"""Each page without a login holds memory for a minute."""

RESETS_PER_ADDRESS, RESETS_PER_ACCOUNT = parse("20/hour"), parse("5/hour")
"""Requests for a reset link; too many are answered like all others."""
TEST_EMAILS, BACKUPS, PROVIDER_CHECKS = parse("5/hour"), parse("5/hour"), parse("20/hour")
"""Of one administrator."""
EMAIL_CHANGES = parse("5/hour")
"""Links to confirm a new address, for one member: they are emailed to whatever address was typed."""


class RateLimiter:
    """Counts in memory. A restart resets the counters, which gains an attacker little."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def allows(self, limit: RateLimitItem, *who: str) -> bool:
        """Counts one attempt; False when it exceeds the limit."""
        return self._limiter.hit(limit, *who)

    def has_left(self, limit: RateLimitItem, *who: str) -> bool:
        """Whether another attempt would be allowed; doesn't count one."""
        return self._limiter.test(limit, *who)
