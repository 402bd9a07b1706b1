"""Follow the sun: two or three offices, and what both ends of each one's shift become when clocks change."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from itertools import count
from zoneinfo import ZoneInfo

from nicegui import html, ui

from oncall_ui.domain.schedules.shifts.ready_made import Office, follow_the_sun, next_drifts
from oncall_ui.domain.schedules.shifts.rules import Rule
from oncall_ui.services.accounts.members import find_zone
from pages.schedules.editors.entries import WRONG, EntryTable, Row, entry, press
from pages.widgets.dates import day_words, zone_words
from pages.widgets.forms.fields import ZONES_ID, zone_names

LEAST, MOST, CHANGES = 2, 3, 4
NO_ZONE, NO_TIME = "Choose a time zone from the list.", "Enter when this office takes over."
SAME = "Two offices take over at the same moment. Change one."
USUAL = ("Europe/London", "America/New_York", "Asia/Singapore", "Australia/Sydney")
TEMPLATE = f"""
<div class="ed-office" role="listitem" :key="props.row.key"
  >{entry("'zone'", "'Time zone of ' + props.row.n", list=ZONES_ID, autocomplete="off", spellcheck="false")}
  <span>takes over at</span>{entry("'at'", "props.row.n + ' takes over at'", "time")}<span>local time</span>
  {press("remove", "'Remove ' + props.row.n", "oc-btn quiet oc-icon oc-i-x", shown="props.row.many")}{WRONG}
  <ul class="oc-sub"><li v-for="d in props.row.drifts" :key="d">{{{{ d }}}}</li></ul></div>
"""


class SunEditor:
    """Drawn where it is created, hidden without offices. `changed` is called once all offices are whole."""

    def __init__(
        self, zone: ZoneInfo, offices: Sequence[Office], on: date, changed: Callable[[tuple[Office, ...]], None]
    ) -> None:
        """`zone` is the schedule's, `on` the day on which the offices take over at these times."""
        self._zone, self._on, self._changed = zone, on, changed
        self._keys = count(1)
        with html.div().classes("ed-sun") as self._box:
            self.table = EntryTable(TEMPLATE, "ed-offices", "Offices", lambda *_: self._edit(), self._press)
            self._add_button = ui.button("Add an office", color=None, on_click=self._add).props("flat no-caps")
            self._add_button.classes("oc-btn quiet oc-icon oc-i-plus")
            zone_names()
        self.show(offices, on)

    def show(self, offices: Sequence[Office], on: date) -> None:
        """Other offices; none hides the editor. Doesn't call `changed`."""
        self._on = on
        self._draw([self._new(office) for office in offices])

    def read(self) -> tuple[Office, ...] | None:
        """The offices, or None after the rows said what is wrong."""
        found = {row["key"]: _office(row) for row in self.table.rows}
        wrong = {key: each for key, each in found.items() if isinstance(each, str)}
        offices = tuple(each for each in found.values() if isinstance(each, Office))
        if not wrong and len({rule.at for rule in self._rules(offices)}) < len(offices):
            wrong = {list(found)[-1]: SAME}
        self.table.refuse(wrong)
        return None if wrong else offices

    def _rules(self, offices: Sequence[Office]) -> tuple[Rule, ...]:
        return follow_the_sun(self._zone, offices, self._on)

    def _new(self, office: Office) -> Row:
        return {"key": str(next(self._keys)), "v": {"zone": office.zone.key, "at": f"{office.at:%H:%M}"}}

    def _draw(self, rows: Sequence[Row]) -> None:
        offices = [_office(row) for row in rows]
        whole = [each for each in offices if isinstance(each, Office)]
        drifts = drift_words(self._zone, whole, self._on) if len(whole) == len(rows) else [[] for _ in rows]
        many = len(rows) > LEAST
        self.table.show(
            [
                {**row, "n": f"office {place}", "many": many, "drifts": said, "wrong": row.get("wrong", "")}
                for place, (row, said) in enumerate(zip(rows, drifts, strict=True), 1)
            ]
        )
        self._box.set_visibility(bool(rows))
        self._add_button.set_visibility(len(rows) < MOST)

    def _edit(self) -> None:
        offices = self.read()
        if offices is None:
            return
        self._draw(self.table.rows)
        self._changed(offices)

    def _press(self, key: str, name: str) -> None:
        if name == "remove" and len(self.table.rows) > LEAST:
            self._draw([row for row in self.table.rows if row["key"] != key])
            self._edit()

    def _add(self) -> None:
        taken = {row["v"]["zone"] for row in self.table.rows}
        zone = next(each for each in USUAL if each not in taken)
        self._draw([*self.table.rows, self._new(Office(ZoneInfo(zone), time(9)))])
        self._edit()


def drift_words(zone: ZoneInfo, offices: Sequence[Office], on: date) -> list[list[str]]:
    """For each office, what both ends of its shift become at the next clock changes: its shift is on the schedule's
    clock, and the two clocks drift apart for some weeks of a year.
    """
    if not offices:
        return []
    begins = [rule.at for rule in follow_the_sun(zone, offices, on)]
    return [
        _drifts(zone, at, min((each for each in begins if each > at), default=min(begins)), office, on)
        for at, office in zip(begins, offices, strict=True)
    ]


def _drifts(zone: ZoneInfo, begins: time, ends: time, office: Office, on: date) -> list[str]:
    days = {drift.day for at in (begins, ends) for drift in next_drifts(zone, at, office.zone, on, CHANGES)}
    place = zone_words(office.zone)
    return [
        f"From {day_words(day, on)}: {_local(zone, begins, office.zone, day)} to "
        f"{_local(zone, ends, office.zone, day)} in {place}"
        for day in sorted(days)[:CHANGES]
    ]


def _local(zone: ZoneInfo, at: time, office: ZoneInfo, day: date) -> str:
    return f"{datetime.combine(day, at, zone).astimezone(office):%H:%M}"


def _office(row: Row) -> Office | str:
    """Or what is wrong."""
    zone = find_zone(row["v"]["zone"])
    if zone is None:
        return NO_ZONE
    try:
        return Office(ZoneInfo(zone), time.fromisoformat(row["v"]["at"]))
    except ValueError:
        return NO_TIME
