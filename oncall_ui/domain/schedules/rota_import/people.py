"""Who the names of a rota are: remembered from the last import, by email, by name, or left to be chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from oncall_ui.domain.schedules.rota_import.rota import Named, plain, words_of

NOBODY, FORMER = 0, -1
"""What a name can be beside the id of a participant: not counted, or somebody who has left."""


@dataclass(frozen=True, slots=True)
class Known:
    """A participant, with the addresses of their account."""

    id: int
    name: str
    emails: frozenset[str] = frozenset()


def suggested(names: Sequence[Named], people: Sequence[Known], remembered: Mapping[str, int]) -> dict[str, int | None]:
    """Key of a name → a participant's id or NOBODY; None where somebody has to choose."""
    ids = {each.id for each in people}
    found: dict[str, int | None] = {}
    for who in names:
        before = remembered.get(who.key)
        found[who.key] = before if before == NOBODY or before in ids else _guessed(who, people)
    return found


def _guessed(who: Named, people: Sequence[Known]) -> int | None:
    ways = (
        [each for each in people if who.email and who.email in each.emails],
        [each for each in people if who.name and plain(each.name) == plain(who.name)],
        [each for each in people if _abbreviates(words_of(who.name), words_of(each.name))],
        [each for each in people if _abbreviates(_local(who.email), words_of(each.name), least=2)],
    )
    return next((found[0].id if len(found) == 1 else None for found in ways if found), None)


def _abbreviates(words: Sequence[str], name: Sequence[str], least: int = 1) -> bool:
    """Whether every word begins another word of the name, and a longer one is one: `alice m.`, but not `a m`."""
    left = list(name)
    for word in words:
        match = next((each for each in left if each.startswith(word)), None)
        if match is None:
            return False
        left.remove(match)
    return len(words) >= least and any(len(word) > 1 and word in name for word in words)


def _local(email: str) -> list[str]:
    """The words before the @."""
    return words_of(email.partition("@")[0].replace("_", " "))
