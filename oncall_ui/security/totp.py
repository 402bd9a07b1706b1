"""Codes of authenticator apps (RFC 6238): six digits, 30 seconds, SHA-1, the one kind that every app knows."""

from datetime import datetime
from hmac import compare_digest

import pyotp

STEP_SECONDS = 30
WINDOW = 1
"""Steps before and after the present one that are accepted: clocks differ, and typing takes time."""


def new_secret() -> str:
    """160 random bits, in Base32."""
    return pyotp.random_base32()


def setup_uri(secret: str, account: str, issuer: str) -> str:
    """What the QR code says, in the Key Uri Format of authenticator apps."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def matching_step(secret: str, code: str, moment: datetime, *, after: int) -> int | None:
    """The time step whose code `code` is, if it is within the window and later than the step `after`; else None."""
    if not (len(code) == 6 and code.isascii() and code.isdigit()):
        return None
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    present = int(moment.timestamp()) // STEP_SECONDS
    steps = range(max(present - WINDOW, after + 1), present + WINDOW + 1)
    # Each is compared, so that the time taken says nothing about which one fits.
    fitting = [step for step in steps if compare_digest(totp.generate_otp(step), code)]
    return fitting[-1] if fitting else None
