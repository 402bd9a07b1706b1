"""Text that people type: what can be stored and shown, checked the same way in every form."""

from unicodedata import category

from oncall_ui.errors import InvalidInput

LONGEST_EMAIL = 254  # RFC 5321 section 4.5.3.1.3, without the angle brackets
_UNSTORABLE = {"Cc", "Cs", "Zl", "Zp"}


def is_one_line(text: str) -> bool:
    """Whether `text` has no control character, line break or lone surrogate: PostgreSQL, for one, rejects a NUL."""
    return not any(category(character) in _UNSTORABLE for character in text)


def is_email(text: str) -> bool:
    """Whether `text` has the form of an email address. Spaces and invisible characters don't pass."""
    name, at, host = text.partition("@")
    is_visible = text.isprintable() and " " not in text
    return bool(name and at and host) and "@" not in host and is_visible and len(text) <= LONGEST_EMAIL


def valid_email(text: str, field: str = "Email") -> str:
    """The address as it is stored: stripped, in lower case. Raises InvalidInput for `field`."""
    email = text.strip().lower()
    if not is_email(email):
        raise InvalidInput(field, "Enter an email address, such as name@example.org.")
    return email
