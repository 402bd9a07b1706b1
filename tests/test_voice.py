"""How we write: native, plain English. Words that read as if translated, and what to say instead."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.test_repository import ROOT, tracked

FOLDERS = ("docs/", "bench/", "oncall_ui/", "pages/", "providers/", "tests/")
"""Checked together with every file at the top of the repository."""
KINDS = (".md", ".py", ".js", ".env.example")

INSTEAD: Mapping[str, str] = {
    r"mend(s|ed|ing)?": "fix",
    r"anew": "again",
    r"whoever": "anyone who, or the person by name: your administrator",
    r"besides": "also, next to",
    r"go(es)? by": "use, follow",
    r"(is|are|was|were|be|been|being) told": "sees, learns, is asked; or what it says",
    r"nobody[’']s": "unknown, invalid; or no one else's",
    r"e-mail(s|ed|ing)?": "email",
    r"letters?": "email, alert email; exactly",
    r"stands?": "is, appears",
    r"vouch(es|ed)?": "cover",
    r"by hand": "manual; days you added",
    r"gives? back": "revoke",
    r"at (your|their) wish": "as you chose",
    r"ask(s|ed)? for a look": "needs attention",
    r"the way out": "outbound connections",
}
ALLOWED: Mapping[str, frozenset[str]] = {
    "oncall_ui/demo/calendars.py": frozenset({"stand"}),  # the title of a meeting
    "oncall_ui/migrations/versions/0003_trust.py": frozenset({"letters"}),  # a column of that release
    "oncall_ui/migrations/versions/0004_calendar_state.py": frozenset({"letters"}),  # the same column, renamed
    "tests/test_upgrade.py": frozenset({"letters"}),  # the same column
    "docs/decisions/0109-tags-match-in-every-script.md": frozenset({"letter", "letters"}),  # of an alphabet
}

_BANNED = re.compile("|".join(rf"\b{words}\b" for words in INSTEAD), re.IGNORECASE)


def banned_in(text: str, allowed: Iterable[str] = ()) -> Iterator[tuple[int, str]]:
    """Line and words of everything in `text` that isn't how we write."""
    for number, line in enumerate(text.splitlines(), start=1):
        for match in _BANNED.finditer(line):
            if match[0].lower() not in allowed:
                yield number, match[0]


def checked() -> Iterator[tuple[str, Path]]:
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        is_inside = name.startswith(FOLDERS) or "/" not in name
        if is_inside and name.endswith(KINDS) and path != Path(__file__):
            yield name, path


def test_what_people_read_is_plain_english() -> None:
    found = [
        f"{name}:{number}: {words!r}, better: {_instead_of(words)}"
        for name, path in checked()
        for number, words in banned_in(path.read_text(encoding="utf-8"), ALLOWED.get(name, ()))
    ]
    assert not found, "\n".join(found)


def test_guides_decisions_and_the_top_level_are_among_the_files_checked() -> None:
    names = {name for name, _ in checked()}
    assert {"README.md", "CHANGELOG.md", ".env.example", "run.py", "docs/security.md"} <= names
    assert {"docs/guides/how-events-count.md", "docs/decisions/README.md"} <= names


@pytest.mark.parametrize(
    "text", ["Only they can mend it.", "Whoever knows it", "drawn anew", "It is told to others.", "nobody’s", "E-mail"]
)
def test_words_that_read_as_translated_are_found(text: str) -> None:
    assert [number for number, _ in banned_in(f"Good.\n{text}")] == [2]


@pytest.mark.parametrize(
    "text", ["We recommend to amend it.", "a standard newsletter", "understands", "Nobody sees it."]
)
def test_other_words_are_left_alone(text: str) -> None:
    assert list(banned_in(text)) == []


def _instead_of(words: str) -> str:
    return next(better for banned, better in INSTEAD.items() if re.fullmatch(banned, words, re.IGNORECASE))
