"""The roles of a schedule, in the order in which they are called, and how much of a shift's points each counts."""

from collections.abc import Callable, Mapping, Sequence
from itertools import count

from nicegui import html, ui

from pages.schedules.editors.entries import WRONG, EntryTable, Row, choice, entry, options_of, press

COUNTS = {"100": "All points", "50": "Half the points", "0": "No points (shadow)"}
MOST, LONGEST = 5, 40
USUAL = ("primary", "secondary", "shadow")
NO_NAME, TWICE = "Enter a name for this role.", "This name is there twice. Change one."
TEMPLATE = f"""
<div class="ed-role" role="listitem" :key="props.row.key"><b aria-hidden="true">{{{{ props.row.n }}}}</b
  >{entry("'name'", "'Name of role ' + props.row.n", maxlength="40")}
  {choice("'percent'", "'What role ' + props.row.n + ' counts'", "props.row.o")}
  {press("remove", "'Remove role ' + props.row.n", "oc-btn quiet oc-icon oc-i-x", shown="props.row.many")}{WRONG}</div>
"""


class RolesEditor:
    """Drawn where it is created.

    `changed` is called with the roles, name → percent in order, and with the names that were changed, old → new.
    """

    def __init__(self, roles: Mapping[str, int], changed: Callable[[dict[str, int], dict[str, str]], None]) -> None:
        self._changed = changed
        self._keys = count(1)
        self.table = EntryTable(TEMPLATE, "ed-roles", "Roles", lambda *_: self._edit(), self._press)
        with html.div().classes("oc-foot"):
            self._add_button = ui.button("Add a role", color=None, on_click=self._add).props("flat no-caps")
            self._add_button.classes("oc-btn quiet oc-icon oc-i-plus")
        self._draw([self._new(name, percent) for name, percent in roles.items()])

    def read(self) -> dict[str, int] | None:
        """Name → percent, or None after the rows said what is wrong."""
        names = [_name(row) for row in self.table.rows]
        folded = [name.casefold() for name in names]
        wrong = {
            row["key"]: TWICE if name else NO_NAME
            for row, name in zip(self.table.rows, names, strict=True)
            if not name or folded.count(name.casefold()) > 1
        }
        self.table.refuse(wrong)
        if wrong:
            return None
        return {_name(row): int(row["v"]["percent"]) for row in self.table.rows}

    def _new(self, name: str, percent: int) -> Row:
        return {"key": str(next(self._keys)), "was": name, "v": {"name": name, "percent": str(percent)}}

    def _draw(self, rows: Sequence[Row]) -> None:
        many = len(rows) > 1
        more = {"o": options_of(COUNTS), "many": many}
        self.table.show(
            [{**row, **more, "n": str(place), "wrong": row.get("wrong", "")} for place, row in enumerate(rows, 1)]
        )
        self._add_button.set_visibility(len(rows) < MOST)

    def _edit(self) -> None:
        roles = self.read()
        if roles is None:
            return
        renamed = {row["was"]: _name(row) for row in self.table.rows if row["was"] and row["was"] != _name(row)}
        self._draw([{**row, "was": _name(row)} for row in self.table.rows])
        self._changed(roles, renamed)

    def _press(self, key: str, name: str) -> None:
        if name == "remove" and len(self.table.rows) > 1:
            self._draw([row for row in self.table.rows if row["key"] != key])
            self._edit()

    def _add(self) -> None:
        taken = {_name(row) for row in self.table.rows}
        name = next((each for each in USUAL if each not in taken), "")
        self._draw([*self.table.rows, self._new(name, 0 if name == "shadow" else 100)])
        if name:
            self._edit()


def _name(row: Row) -> str:
    return " ".join(str(row["v"]["name"]).split())[:LONGEST]
