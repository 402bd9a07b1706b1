"""What keeps a program that holds our shifts from being in step, as sentences that say who can do what."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Troubles:
    """`title` is the program's name; `unknown` are people it has no user for."""

    title: str
    sent: int
    refused: int
    edits: int
    unknown: Sequence[str]


def trouble_words(found: Troubles) -> str:
    """Empty where there are none."""
    sentences = []
    if found.edits:
        which = "1 shift was" if found.edits == 1 else f"{found.edits} shifts were"
        sentences.append(f"{which} changed in {found.title}. Choose which is right.")
    if found.unknown:
        sentences.append(f"No {found.title} user has the email of {_listed(found.unknown)}. Choose who it is.")
    if found.refused:
        total = found.sent + found.refused
        sentences.append(f"{found.title} rejected {found.refused} of {total} shifts.")
    if sentences and found.sent:
        sentences.append("The other shift was sent." if found.sent == 1 else f"The other {found.sent} were sent.")
    return " ".join(sentences)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
