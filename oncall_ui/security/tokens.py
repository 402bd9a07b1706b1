"""Bearer tokens: sessions, set-up links, OAuth states, private feeds, the API. Only their hashes are stored."""

import hashlib
import secrets


def new_token(prefix: str = "") -> str:
    """256 random bits in the URL-safe Base64 alphabet. A prefix lets secret scanners recognise it."""
    return prefix + secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """SHA-256 as hexadecimal: fast is safe for random tokens, and a lookup's timing reveals nothing about them."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
