"""Members' passwords as argon2id hashes. Hashing and checking take about 0.1 s: never on the event loop.

They run in threads of their own, at most two at once for all callers: see `password_pool`.
"""

import unicodedata
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from oncall_ui.security.password_pool import PasswordPool

SHORTEST = 12
LONGEST = 1_000

# The second recommended option of RFC 9106: 64 MB, three passes. Fixed here, so that a new library can't change it.
ARGON2ID = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)


class Passwords:
    """Hashes passwords with `hasher`, and checks them. Both raise TooManyAttempts while too many others wait.

    `pool` is where that happens; log-ins are run in it whole, so that they are refused before they cost anything.
    """

    def __init__(self, hasher: PasswordHasher = ARGON2ID, pool: PasswordPool | None = None) -> None:
        self._hasher = hasher
        self.pool = pool or PasswordPool()

    def hash(self, password: str) -> str:
        return self.pool.call(self._hasher.hash, _as_bytes(password))

    def check(self, hashed: str, password: str) -> bool:
        """Takes the same time for a wrong password and for an account that has none."""
        if len(password) > LONGEST:
            return False
        return self.pool.call(self._check, hashed, password)

    def _check(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, _as_bytes(password))
        except InvalidHashError:
            self.waste_time(password)
            return False
        except VerificationError:
            return False

    def needs_rehash(self, hashed: str) -> bool:
        """Whether the hash was made with other parameters than today's. For use after a successful check."""
        return self._hasher.check_needs_rehash(hashed)

    def waste_time(self, password: str) -> None:
        """Takes as long as a check, so that response times don't reveal which accounts exist."""
        self.check(self._decoy, password)

    @cached_property
    def _decoy(self) -> str:
        return self.hash("nobody has this password")


def too_weak(password: str) -> str | None:
    """The sentence that says why, or None. Only the length counts."""
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters. A few words are fine."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST:,} characters."
    return None


def _as_bytes(password: str) -> bytes:
    # Keyboards send é as one character or two, and JSON may contain a lone surrogate.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
