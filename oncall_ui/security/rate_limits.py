"""How often somebody may try: counted per address they come from and per account they try."""

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

PER_ADDRESS = parse("20/minute")
"""Wrong passwords and set-up links that come from one address."""
PER_ACCOUNT = parse("10/10minute")
"""Wrong passwords for one account; right ones are not counted."""
WRONG_KEYS = parse("20/minute")
"""Keys of feeds and of the API that nobody has, from one address; right ones are not counted and always work."""
PAGES_PER_ADDRESS = parse("240/minute")
"""Each page served to somebody who isn't logged in holds memory for a minute."""


class Attempts:
    """Counts in memory: a restart forgives, which costs an attacker more than it gives."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def allows(self, limit: RateLimitItem, *who: str) -> bool:
        """Counts one; False when it is one too many."""
        return self._limiter.hit(limit, *who)

    def has_left(self, limit: RateLimitItem, *who: str) -> bool:
        """Whether one more would be allowed; counts nothing."""
        return self._limiter.test(limit, *who)
