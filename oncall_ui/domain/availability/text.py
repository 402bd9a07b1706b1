"""A title as one line that can be shown beside others."""

import re
from html import unescape
from unicodedata import category

from oncall_ui.domain.imports.events import Event, Kind

LONGEST = 200
LOOKED_AT = 4 * LONGEST
BUSY = "Busy"
UNTITLED = "No title"
_KEPT = frozenset("\u200c\u200d")
"""Joiners: scripts and emoji are written with them."""


def title_line(event: Event) -> str:
    """At most LONGEST characters, none of which turns, breaks or hides the text around it (UAX #9, #31)."""
    shown = "".join(each for each in event.title[:LOOKED_AT] if _is_shown(each))
    line = re.sub(r"\s+", " ", shown).strip()
    if len(line) > LONGEST:
        return line[: LONGEST - 1].rstrip() + "…"
    return line or (BUSY if event.kind is Kind.BUSY_TIME else UNTITLED)


def _is_shown(each: str) -> bool:
    # Format characters (Cf) are those that turn the text around them, and those that can't be seen.
    return each.isspace() or each in _KEPT or category(each) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


_LINES = "address|article|blockquote|br|dd|div|dl|dt|h[1-6]|hr|li|ol|p|pre|section|table|td|th|tr|ul"
_INLINE = "a|b|code|del|em|font|html-blob|i|ins|mark|s|small|span|strike|strong|sub|sup|u|wbr"
_END = r"(?:\s[^<>]*)?/?>"
_NEW_LINE = re.compile(rf"</?(?:{_LINES}){_END}", re.IGNORECASE)
_WITHIN = re.compile(rf"</?(?:{_INLINE}){_END}", re.IGNORECASE)


def plain(text: str) -> str:
    """Without the elements HTML has for formatted text, and with characters for entities; else the same text."""
    if "<" in text:
        text = _WITHIN.sub("", _NEW_LINE.sub("\n", text))
    return unescape(text) if "&" in text else text
