"""Finds tags in a text: in any case, as words of their own, in any script.

Used by the rules, for every event, and by the page that tries a title. Texts are compared in Unicode's normal form KC
with case folded (Unicode 3.13, caseless matching), every dash and every space alike; a character is never separated
from its accent. A word inside an email or web address is no tag.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple
from unicodedata import category, normalize

_RUNNING_ON = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af\uff66-\uff9f\U00020000-\U0003ffff"
)
"""Thai, Lao, Burmese, Khmer, kana, Han, Hangul: words there run on, or carry their endings, without a space."""
_UNSPACED, _SPACED = re.compile(f"[{_RUNNING_ON}]"), re.compile(rf"[^\W{_RUNNING_ON}]")
"""A character of such a script; of any other word."""
_JOINER = "\u200d"
"""Makes one picture of several."""
_MARKS = range(0x300, 0x1E94B)
"""Here combining characters are."""
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\u058a\u30a0\ufe58\ufe63\uff0d"
_INVISIBLE = "\u00ad\u200b\u2060\ufeff"
# What only says how a character is drawn; a Turkish i with and without its dot is the same character, as in capitals.
_DROPPED = {
    0xFE0E: None,
    0xFE0F: None,
    ord("ı"): "i",
    **dict.fromkeys(map(ord, _DASHES), "-"),
    **dict.fromkeys(map(ord, _INVISIBLE)),
}
_EDGES = " \t\n\r\f\v<>()\"',;"
_ADDRESS = re.compile(
    r"[a-z][a-z0-9+.-]*://\S+|www\.\S+|[\w.+%-]+@[\w.-]+(?:/\S*)?|(?:[\w-]+\.)+[a-z]{2,}/\S*|(?<!\S)/\S+"
)
_LONGEST_WORD = 2_000


class _Finder(NamedTuple):
    """`likely` is quick and knows no boundaries; `tags` are looked for only where it found something.

    Nearly every text of nearly every calendar holds no tag. Patterns that knew the boundaries would take 10 ms per tag
    to compile, and every import compiles them.
    """

    likely: re.Pattern[str]
    tags: Sequence[tuple[str, re.Pattern[str]]]
    """The longer ones first."""


def tag_in(text: str, words: tuple[str, ...]) -> str | None:
    """The first of `words` that occurs in `text`, as the team wrote it; of two that begin alike, the longer one."""
    finder = _finder(words)
    if finder is None or not text:
        return None
    text = folded(text)
    at = 0
    while likely := finder.likely.search(text, at):
        tag = _tag_at(finder, text, likely.start())
        if tag and ("@" in tag or "/" in tag or not _is_in_address(text, likely.start())):
            return tag
        at = likely.start() + 1
    return None


def folded(text: str) -> str:
    """How a text is compared: two that people take for the same are the same."""
    if text.isascii():
        return text.lower()
    even = normalize("NFKC", normalize("NFKC", text).casefold())
    return even.translate(_DROPPED).replace("i\u0307", "i")


def _tag_at(finder: _Finder, text: str, at: int) -> str | None:
    """The longest tag that begins there and is a word of its own."""
    if _is_joined(text[at - 1 : at], text[at]):
        return None
    for tag, pattern in finder.tags:
        if (found := pattern.match(text, at)) is None:
            continue
        after = text[found.end() : found.end() + 1]
        # A mark belongs to the character before it.
        if not _is_joined(after, text[found.end() - 1]) and not _is_mark(after):
            return tag
    return None


def _is_in_address(text: str, at: int) -> bool:
    """Whether the word at `at` is part of an email or web address."""
    begin = max((text.rfind(edge, max(0, at - _LONGEST_WORD), at) for edge in _EDGES), default=-1) + 1
    begin = begin or max(0, at - _LONGEST_WORD)
    ends = [end for edge in _EDGES if (end := text.find(edge, at, at + _LONGEST_WORD)) >= 0]
    word = text[begin : min(ends, default=at + _LONGEST_WORD)]
    return any(found.start() <= at - begin < found.end() for found in _ADDRESS.finditer(word))


def _parts(tag: str) -> list[str]:
    """A hyphen between two word characters counts as a space."""
    return [part for part in re.split(r"\s+|(?<=\w)-(?=\w)", folded(tag)) if part]


@lru_cache(maxsize=64)
def _finder(words: tuple[str, ...]) -> _Finder | None:
    """None when there are no words."""
    tags = sorted((word for word in words if _parts(word)), key=len, reverse=True)
    if not tags:
        return None
    spelled = [_spelled(_parts(tag)) for tag in tags]
    return _Finder(
        re.compile("|".join(spelled)), [(tag, re.compile(each)) for tag, each in zip(tags, spelled, strict=True)]
    )


def _spelled(parts: Sequence[str]) -> str:
    """A space matches any run of spaces or one hyphen."""
    return r"(?:\s+|-)".join(re.escape(part) for part in parts)


def _is_joined(neighbour: str, edge: str) -> bool:
    """Whether `neighbour`, if there is one, makes something longer of the word whose edge it is next to."""
    if neighbour == _JOINER:
        return True
    if category(edge) == "So" or _UNSPACED.match(edge):
        return False
    return _is_mark(neighbour) or _SPACED.match(neighbour) is not None


def _is_mark(character: str) -> bool:
    return character != "" and ord(character) in _MARKS and category(character)[0] == "M"
