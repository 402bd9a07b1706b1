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


_LINES = (
    "address|article|blockquote|body|br|caption|center|dd|div|dl|dt|figure|footer|form|h[1-6]|head|header|hr|html|li|main|"
    "meta|link|nav|ol|p|pre|section|table|tbody|td|tfoot|th|thead|tr|ul"
)
_INLINE = (
    "a|abbr|b|big|cite|code|del|em|font|html-blob|i|img|ins|kbd|label|mark|o:p|q|s|samp|small|span|strike|strong|sub|sup|"
    "svg|tt|u|wbr"
)
_UNSEEN = ("style", "script", "title")
_END = r"(?:\s[^<>]*)?/?>"
_NEW_LINE = re.compile(rf"</?(?:{_LINES}){_END}", re.IGNORECASE)
_WITHIN = re.compile(rf"</?(?:{_INLINE}){_END}", re.IGNORECASE)


_ATTRIBUTES = re.compile(rf"<({_LINES}|{_INLINE})\s[^<>]*>", re.IGNORECASE)


def visible(text: str) -> str:
    """Without what nobody sees of HTML: comments, attributes, what is in `style` and `script`."""
    if "<" not in text:
        return text
    text = _without(text, "<!--", "-->")
    for name in _UNSEEN:
        text = _without(text, f"<{name}", f"</{name}>")
    return _ATTRIBUTES.sub(r"<\1>", text)


def _without(text: str, opening: str, closing: str) -> str:
    """Without spans from `opening` to `closing`, in any case; one that doesn't end stays."""
    folded = text.lower() if len(text.lower()) == len(text) else text
    kept, begin = [], 0
    while (at := folded.find(opening, begin)) >= 0 and (end := folded.find(closing, at)) >= 0:
        kept.append(text[begin:at])
        begin = end + len(closing)
    return "".join([*kept, text[begin:]]) if begin else text


def plain(text: str) -> str:
    """Without the elements HTML has for formatted text, and with characters for entities; else the same text."""
    if "<" in text:
        text = visible(text)
        text = _WITHIN.sub("", _NEW_LINE.sub("\n", text))
    return unescape(text) if "&" in text else text
