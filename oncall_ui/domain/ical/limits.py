"""What one reading may cost, whatever the calendar says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps of one reading; the defaults hold for the largest calendars seen in practice several times over."""

    bytes: int = 64 * 1024 * 1024
    events: int = 200_000
    instances: int = 2_000
    """Of one series inside the window; the first ones are kept and a problem says so. In a long window, 24 a day."""
    occurrences: int = 1_000_000
    """Of the whole calendar inside the window; more than that and the calendar is refused."""
    steps: int = 4_000_000
    """Days, weeks, months or years looked at to find instances, over all series: about a microsecond each."""
    series_steps: int = 200_000
    """The same for one series, so that one greedy series doesn't starve the others."""
    problems: int = 1_000
    """Listed singly; the rest are counted in one last problem."""

    def instances_within(self, seconds: int) -> int:
        """Of one series in a window of that length: no hourly series has more."""
        return max(self.instances, 24 * (seconds // 86_400 + 2))


class Budget:
    """The steps left in one reading. Spending more than is there raises `Exhausted`."""

    __slots__ = ("_left", "_per_series", "_series")

    def __init__(self, limits: Limits) -> None:
        self._left = limits.steps
        self._per_series = limits.series_steps
        self._series = 0

    def open_series(self) -> None:
        """A new series begins, with its own share."""
        self._series = min(self._per_series, self._left)

    def spend(self, steps: int) -> None:
        self._series -= steps
        self._left -= steps
        if self._series < 0:
            raise Exhausted


class Exhausted(Exception):
    """A series needs more steps than it may take."""
