"""Recovery codes: eight characters that people type, and a hash that is slow because they are so short."""

import hashlib
import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without 0, 1, i, l and o, which look alike."""
LENGTH = 8
COST = 2**12
"""Scrypt's n."""


def new_code() -> str:
    """40 random bits, such as `k7fm-29qx`."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{code[:4]}-{code[4:]}"


def hash_code(member_id: int, code: str) -> str:
    """Scrypt as hexadecimal. Takes about 0.01 s and 4 MB; spaces, hyphens and capitals don’t matter.

    The salt is the member's id: the hash can be looked up, and one guess fits one member.
    """
    plain = "".join(character for character in code.lower() if character.isalnum())[:100]
    salt = f"recovery code of {member_id}".encode()
    return hashlib.scrypt(plain.encode("utf-8", "surrogatepass"), salt=salt, n=COST, r=8, p=1, dklen=32).hex()
