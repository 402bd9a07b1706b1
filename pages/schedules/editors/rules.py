"""When shifts start and who fills them: a row for each rule, each with its own details."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import time
from itertools import count

from nicegui import html, ui

from oncall_ui.domain.schedules.shifts.rules import DAY_NAMES, DAY_SETS, Rule
from pages.schedules.editors.entries import WRONG, EntryTable, Row, choice, entry, options_of, press, toggle
from pages.schedules.editors.fillers import Fillers, code_of, fills_of
from pages.schedules.plan.shift import role_words
from pages.widgets.dates import LONG_WEEKDAYS, ordinal

SOME = "some"
DAYS = {
    "Daily": "Every day",
    "Weekdays": "Weekdays",
    "Weekends": "Weekends",
    **dict(zip(DAY_NAMES, LONG_WEEKDAYS, strict=True)),
    SOME: "Some days …",
}
EVERY = {"1": "Every week", "2": "Every 2nd week", "3": "Every 3rd week", "4": "Every 4th week"}
MOST_WEEKS, MOST_POINTS, LONGEST_TYPE = 12, 10_000, 40
NO_DAY, NO_TIME = "Choose at least one day.", "Enter the time at which this shift starts."
NO_POINTS = f"Enter points from 0 to {MOST_POINTS:,}, or leave them empty."
NEW = Rule(DAY_SETS["Mon"], time(9))
TEMPLATE = f"""
<div class="ed-rule" role="listitem" :key="props.row.key"><div class="main" :style="{{'--roles': props.row.fills.length}}"
  >{choice("'days'", "props.row.n + ' starts on'", "props.row.o.days")}
  {entry("'at'", "props.row.n + ' starts at'", "time", required="")}
  <label v-for="f in props.row.fills" :key="f.k"><span>{{{{ f.t }}}}</span
    >{choice("f.k", "'Who is ' + f.role + ' in ' + props.row.n", "f.o")}</label>
  {press("more", "'More about ' + props.row.n", "oc-btn quiet oc-icon oc-i-slider ed-more")}
  {press("remove", "'Remove ' + props.row.n", "oc-btn quiet oc-icon oc-i-x")}</div>
  <div v-if="props.row.v.days == 'some'" class="ed-days" role="group" :aria-label="'Days of ' + props.row.n"
    ><template v-for="d in props.row.o.some" :key="d.k">{toggle("d.k", "d.t", "d.s")}</template></div>
  <div v-if="props.row.open" class="ed-details"
    >{choice("'every'", "props.row.n + ' repeats'", "props.row.o.every")}
    {choice("'week'", "'Week of ' + props.row.n", "props.row.o.weeks", shown="props.row.v.every != '1'")}
    <label><span>Type</span>{
    entry("'type'", "'Type of ' + props.row.n", maxlength="40", placeholder="by its hours")
}</label>
    <label><span>Points</span>{
    entry("'points'", "'Points of ' + props.row.n", inputmode="numeric", placeholder="by its type")
}</label></div>
  {WRONG}</div>
"""  # noqa: E501 - a longer line is easier to read than a broken tag


@dataclass(frozen=True, slots=True)
class _Read:
    """A row as a rule, or the sentence that says what is wrong with it."""

    rule: Rule | None
    wrong: str = ""


class RulesEditor:
    """Drawn where it is created. `changed` is called with all rules after each change that leaves them whole."""

    def __init__(self, rules: Sequence[Rule], fillers: Fillers, changed: Callable[[tuple[Rule, ...]], None]) -> None:
        self._fillers, self._changed = fillers, changed
        self._keys = count(1)
        self.table = EntryTable(TEMPLATE, "ed-rules", "Shifts", self._edit, self._press)
        with html.div().classes("oc-foot"):
            add = ui.button("Add a shift", color=None, on_click=self._add).props("flat no-caps")
            add.classes("oc-btn quiet oc-icon oc-i-plus")
        self.show(rules, fillers)

    def show(self, rules: Sequence[Rule], fillers: Fillers) -> None:
        """Other rules, or other roles and people. Doesn't call `changed`."""
        self._fillers = fillers
        self._draw(
            [{"key": str(next(self._keys)), "v": _values(rule, fillers), "open": _is_open(rule)} for rule in rules]
        )

    def read(self) -> tuple[Rule, ...] | None:
        """The rules, or None after the rows said what is wrong."""
        found = {row["key"]: self._rule(row) for row in self.table.rows}
        self.table.refuse({key: each.wrong for key, each in found.items() if each.wrong})
        if any(each.wrong for each in found.values()):
            return None
        return tuple(each.rule for each in found.values() if each.rule)

    def _draw(self, rows: Sequence[Row]) -> None:
        self.table.show([self._row(number, row) for number, row in enumerate(rows, 1)])

    def _row(self, number: int, row: Row) -> Row:
        """With its name and options, which follow from its values and its place."""
        values = row["v"]
        cycle, _ = _cycle(values["every"], values["week"])
        every = {**EVERY, str(cycle): EVERY.get(str(cycle), f"Every {ordinal(cycle)} week")}
        weeks = {str(week): f"in week {week} of {cycle}" for week in range(1, cycle + 1)}
        return {
            **row,
            "n": f"shift {number}",
            "wrong": row.get("wrong", ""),
            "fills": [
                {
                    "k": f"fill{place}",
                    "role": role,
                    "t": role_words(role),
                    "o": options_of(_with(self._fillers.options(role), values[f"fill{place}"])),
                }
                for place, role in enumerate(self._fillers.roles)
            ],
            "o": {
                "days": options_of(DAYS),
                "some": [{"k": f"day{number}", "t": name, "s": name[0]} for number, name in enumerate(LONG_WEEKDAYS)],
                "every": options_of(every),
                "weeks": options_of(weeks),
            },
        }

    def _edit(self, key: str, name: str) -> None:
        self._draw([_followed(row, name) if row["key"] == key else row for row in self.table.rows])
        self._tell()

    def _press(self, key: str, name: str) -> None:
        if name == "remove":
            self._draw([row for row in self.table.rows if row["key"] != key])
            self._tell()
        elif name == "more":
            self._draw([{**row, "open": not row["open"]} if row["key"] == key else row for row in self.table.rows])

    def _add(self) -> None:
        row = {"key": str(next(self._keys)), "v": _values(NEW, self._fillers), "open": False}
        self._draw([*self.table.rows, row])
        self._tell()

    def _tell(self) -> None:
        found = [self._rule(row) for row in self.table.rows]
        if not any(each.wrong for each in found):
            self._changed(tuple(each.rule for each in found if each.rule))

    def _rule(self, row: Row) -> _Read:
        values = row["v"]
        days = DAY_SETS.get(values["days"], frozenset(number for number in range(7) if values[f"day{number}"]))
        try:
            at = time.fromisoformat(values["at"])
        except ValueError:
            return _Read(None, NO_TIME)
        typed = values["points"].strip()
        if not days:
            return _Read(None, NO_DAY)
        if typed and not (typed.isdecimal() and int(typed) <= MOST_POINTS):
            return _Read(None, NO_POINTS)
        fills = fills_of([(role, values[f"fill{place}"]) for place, role in enumerate(self._fillers.roles)])
        every, week = _cycle(values["every"], values["week"])
        points = int(typed) if typed else None
        return _Read(Rule(days, at, every, week, values["type"].strip()[:LONGEST_TYPE], points, fills))


def _values(rule: Rule, fillers: Fillers) -> dict[str, str | bool]:
    days = next((name for name, known in DAY_SETS.items() if known == rule.days), SOME)
    return {
        "days": days,
        "at": f"{rule.at:%H:%M}",
        "every": str(rule.every),
        "week": str(rule.week),
        "type": rule.type,
        "points": "" if rule.points is None else str(rule.points),
        **{f"day{number}": number in rule.days for number in range(7)},
        **{f"fill{place}": code_of(rule.fills.get(role)) for place, role in enumerate(fillers.roles)},
    }


def _followed(row: Row, name: str) -> Row:
    """The row after a change of that field, with the others that follow from it."""
    values = dict(row["v"])
    if name == "days" and (chosen := DAY_SETS.get(values["days"])):
        values |= {f"day{number}": number in chosen for number in range(7)}
    every, week = _cycle(values["every"], values["week"])
    return {**row, "wrong": "", "v": values | {"every": str(every), "week": str(week)}}


def _is_open(rule: Rule) -> bool:
    return rule.every > 1 or bool(rule.type) or rule.points is not None


def _with(options: dict[str, str], chosen: str) -> dict[str, str]:
    """With somebody who was chosen and is no longer on the schedule."""
    return options if chosen in options else {**options, chosen: "Someone who left"}


def _cycle(every: str, week: str) -> tuple[int, int]:
    weeks = int(every) if every.isdecimal() and 1 <= int(every) <= MOST_WEEKS else 1
    return weeks, min(max(int(week) if week.isdecimal() else 1, 1), weeks)
