"""Text that people type, or that comes from calendar servers: one rule for what can be stored and shown.

Control characters break lines in logs and emails; format and direction characters make two different names look the
same, or turn round what follows them. Both are refused where somebody types them, and left out of foreign text.
"""

from collections.abc import Iterator
from unicodedata import category

from oncall_ui.errors import InvalidInput

LONGEST_EMAIL = 254  # RFC 5321 section 4.5.3.1.3, without the angle brackets
HIDDEN = "This contains an invisible character. Type it again."
_REFUSED = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""They count as characters, but show nothing."""
_JOINERS = frozenset("\u200c\u200d")
_FIRST_JOINED = 0x0590
"""Arabic, Devanagari and other scripts that need joiners, and emoji, come after Latin, Greek and Cyrillic."""


def is_one_line(text: str) -> bool:
    """Whether `text` can be stored and shown: no line break, no control, format or direction character, no surrogate.

    Joiners (ZWJ, ZWNJ) are kept where scripts and emoji need them: between two characters, the first not Latin.
    """
    return next(_hidden(text), None) is None


def without_hidden(text: str) -> str:
    """Foreign text with what `is_one_line` refuses left out; tabs and line breaks become spaces."""
    places = set(_hidden(text))
    kept = ((" " if each.isspace() else "") if at in places else each for at, each in enumerate(text))
    return "".join(kept).strip()


def checked_line(text: str, field: str, *, longest: int, sentence: str, may_be_empty: bool = False) -> str:
    """The text as it is stored, stripped. Raises InvalidInput for `field`: with `sentence` for a wrong length."""
    line = text.strip()
    if len(line) > longest or not (line or may_be_empty):
        raise InvalidInput(field, sentence)
    if not is_one_line(line):
        raise InvalidInput(field, HIDDEN)
    return line


def is_email(text: str) -> bool:
    """Whether `text` has the form of an email address. Spaces and invisible characters don't pass."""
    name, at, host = text.partition("@")
    is_visible = text.isprintable() and " " not in text and is_one_line(text)
    return bool(name and at and host) and "@" not in host and is_visible and len(text) <= LONGEST_EMAIL


def valid_email(text: str, field: str = "Email") -> str:
    """The address as it is stored: stripped, in lower case. Raises InvalidInput for `field`."""
    email = text.strip().lower()
    if not is_email(email):
        raise InvalidInput(field, "Enter an email address, such as name@example.org.")
    return email


def _hidden(text: str) -> Iterator[int]:
    """The places of characters that are refused."""
    for at, each in enumerate(text):
        if each in _JOINERS:
            if not _joins(text, at):
                yield at
        elif each in _BLANKS or category(each) in _REFUSED:
            yield at


def _joins(text: str, at: int) -> bool:
    before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    return all(
        each and not each.isspace() and each not in _JOINERS and ord(each) >= _FIRST_JOINED for each in (before, after)
    )
