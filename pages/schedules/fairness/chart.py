"""The chart of everybody's balance at the end of each month, as numbers and words for the element that draws it."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from oncall_ui.domain.schedules.ledger.accounts import Course
from oncall_ui.services.schedules.people import ParticipantView
from pages.schedules.fairness.words import plain, signed
from pages.widgets.dates import month_words
from pages.widgets.people import first_name, mark_classes

WIDTHS = {"wide": 800, "narrow": 345}
LEFT, RIGHT, TOP, LEAST_HEIGHT = 60, 100, 26, 168
NARROW_RIGHT = 75
LABEL = 15
"""The height of a name."""
DASHES = ("", "7 4", "2 4")
STEPS = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
MOST_LINES = 4
"""On each side of zero."""

Row = dict[str, Any]


def chart_rows(course: Course, people: Mapping[int, ParticipantView], band: float, today: date) -> list[Row]:
    """One row with both widths, or none before anything is published. `band`: how far is as good as even."""
    shown = [each for each in course.balances if each in people]
    if not course.months or not shown:
        return []
    now = ", ".join(f"{people[each].name} {signed(course.balances[each][-1] or 0.0)}" for each in shown)
    last = month_words(course.months[-1], today)
    name = (
        "How far each account is from a fair share at the end of each month, in points. "
        f"At the end of {last}: {now}. The table below has the numbers."
    )
    drawings = [_drawing(course, shown, people, band, today, css) for css in WIDTHS]
    return [{"key": "chart", "name": name, "drawings": drawings}]


def _drawing(
    course: Course, shown: Sequence[int], people: Mapping[int, ParticipantView], band: float, today: date, css: str
) -> Row:
    width = WIDTHS[css]
    right = width - (RIGHT if css == "wide" else NARROW_RIGHT)
    height = max(LEAST_HEIGHT, LABEL * len(shown))
    step, lines = _scale(course, band)
    middle = TOP + height / 2

    def y(value: float) -> float:
        return round(middle - value / (step * lines) * height / 2, 1)

    xs = _places(len(course.months), LEFT, right - 30)
    every = 1 if css == "wide" else max(1, -(-len(xs) // 6))
    return {
        "css": "not-phone" if css == "wide" else "only-phone",
        "box": f"0 0 {width} {round(TOP + height + 28)}",
        "band": {
            "y": y(min(band, step * lines)),
            "h": round(y(-min(band, step * lines)) - y(min(band, step * lines)), 1),
        },
        "right": right,
        "bottom": TOP + height + 20,
        "grid": [{"y": y(n * step), "t": _tick(n * step), "zero": n == 0} for n in range(-lines, lines + 1)],
        "months": [
            {"x": x, "t": month_words(month, today)}
            for number, (month, x) in enumerate(zip(course.months, xs, strict=True))
            if (len(xs) - 1 - number) % every == 0
        ],
        "lines": _lines(course, shown, people, xs, y, height),
    }


def _lines(
    course: Course,
    shown: Sequence[int],
    people: Mapping[int, ParticipantView],
    xs: Sequence[float],
    y: Any,
    height: float,
) -> list[Row]:
    ends = [y(course.balances[each][-1] or 0.0) for each in shown]
    labels = _apart(ends, TOP, TOP + height)
    found = []
    for number, (each, label) in enumerate(zip(shown, labels, strict=True)):
        points = [(x, y(value)) for x, value in zip(xs, course.balances[each], strict=True) if value is not None]
        found.append(
            {
                "id": each,
                "css": mark_classes(people[each].colour).removeprefix("oc-p ").removesuffix(" square"),
                "line": " ".join(f"{x},{place}" for x, place in points),
                "dots": [{"x": x, "y": place} for x, place in points],
                "dash": DASHES[number % len(DASHES)],
                "name": first_name(people[each].name),
                "x": xs[-1],
                "y": ends[number],
                "label": label,
            }
        )
    return found


def _scale(course: Course, band: float) -> tuple[float, int]:
    """The step of the grid, and how many steps there are above zero."""
    values = [abs(value) for line in course.balances.values() for value in line if value is not None]
    most = max([*values, band, STEPS[0]])
    step = next((each for each in STEPS if each * MOST_LINES >= most), most / MOST_LINES)
    return step, max(1, -int(-most // step))


def _tick(value: float) -> str:
    return f"+{plain(value)}" if value > 0 else plain(value)


def _places(number: int, left: float, right: float) -> list[float]:
    if number == 1:
        return [round((left + right) / 2, 1)]
    return [round(left + (right - left) * each / (number - 1), 1) for each in range(number)]


def _apart(places: Sequence[float], top: float, bottom: float) -> list[float]:
    """The places, moved as little as needed so that names don't cover each other."""
    order = sorted(range(len(places)), key=lambda each: places[each])
    found = [0.0] * len(places)
    for number, each in enumerate(order):
        least = found[order[number - 1]] + LABEL if number else top
        found[each] = max(places[each], least)
    over = found[order[-1]] - bottom
    if over > 0:
        found[order[-1]] -= over
        for upper, lower in pairwise(reversed(order)):
            found[lower] = min(found[lower], found[upper] - LABEL)
    return [round(each, 1) for each in found]
