"""Reading values out of JSON. Every refusal names the field and says why; null is the same as absent."""

from collections.abc import Callable, Collection, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

T = TypeVar("T")
D = TypeVar("D")
E = TypeVar("E", bound=StrEnum)

# Far enough for any schedule, and far enough from the edges of `datetime` for arithmetic with zones.
FIRST_YEAR, LAST_YEAR = 1900, 2199
MOST_DECIMALS = 30


class UnusableInput(ValueError):
    """An input that can't be planned. The message is one line: the field, and why."""

    def __init__(self, field: str, why: str) -> None:
        self.field = field
        super().__init__(f"{_one_line(field)}: {_one_line(why)}")


class Fields:
    """One JSON object. Take every key that it may have, then call `close`, which refuses the others."""

    def __init__(self, value: object, path: str = "") -> None:
        if not isinstance(value, dict):
            raise UnusableInput(path or "the input", f"{_shown(value)} is not an object")
        self._left = {key: item for key, item in value.items() if item is not None}
        self._names = set(value)
        self._path = path

    def at(self, name: str) -> str:
        """The path of a field, as messages name it."""
        return f"{self._path}.{name}" if self._path else name

    def has(self, name: str) -> bool:
        """Whether the field is there and hasn't been taken. One that is null needn't be taken then."""
        if name not in self._left:
            self._names.discard(name)
        return name in self._left

    def take(self, name: str, read: Callable[[object, str], T]) -> T:
        """The field's value. Refuses an input without it."""
        if name not in self._left:
            raise UnusableInput(self.at(name), "missing")
        self._names.discard(name)
        return read(self._left.pop(name), self.at(name))

    def get(self, name: str, read: Callable[[object, str], T], default: D) -> T | D:
        """The field's value, or the default without one."""
        if name not in self._left:
            self._names.discard(name)
            return default
        return self.take(name, read)

    def close(self) -> None:
        """Refuses a key that nothing took."""
        if self._names:
            raise UnusableInput(self.at(min(self._names)), "there is no such field")


def items(value: object, path: str) -> Iterator[tuple[object, str]]:
    """The values of a list, each with its path. A null in a list isn't absent: the reader of the item refuses it."""
    if not isinstance(value, list):
        raise UnusableInput(path, f"{_shown(value)} is not a list")
    return ((item, f"{path}[{number}]") for number, item in enumerate(value))


def list_of(read: Callable[[object, str], T]) -> Callable[[object, str], tuple[T, ...]]:
    return lambda value, path: tuple(read(item, where) for item, where in items(value, path))


def text(value: object, path: str) -> str:
    """Any words: not empty, and something that can be written as UTF-8."""
    if not isinstance(value, str):
        raise UnusableInput(path, f"{_shown(value)} is not a text")
    if not value.strip():
        raise UnusableInput(path, "empty")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise UnusableInput(path, f"{_shown(value)} has half a character")
    return value


def flag(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise UnusableInput(path, f"{_shown(value)} is neither true nor false")
    return value


def number(least: int, most: int) -> Callable[[object, str], Fraction]:
    """An exact number from `least` to `most`."""

    def read(value: object, path: str) -> Fraction:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise UnusableInput(path, f"{_shown(value)} is not a number")
        try:
            # A float comes from Python code, not from a file: its shortest decimal is what the code says.
            exact = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
            in_range = least <= exact <= most
        except ArithmeticError as error:
            raise UnusableInput(path, f"{_shown(value)} is not a number") from error
        if not in_range:
            raise UnusableInput(path, f"{_shown(value)} is not between {least:,} and {most:,}")
        if int(exact.as_tuple().exponent) < -MOST_DECIMALS:
            raise UnusableInput(path, f"{_shown(value)} has more than {MOST_DECIMALS} decimal places")
        return Fraction(exact)

    return read


def whole(least: int, most: int) -> Callable[[object, str], int]:
    """A whole number from `least` to `most`; 2.0 is one."""
    read_number = number(least, most)

    def read(value: object, path: str) -> int:
        exact = read_number(value, path)
        if exact.denominator != 1:
            raise UnusableInput(path, f"{_shown(value)} is not a whole number")
        return int(exact)

    return read


def choice(kind: type[E]) -> Callable[[object, str], E]:
    """One of the words of an enum."""

    def read(value: object, path: str) -> E:
        words = [member.value for member in kind]
        if not isinstance(value, str) or value not in words:
            raise UnusableInput(path, f"{_shown(value)} is none of {', '.join(words)}")
        return kind(value)

    return read


def known(names: Collection[str], what: str) -> Callable[[object, str], str]:
    """One of the names: `what` says whose, as in "there is no person 'bo'"."""

    def read(value: object, path: str) -> str:
        name = text(value, path)
        if name not in names:
            raise UnusableInput(path, f"there is no {what} {_shown(name)}")
        return name

    return read


def instant(value: object, path: str) -> datetime:
    """Aware UTC, whole seconds."""
    words = text(value, path)
    try:
        moment = datetime.fromisoformat(words)
    except ValueError as error:
        raise UnusableInput(path, f"{_shown(words)} is not an instant such as 2026-12-07T08:00:00Z") from error
    if moment.tzinfo is None:
        raise UnusableInput(path, f"{_shown(words)} is not in UTC; write it as 2026-12-07T08:00:00Z")
    if moment.microsecond:
        raise UnusableInput(path, f"{_shown(words)} is not a whole second")
    _check_year(moment.year, path, words)
    return moment.astimezone(UTC)


def utc(moment: datetime) -> str:
    """An instant as the format writes it, 2026-12-07T08:00:00Z. `moment` is aware UTC."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def day(value: object, path: str) -> date:
    words = text(value, path)
    try:
        found = datetime.strptime(words, "%Y-%m-%d").date()  # noqa: DTZ007  a day, not a moment
    except ValueError as error:
        raise UnusableInput(path, f"{_shown(words)} is not a day such as 2026-12-07") from error
    _check_year(found.year, path, words)
    return found


def _check_year(year: int, path: str, words: str) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UnusableInput(path, f"{_shown(words)} is not in the years {FIRST_YEAR} to {LAST_YEAR}")


def _one_line(words: str) -> str:
    """At most 300 characters that can be printed anywhere; the others as escapes."""
    shown = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in words
    )
    return shown if len(shown) <= 300 else f"{shown[:299]}…"


def _shown(value: object) -> str:
    """At most 60 characters of one line, in the words of JSON where they differ from those of Python."""
    named = {True: "true", False: "false", None: "null"}
    if value is None or isinstance(value, bool):
        return named[value]
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "an object"
    words = str(value) if isinstance(value, int | Decimal) else f"{value!r}"
    return words if len(words) <= 60 else f"{words[:57]}…"
