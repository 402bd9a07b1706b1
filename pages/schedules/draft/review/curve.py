"""The curve of a search: the best plan so far and what none can beat, over seconds, as one drawing."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 190, 44, 604, 26, 150
GRID = (0.0, 0.5, 1.0)
MOST_DIGITS = 2
SHORTEST = 4.0
"""Seconds that the axis shows at least."""


@dataclass(frozen=True, slots=True)
class Point:
    """What was known so many seconds after the search began. None: nothing yet."""

    seconds: float
    best: float | None
    bound: float | None


def curve(points: Sequence[Point]) -> str:
    """An SVG of numbers only, which says what it shows."""
    return _Curve(points).drawing()


def labels(values: Sequence[float]) -> list[str]:
    """Of an axis: with as many digits as it takes to tell them apart; empty where two would still be the same."""
    for digits in range(MOST_DIGITS + 1):
        found = [f"{value:.{digits}f}" for value in values]
        if len(set(found)) == len(found):
            return found
    return [each if each not in found[:place] else "" for place, each in enumerate(found)]


class _Curve:
    def __init__(self, points: Sequence[Point]) -> None:
        self._best = [(point.seconds, point.best) for point in points if point.best is not None]
        self._bound = [(point.seconds, point.bound) for point in points if point.bound is not None]
        values = [value for _, value in (*self._best, *self._bound)] or [0.0, 1.0]
        self._low, self._high = min(values), max(values)
        if self._low == self._high:
            self._high += 1
        self._until = max([SHORTEST, *(point.seconds for point in points)])

    def drawing(self) -> str:
        parts = [*self._axes(), *self._lines()]
        return (
            f'<svg class="oc-chart" viewBox="0 0 {WIDTH} {HEIGHT}" width="100%" role="img" aria-label="{self._said()}">'
            f"{''.join(parts)}</svg>"
        )

    def _said(self) -> str:
        if not self._best:
            return "No plan found yet."
        best = f"The best plan found so far costs {self._best[-1][1]:.0f}"
        return f"{best}; none can cost less than {self._bound[-1][1]:.0f}." if self._bound else f"{best}."

    def _axes(self) -> list[str]:
        parts = []
        values = [self._low + part * (self._high - self._low) for part in GRID]
        for part, value, label in zip(GRID, values, labels(values), strict=True):
            y = self._y(value)
            parts.append(f'<line x1="{LEFT}" x2="{RIGHT}" y1="{y}" y2="{y}" stroke="var(--oc-line)"/>')
            parts.append(f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{label}</text>')
            seconds = part * self._until
            parts.append(f'<text x="{self._x(seconds)}" y="182" text-anchor="middle">{seconds:.0f} s</text>')
        return parts

    def _lines(self) -> list[str]:
        parts = []
        if self._best:
            path = self._steps(self._best)
            parts.append(f'<path class="ln" d="{path}" stroke="var(--oc-accent-text)"/>')
            x, y = self._x(self._best[-1][0]), self._y(self._best[-1][1])
            parts.append(f'<circle cx="{x}" cy="{y}" r="4" fill="var(--oc-accent-text)"/>')
            parts.append(
                f'<text class="best" x="{x - 8}" y="{y - 8}" text-anchor="end">best {self._best[-1][1]:.0f}</text>'
            )
        if self._bound:
            points = " L".join(f"{self._x(seconds)} {self._y(value)}" for seconds, value in self._bound)
            parts.append(f'<path class="ln" d="M{points}" stroke="var(--oc-ink-3)" stroke-dasharray="2 5"/>')
            x, y = self._x(self._bound[-1][0]), self._y(self._bound[-1][1])
            parts.append(f'<text {self._beside(x)} y="{y + 16}">limit {self._bound[-1][1]:.0f}</text>')
        return parts

    def _steps(self, points: Sequence[tuple[float, float]]) -> str:
        """It stays until a better plan is found."""
        (first, value), *rest = points
        path = f"M{self._x(first)} {self._y(value)}"
        for seconds, better in rest:
            path += f" H{self._x(seconds)}" + (f" V{self._y(better)}" if better != value else "")
            value = better
        return path

    def _beside(self, x: float) -> str:
        """Left of a point in the right half, else right of it."""
        return f'x="{x - 8}" text-anchor="end"' if x > (LEFT + RIGHT) / 2 else f'x="{x + 8}"'

    def _x(self, seconds: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * seconds / self._until, 1)

    def _y(self, value: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (value - self._low) / (self._high - self._low), 1)
