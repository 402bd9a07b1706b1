"""Sentences about people, kept without their names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Sentence:
    """`words` with a person between each two of them, by id: a stored plan keeps no name."""

    words: tuple[str, ...]
    people: tuple[str, ...] = ()

    def read(self, names: Mapping[str, str]) -> str:
        """With names for ids. An id that has no name stays."""
        named = (names.get(person, person) for person in self.people)
        return self.words[0] + "".join(name + more for name, more in zip(named, self.words[1:], strict=True))

    def __str__(self) -> str:
        return self.read({})

    def as_json(self) -> dict[str, list[str]]:
        """Read again by `from_json`."""
        return {"words": list(self.words), "people": list(self.people)}

    @classmethod
    def from_json(cls, value: Mapping[str, Sequence[str]]) -> Self:
        """What `as_json` wrote."""
        return cls(tuple(value["words"]), tuple(value["people"]))


@dataclass(frozen=True, slots=True)
class Who:
    """A person in a sentence that is being put together."""

    id: str


def sentence(*parts: str | Who) -> Sentence:
    """Of words and people in the order they are read."""
    words, people = [""], []
    for part in parts:
        if isinstance(part, Who):
            people.append(part.id)
            words.append("")
        else:
            words[-1] += part
    return Sentence(tuple(words), tuple(people))


def joined(sentences: Iterable[Sentence], between: str) -> Sentence:
    """Several as one."""
    parts: list[str | Who] = []
    for place, one in enumerate(sentences):
        parts += [between] if place else []
        parts.append(one.words[0])
        for person, words in zip(one.people, one.words[1:], strict=True):
            parts += [Who(person), words]
    return sentence(*parts)
