"""Keys given to programs: 256 random bits, shown once. What is kept is their hash, which opens nothing."""

import hashlib
import secrets


def new_key(prefix: str = "") -> str:
    """Letters, digits, `-` and `_`. A prefix lets scanners for leaked secrets know it."""
    return prefix + secrets.token_urlsafe(32)


def hash_of(key: str) -> str:
    """SHA-256, hexadecimal. A search for it takes the same time however much of a guess is right."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
