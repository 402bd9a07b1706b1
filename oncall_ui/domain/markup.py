"""A description as a reader sees it: Google keeps HTML there and hands it on, by its API as in its feeds.

Used by the rules, which look for words a tag or an entity may stand in the middle of.
"""

import re
from html import unescape

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
