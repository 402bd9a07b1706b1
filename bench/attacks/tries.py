"""What became of the tries of one attack."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Tries:
    """`through` names every try that reached what it shouldn't; a figure that matters is in `notes`."""

    number: int = 0
    through: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def count(self, name: str, *, is_through: bool) -> None:
        self.number += 1
        if is_through:
            self.through.append(name)

    def __add__(self, other: "Tries") -> "Tries":
        return Tries(self.number + other.number, self.through + other.through, self.notes + other.notes)
