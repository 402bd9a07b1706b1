"""What a shift of each type counts in fairness."""

from collections.abc import Callable, Collection, Mapping

from oncall_ui.domain.schedules.shifts.rules import USUAL_POINTS
from pages.schedules.editors.entries import WRONG, EntryTable, entry

TYPES = {
    "weekday": "Weekday",
    "night": "Night",
    "weekend": "Weekend",
    "holiday": "Public holiday",
    "week": "Whole week",
}
MOST_POINTS = 10_000
WRONG_POINTS = f"Enter a whole number from 0 to {MOST_POINTS:,}."
TEMPLATE = f"""
<div class="oc-rule new-point" role="listitem" :key="props.row.key"><p>{{{{ props.row.t }}}}</p
  >{entry("'points'", "'Points of ' + props.row.t", inputmode="numeric")}{WRONG}</div>
"""


class PointsEditor:
    """Drawn where it is created. `types`: those that rules name, next to the usual ones.

    `changed` is called with the points of every type that is shown, once all are whole numbers.
    """

    def __init__(
        self, points: Mapping[str, int], types: Collection[str], changed: Callable[[dict[str, int]], None]
    ) -> None:
        self._changed = changed
        self.table = EntryTable(TEMPLATE, "ed-points", "Points", lambda *_: self._edit())
        self.show(points, types)

    def show(self, points: Mapping[str, int], types: Collection[str]) -> None:
        """Doesn't call `changed`."""
        names = dict.fromkeys([*TYPES, *points, *sorted(types)])
        self.table.show(
            [
                {
                    "key": name,
                    "t": TYPES.get(name, name),
                    "v": {"points": str(points.get(name, USUAL_POINTS.get(name, 1)))},
                    "wrong": "",
                }
                for name in names
                if name
            ]
        )

    def read(self) -> dict[str, int] | None:
        """Type → points, or None after the rows said what is wrong."""
        typed = {row["key"]: row["v"]["points"].strip() for row in self.table.rows}
        wrong = {key: WRONG_POINTS for key, words in typed.items() if not _is_number(words)}
        self.table.refuse(wrong)
        return None if wrong else {key: int(words) for key, words in typed.items()}

    def _edit(self) -> None:
        if (points := self.read()) is not None:
            self._changed(points)


def _is_number(words: str) -> bool:
    return words.isdecimal() and int(words) <= MOST_POINTS
