"""The roles of a schedule, in the order in which they are called, and how much of a shift's points each counts.

A role may be the shadow of another instead: somebody learns beside its holder, until a day.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from itertools import count

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.domain.schedules.shadows.shadow import Shadow
from pages.schedules.editors.entries import WRONG, EntryTable, Row, choice, entry, options_of, press

COUNTS = {"100": "All points", "50": "Half the points", "0": "No points"}
BESIDE = "beside:"
"""Then the role that a shadow learns beside."""
MOST, LONGEST = 5, 40
USUAL = ("primary", "secondary", "shadow")
A_DAY = timedelta(days=1)
NO_NAME, TWICE = "Enter a name for this role.", "This name is there twice. Change one."
NO_DAY = "Enter a day, or leave it empty for no end."
NOT_BESIDE = "Choose a role that isn’t a shadow itself."
LEARN = "Only people whose roles name a shadow learn in it. An empty one is no gap, and no limit or points count it."
IS_SHADOW = f"props.row.v['percent'].startsWith('{BESIDE}')"
TEMPLATE = f"""
<div class="ed-role" role="listitem" :key="props.row.key"><b aria-hidden="true">{{{{ props.row.n }}}}</b
  >{entry("'name'", "'Name of role ' + props.row.n", maxlength="40")}
  {choice("'percent'", "'What role ' + props.row.n + ' counts'", "props.row.o")}
  {press("remove", "'Remove role ' + props.row.n", "oc-btn quiet oc-icon oc-i-x", shown="props.row.many")}
  <span v-if="{IS_SHADOW}" class="ed-until"><span aria-hidden="true">Last day, if it ends</span
    >{entry("'until'", "'Last day of role ' + props.row.n", "date")}</span>{WRONG}</div>
"""
Changed = Callable[[dict[str, int], dict[str, str]], None]


class RolesEditor:
    """Drawn where it is created.

    `changed` is called with the roles, name → percent in order, and with the names that were changed, old → new; then
    `shadows` says which of them are shadows.
    """

    def __init__(self, roles: Mapping[str, int], shadows: Mapping[str, Shadow], changed: Changed) -> None:
        self._changed = changed
        self._keys = count(1)
        self.table = EntryTable(TEMPLATE, "ed-roles", "Roles", lambda *_: self._edit(), self._press)
        self._learn = TextElement(tag="p", text=LEARN).classes("oc-sub ed-learn")
        with html.div().classes("oc-foot"):
            self._add_button = ui.button("Add a role", color=None, on_click=self._add).props("flat no-caps")
            self._add_button.classes("oc-btn quiet oc-icon oc-i-plus")
        self._draw(
            [self._new(name, _code(percent, shadows.get(name)), shadows.get(name)) for name, percent in roles.items()]
        )

    def read(self) -> dict[str, int] | None:
        """Name → percent, 0 of shadows; or None after the rows said what is wrong."""
        names = [_name(row) for row in self.table.rows]
        folded = [name.casefold() for name in names]
        real = {_name(row) for row in self.table.rows if not _beside(row)}
        wrong = {
            row["key"]: sentence
            for row in self.table.rows
            if (sentence := _wrong(row, folded.count(_name(row).casefold()) > 1, real))
        }
        self.table.refuse(wrong)
        return None if wrong else {_name(row): _percent(row) for row in self.table.rows}

    @property
    def shadows(self) -> dict[str, Shadow]:
        """Those of the roles that `read` returned last."""
        return {_name(row): Shadow(beside, _until(row)) for row in self.table.rows if (beside := _beside(row))}

    def _new(self, name: str, code: str, shadow: Shadow | None = None) -> Row:
        last = (shadow.until - A_DAY).isoformat() if shadow and shadow.until else ""
        return {"key": str(next(self._keys)), "was": name, "v": {"name": name, "percent": code, "until": last}}

    def _draw(self, rows: Sequence[Row]) -> None:
        many = len(rows) > 1
        real = [_name(row) for row in rows if not _beside(row)]
        self.table.show(
            [
                {**row, "o": _options(_name(row), real, _beside(row)), "many": many, "n": str(place)}
                | {"wrong": row.get("wrong", "")}
                for place, row in enumerate(rows, 1)
            ]
        )
        self._learn.set_visibility(len(real) < len(rows))
        self._add_button.set_visibility(len(rows) < MOST)

    def _edit(self) -> None:
        renamed = {row["was"]: _name(row) for row in self.table.rows if row["was"] and row["was"] != _name(row)}
        for row in self.table.rows:
            if _beside(row) in renamed:
                row["v"]["percent"] = BESIDE + renamed[_beside(row)]
        roles = self.read()
        if roles is None:
            return
        self._draw([{**row, "was": _name(row)} for row in self.table.rows])
        self._changed(roles, renamed)

    def _press(self, key: str, name: str) -> None:
        if name == "remove" and len(self.table.rows) > 1:
            left = [row for row in self.table.rows if row["key"] != key]
            names = {_name(row) for row in left}
            for row in left:
                if _beside(row) and _beside(row) not in names:
                    row["v"]["percent"] = "0"
            self._draw(left)
            self._edit()

    def _add(self) -> None:
        taken = {_name(row) for row in self.table.rows}
        name = next((each for each in USUAL if each not in taken), "")
        first = next((_name(row) for row in self.table.rows if not _beside(row)), "")
        self._draw([*self.table.rows, self._new(name, BESIDE + first if name == "shadow" else "100")])
        if name:
            self._edit()


def _name(row: Row) -> str:
    return " ".join(str(row["v"]["name"]).split())[:LONGEST]


def _code(percent: int, shadow: Shadow | None) -> str:
    return BESIDE + shadow.beside if shadow else str(percent)


def _beside(row: Row) -> str:
    """The role it learns beside; empty for one that is on call."""
    code = str(row["v"]["percent"])
    return code.removeprefix(BESIDE) if code.startswith(BESIDE) else ""


def _percent(row: Row) -> int:
    return 0 if _beside(row) else int(row["v"]["percent"])


def _until(row: Row) -> date | None:
    """The day after the last."""
    last = str(row["v"]["until"]).strip()
    return date.fromisoformat(last) + A_DAY if last else None


def _wrong(row: Row, is_twice: bool, real: set[str]) -> str:
    if not _name(row):
        return NO_NAME
    if is_twice:
        return TWICE
    code = str(row["v"]["percent"])
    if not _beside(row):
        return "" if code in COUNTS else NOT_BESIDE
    try:
        _until(row)
    except (ValueError, OverflowError):
        return NO_DAY
    return "" if _beside(row) in real else NOT_BESIDE


def _options(name: str, real: Sequence[str], beside: str) -> list[dict[str, str]]:
    others = [each for each in (*real, *([beside] if beside and beside not in real else [])) if each != name]
    return options_of({**COUNTS, **{BESIDE + other: f"Shadow of {other}" for other in others}})
