"""How members log in, in words that are stored."""

from enum import StrEnum


class LoginMethod(StrEnum):
    """What a session began with."""

    PASSWORD = "password"  # noqa: S105 - a word, not a value
    SINGLE_SIGN_ON = "single_sign_on"
    PASSKEY = "passkey"
    LINK = "link"
    """The set-up link, an invitation or a reset link."""


class SecondFactorRule(StrEnum):
    """Who has to log in with a second factor."""

    NOBODY = "nobody"
    ADMINISTRATORS = "administrators"
    EVERYONE = "everyone"
