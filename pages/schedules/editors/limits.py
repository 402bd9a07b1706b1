"""Limits as plain sentences: a row for each, with its number, whom it concerns and how strictly it is kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Any

from nicegui import html, ui

from oncall_ui.domain.schedules.planning.problem import Apart, Group, Limit, Most, Per, Rest, Row, Spread, Strength
from pages.schedules.editors.entries import WRONG, EntryTable, choice, entry, options_of, press
from pages.schedules.editors.entries import Row as Line

HOUR = timedelta(hours=1)
STRENGTHS = {Strength.AVOID.value: "Avoid", Strength.NEVER.value: "Never"}
PERIODS = {Per.WEEK.value: "calendar week", Per.MONTH.value: "calendar month"}
PER = {per.value: per for per in Per}
TWO_PEOPLE, SOMEONE = "Choose two different people.", "Choose at least one person."


@dataclass(frozen=True, slots=True)
class Kind:
    """`before` and `after` the number make the sentence; `name` is how it is added, `unit` the number's own name."""

    name: str
    before: str
    after: str
    unit: str = ""
    least: int = 1
    most: int = 0
    fresh: Limit | None = None


KINDS: Mapping[str, Kind] = {
    "rest": Kind("Rest between two shifts", "At least", "hours between two shifts", "Hours", 1, 336, Rest(11 * HOUR)),
    "most": Kind("Most shifts in a week or month", "At most", "shifts in a", "Shifts", 1, 99, Most(2, Per.WEEK)),
    "row": Kind("Shifts in a row", "At most", "shifts in a row", "Shifts in a row", 1, 14, Row(1)),
    "spread": Kind(
        "Spread shifts out", "At least", "hours between two starts, if possible", "Hours", 1, 720, Spread(96 * HOUR)
    ),
    "apart": Kind("Keep two people apart", "", "aren’t on call together"),
    "group": Kind("Someone of a group", "On every shift, at least one of", ""),
}
TEMPLATE = f"""
<div class="ed-limit" role="listitem" :key="props.row.key"><div class="say"
  ><span v-if="props.row.before">{{{{ props.row.before }}}}</span
  ><template v-if="props.row.kind == 'apart'"
    >{choice("'first'", "'First of two people kept apart'", "props.row.o.people")}<span>and</span
    >{choice("'second'", "'Second of two people kept apart'", "props.row.o.people")}</template
  ><template v-if="props.row.unit">{entry("'number'", "props.row.unit + ': ' + props.row.n", inputmode="numeric")}</template
  ><span>{{{{ props.row.after }}}}</span
  >{choice("'per'", "'Period: ' + props.row.n", "props.row.o.per", shown="props.row.v.per")}
  <details v-if="props.row.kind != 'apart'" class="ed-who"><summary :aria-label="props.row.who + ', who: ' + props.row.n"
    >{{{{ props.row.who }}}}</summary><label v-for="p in props.row.o.each" :key="p.k"><input type="checkbox"
    v-model="props.row.v[p.k]" @change="() => $parent.$emit('field',
      {{key: props.row.key, name: p.k, value: props.row.v[p.k]}})"><span>{{{{ p.t }}}}</span></label></details></div>
  {choice("'strength'", "'How strictly: ' + props.row.n", "props.row.o.strength", shown="props.row.v.strength")}
  {press("remove", "'Remove: ' + props.row.n", "oc-btn quiet oc-icon oc-i-x")}
  {WRONG}</div>
"""  # noqa: E501 - a longer line is easier to read than a broken tag
KIND = """
<button type="button" role="menuitem" class="ed-kind" @click="() => $parent.$emit('add', props.row.key)"
  >{{ props.row.t }}</button>
"""


class LimitsEditor:
    """Drawn where it is created. `people`: id as text, as limits name them → name.

    `changed` is called with all limits after each change that leaves them whole.
    """

    def __init__(
        self, limits: Sequence[Limit], people: Mapping[str, str], changed: Callable[[tuple[Limit, ...]], None]
    ) -> None:
        self._people, self._changed = people, changed
        self._keys = count(1)
        self._bases: dict[str, Limit] = {}
        self.table = EntryTable(TEMPLATE, "ed-limits", "Limits", lambda *_: self._edit(), self._press)
        with html.div().classes("oc-foot"):
            add = ui.button("Add a limit", color=None).props("flat no-caps aria-haspopup=menu")
            with add.classes("oc-btn quiet oc-icon oc-i-plus"):
                self._menu()
        self.show(limits, people)

    def show(self, limits: Sequence[Limit], people: Mapping[str, str]) -> None:
        """Other limits or people. Doesn't call `changed`."""
        self._people = people
        self._bases.clear()
        self._draw([self._new(limit) for limit in limits])

    def add(self, kind: str) -> None:
        """A row of this kind of KINDS."""
        first_two = frozenset(list(self._people)[:2])
        fresh = KINDS[kind].fresh or (Apart(first_two) if kind == "apart" else Group(first_two))
        self._draw([*self.table.rows, self._new(fresh)])
        self._edit()

    def read(self) -> tuple[Limit, ...] | None:
        """The limits, or None after the rows said what is wrong."""
        found = {row["key"]: self._limit(row) for row in self.table.rows}
        wrong = {key: each for key, each in found.items() if isinstance(each, str)}
        self.table.refuse(wrong)
        return None if wrong else tuple(each for each in found.values() if not isinstance(each, str))

    def _menu(self) -> None:
        """One element for all kinds."""
        menu = ui.menu().props("role=menu aria-label='Kinds of limits'")
        with menu:
            kinds = ui.table(
                rows=[{"key": key, "t": kind.name} for key, kind in KINDS.items()], columns=[], row_key="key"
            )
            kinds.classes("oc-entries").props("grid hide-header hide-pagination hide-bottom")
            kinds.add_slot("item", KIND)

        def chosen(kind: Any) -> None:
            menu.close()
            if isinstance(kind, str) and kind in KINDS:
                self.add(kind)

        kinds.on("add", lambda event: chosen(event.args))

    def _new(self, limit: Limit) -> Line:
        key = str(next(self._keys))
        self._bases[key] = limit
        return {"key": key, "kind": kind_of(limit), "v": _values(limit, self._people)}

    def _draw(self, rows: Sequence[Line]) -> None:
        self.table.show([self._line(row) for row in rows])

    def _line(self, row: Line) -> Line:
        kind, values = KINDS[row["kind"]], row["v"]
        chosen = [name for key, name in self._people.items() if values.get(f"p{key}")]
        return {
            **row,
            "n": kind.name.lower(),
            "before": kind.before,
            "after": kind.after,
            "unit": kind.unit,
            "who": ", ".join(chosen) or ("everyone" if row["kind"] != "group" else "nobody yet"),
            "wrong": row.get("wrong", ""),
            "o": {
                "people": options_of(self._people),
                "each": [{"k": f"p{key}", "t": name} for key, name in self._people.items()],
                "per": options_of(
                    PERIODS if values["per"] != Per.DAYS else {**PERIODS, Per.DAYS.value: "window of days"}
                ),
                "strength": options_of(STRENGTHS),
            },
        }

    def _edit(self) -> None:
        self._draw([{**row, "wrong": ""} for row in self.table.rows])
        found = [self._limit(row) for row in self.table.rows]
        if not any(isinstance(each, str) for each in found):
            self._changed(tuple(each for each in found if not isinstance(each, str)))

    def _press(self, key: str, name: str) -> None:
        if name == "remove":
            self._draw([row for row in self.table.rows if row["key"] != key])
            self._edit()

    def _limit(self, row: Line) -> Limit | str:
        """Or what is wrong."""
        base, values, kind = self._bases[row["key"]], row["v"], KINDS[row["kind"]]
        people = frozenset(key for key in self._people if values.get(f"p{key}"))
        strength = Strength.NEVER if values["strength"] == Strength.NEVER else Strength.AVOID
        if isinstance(base, Apart):
            pair = frozenset({values["first"], values["second"]} & set(self._people))
            return Apart(pair, strength) if len(pair) == 2 else TWO_PEOPLE
        if isinstance(base, Group):
            return Group(people, strength) if people else SOMEONE
        typed = values["number"].strip()
        if not (typed.isdecimal() and kind.least <= int(typed) <= kind.most):
            return f"Enter a whole number from {kind.least} to {kind.most}."
        return _numbered(base, int(typed), people, strength, values["per"])


def kind_of(limit: Limit) -> str:
    """The key in KINDS."""
    return type(limit).__name__.lower()


def _numbered(base: Limit, number: int, people: frozenset[str], strength: Strength, per: str) -> Limit:
    if isinstance(base, Rest):
        return replace(base, gap=number * HOUR, people=people, strength=strength)
    if isinstance(base, Most):
        return replace(base, count=number, per=PER.get(per, base.per), people=people, strength=strength)
    if isinstance(base, Row):
        return replace(base, count=number, people=people, strength=strength)
    assert isinstance(base, Spread)  # pairs and groups have no number
    return replace(base, gap=number * HOUR, people=people)


def _values(limit: Limit, people: Mapping[str, str]) -> dict[str, str | bool]:
    if isinstance(limit, Rest | Spread):
        number = str(limit.gap // HOUR)
    else:
        number = str(limit.count) if isinstance(limit, Most | Row) else ""
    pair = sorted(limit.people) if isinstance(limit, Apart) else []
    return {
        "number": number,
        "per": limit.per.value if isinstance(limit, Most) else "",
        "strength": "" if isinstance(limit, Spread) else limit.strength.value,
        "first": pair[0] if pair else "",
        "second": pair[1] if len(pair) > 1 else "",
        **{f"p{key}": key in limit.people and not isinstance(limit, Apart) for key in people},
    }
