"""Who is on call, from the titles of a calendar: what is left without what every title says."""

import re
from collections.abc import Iterable, Sequence

from oncall_ui.domain.schedules.rota_import.rota import plain, words_of

# As PagerDuty ("On Call - Alice Moreno - Platform"), GoAlert ("On-Call (GoAlert: Platform)") and people write them.
_BETWEEN = re.compile(r"\s+[-–—|·•]\s+|:\s+|\s*[()\[\]]\s*")
_SAID = re.compile(
    r"(?i)\b(?:is\s+)?on[\s-]?call\b(?:\s+(?:shift|duty|engineer))?(?:\s+for\b)?|\bbegins\*|\bshift\b|['’]s\b"
)
_NOT_A_NAME = {"", "pagerduty", "goalert", "opsgenie", "rota", "schedule", "override", "final schedule"}


def names_in(titles: Iterable[str], roles: Sequence[str] = ()) -> dict[str, str]:
    """Title → the name in it. A title that names nobody is its own name, so that somebody can say who it is."""
    parts = {title: _parts(title, roles) for title in dict.fromkeys(titles)}
    shared = (
        set.intersection(*({plain(each) for each in found} for found in parts.values())) if len(parts) > 1 else set()
    )
    found = {}
    for title, theirs in parts.items():
        own = [each for each in theirs if plain(each) not in shared] or theirs
        found[title] = own[0] if own else " ".join(title.split())
    return found


def role_in(title: str, roles: Sequence[str]) -> str:
    """The one role that the title names as a word; empty if it names none, or several."""
    words = words_of(title)
    named = [role for role in roles if _contains(words, words_of(role))]
    return named[0] if len(named) == 1 else ""


def _parts(title: str, roles: Sequence[str]) -> list[str]:
    refused = _NOT_A_NAME | {plain(role) for role in roles}
    parts = (" ".join(_SAID.sub(" ", part).split()) for part in _BETWEEN.split(title))
    return [part for part in parts if plain(part) not in refused]


def _contains(words: Sequence[str], wanted: Sequence[str]) -> bool:
    size = len(wanted)
    return bool(size) and any(list(words[at : at + size]) == list(wanted) for at in range(len(words) - size + 1))
