"""A mixed integer program as plain lists, so that any solver can read it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

INFINITY = float("inf")


@dataclass(slots=True)
class Mip:
    """Columns and rows in the order they were added. A caller may keep the number that each addition returns."""

    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    row_lower: list[float] = field(default_factory=list)
    row_upper: list[float] = field(default_factory=list)
    row_start: list[int] = field(default_factory=lambda: [0])
    row_columns: list[int] = field(default_factory=list)
    row_values: list[float] = field(default_factory=list)

    def column(self, lower: float = 0, upper: float = 1, *, whole: bool = True) -> int:
        """Add a column and return its number."""
        self.lower.append(lower)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.lower) - 1

    def row(self, terms: Iterable[tuple[int, float]], lower: float = -INFINITY, upper: float = INFINITY) -> int:
        """Add a row and return its number. No column may occur twice in `terms`."""
        for column, value in terms:
            self.row_columns.append(column)
            self.row_values.append(value)
        self.row_start.append(len(self.row_columns))
        self.row_lower.append(lower)
        self.row_upper.append(upper)
        return len(self.row_lower) - 1

    def copy(self) -> "Mip":
        """An independent program with the same columns and rows."""
        return Mip(
            self.lower.copy(),
            self.upper.copy(),
            self.whole.copy(),
            self.row_lower.copy(),
            self.row_upper.copy(),
            self.row_start.copy(),
            self.row_columns.copy(),
            self.row_values.copy(),
        )
