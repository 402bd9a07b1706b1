"""Shifts beside the rules: each with its start, its end and who fills it."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from nicegui import html, ui

from oncall_ui.domain.schedules.shifts.rules import OneOff
from pages.schedules.editors.entries import WRONG, EntryTable, Row, choice, entry, options_of, press
from pages.schedules.editors.fillers import Fillers, code_of, fills_of
from pages.schedules.editors.rules import LONGEST_TYPE, MOST_POINTS, NO_POINTS
from pages.schedules.plan.shift import role_words

NO_START, NO_END, NOT_AFTER = (
    "Enter when it starts.",
    "Enter when it ends.",
    "It ends before it starts. Change the end.",
)
USUAL = timedelta(hours=8)
TEMPLATE = f"""
<div class="ed-rule one-off" role="listitem" :key="props.row.key"
  ><div class="main" :style="{{'--roles': props.row.fills.length}}"
  ><label><span>From</span>{entry("'start'", "props.row.n + ' starts at'", "datetime-local")}</label>
  <label><span>Until</span>{entry("'end'", "props.row.n + ' ends at'", "datetime-local")}</label>
  <label v-for="f in props.row.fills" :key="f.k"><span>{{{{ f.t }}}}</span
    >{choice("f.k", "'Who is ' + f.role + ' in ' + props.row.n", "f.o")}</label>
  {press("remove", "'Remove ' + props.row.n", "oc-btn quiet oc-icon oc-i-x")}</div>
  <div class="ed-details"><label><span>Type</span
    >{entry("'type'", "'Type of ' + props.row.n", maxlength="40", placeholder="by its hours")}</label>
    <label><span>Points</span
    >{entry("'points'", "'Points of ' + props.row.n", inputmode="numeric", placeholder="by its type")}</label></div>
  {WRONG}</div>
"""


class OneOffsEditor:
    """Drawn where it is created. `changed` is called with all of them after each change that leaves them whole."""

    def __init__(
        self,
        one_offs: Sequence[OneOff],
        fillers: Fillers,
        zone: ZoneInfo,
        first: datetime,
        changed: Callable[[tuple[OneOff, ...]], None],
    ) -> None:
        """`first`: when a new one starts, until somebody says otherwise."""
        self._first, self._changed = first, changed
        self._keys = count(1)
        self.table = EntryTable(TEMPLATE, "ed-one-offs", "One-off shifts", lambda *_: self._edit(), self._press)
        with html.div().classes("oc-foot"):
            add = ui.button("Add a one-off shift", color=None, on_click=self._add).props("flat no-caps")
            add.classes("oc-btn quiet oc-icon oc-i-plus")
        self.show(one_offs, fillers, zone)

    def show(self, one_offs: Sequence[OneOff], fillers: Fillers, zone: ZoneInfo) -> None:
        """Others, or other roles, people or times of day. Doesn't call `changed`."""
        self._fillers, self._zone = fillers, zone
        self._draw([{"key": str(next(self._keys)), "v": _values(each, fillers, zone)} for each in one_offs])

    def read(self) -> tuple[OneOff, ...] | None:
        """All of them, or None after the rows said what is wrong."""
        found = {row["key"]: self._one_off(row) for row in self.table.rows}
        wrong = {key: each for key, each in found.items() if isinstance(each, str)}
        self.table.refuse(wrong)
        return None if wrong else tuple(each for each in found.values() if isinstance(each, OneOff))

    def _draw(self, rows: Sequence[Row]) -> None:
        self.table.show([self._row(number, row) for number, row in enumerate(rows, 1)])

    def _row(self, number: int, row: Row) -> Row:
        fills = [
            {"k": f"fill{place}", "role": role, "t": role_words(role), "o": options_of(self._fillers.options(role))}
            for place, role in enumerate(self._fillers.roles)
        ]
        return {**row, "n": f"one-off shift {number}", "wrong": row.get("wrong", ""), "fills": fills}

    def _edit(self) -> None:
        found = [self._one_off(row) for row in self.table.rows]
        if all(isinstance(each, OneOff) for each in found):
            self.table.refuse({})
            self._changed(tuple(each for each in found if isinstance(each, OneOff)))

    def _press(self, key: str, name: str) -> None:
        if name == "remove":
            self._draw([row for row in self.table.rows if row["key"] != key])
            self._edit()

    def _add(self) -> None:
        new = OneOff(self._first, self._first + USUAL)
        self._draw([*self.table.rows, {"key": str(next(self._keys)), "v": _values(new, self._fillers, self._zone)}])
        self._edit()

    def _one_off(self, row: Row) -> OneOff | str:
        """Or what is wrong."""
        values = row["v"]
        start, end = (_moment(values[name], self._zone) for name in ("start", "end"))
        typed = values["points"].strip()
        if start is None or end is None:
            return NO_START if start is None else NO_END
        if end <= start:
            return NOT_AFTER
        if typed and not (typed.isdecimal() and int(typed) <= MOST_POINTS):
            return NO_POINTS
        fills = fills_of([(role, values[f"fill{place}"]) for place, role in enumerate(self._fillers.roles)])
        return OneOff(start, end, values["type"].strip()[:LONGEST_TYPE], int(typed) if typed else None, fills)


def _values(one_off: OneOff, fillers: Fillers, zone: ZoneInfo) -> dict[str, str]:
    return {
        "start": f"{one_off.start.astimezone(zone):%Y-%m-%dT%H:%M}",
        "end": f"{one_off.end.astimezone(zone):%Y-%m-%dT%H:%M}",
        "type": one_off.type,
        "points": "" if one_off.points is None else str(one_off.points),
        **{f"fill{place}": code_of(one_off.fills.get(role)) for place, role in enumerate(fillers.roles)},
    }


def _moment(typed: str, zone: ZoneInfo) -> datetime | None:
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
