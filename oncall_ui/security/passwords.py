"""Members' passwords, kept as argon2id hashes. Hashing and checking take a tenth of a second: not on the event loop."""

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 1_000

# The second choice of RFC 9106: 64 MB, three passes. Set here so that a new library can't change it unseen.
_HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)


def hash_password(password: str) -> str:
    return _HASHER.hash(_as_bytes(password))


def check_password(hash: str, password: str) -> bool:  # noqa: A002 - it is what it is
    """Costs the same for a wrong password and for an account that has none."""
    if len(password) > LONGEST:
        return False
    try:
        return _HASHER.verify(hash, _as_bytes(password))
    except InvalidHashError:
        waste_time(password)
        return False
    except VerificationError:
        return False


def needs_rehash(hash: str) -> bool:  # noqa: A002
    """Whether the hash was made with other costs than today's; ask after a successful check."""
    return _HASHER.check_needs_rehash(hash)


def too_weak(password: str) -> str | None:
    """The sentence that says why, or None. Length is all that counts."""
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters. Any will do, a few words are fine."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST:,} characters."
    return None


def waste_time(password: str) -> None:
    """Costs what a check costs, so that the clock doesn't tell which accounts exist."""
    check_password(_nobody(), password)


@cache
def _nobody() -> str:
    return hash_password("nobody has this password")


def _as_bytes(password: str) -> bytes:
    # One keyboard sends é as one character, another as two; JSON may carry half a surrogate pair.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
