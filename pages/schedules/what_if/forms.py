"""The forms of the changes that can be tried: each is drawn in a dialog and gives the change it says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from nicegui import html, ui

from oncall_ui.domain.schedules.shifts.rules import USUAL_POINTS
from oncall_ui.domain.schedules.what_if.changes import (
    Away,
    Change,
    Joins,
    Leaves,
    LimitsAre,
    PointsAre,
    RoleAdded,
    RoleRemoved,
    ShareIs,
)
from oncall_ui.errors import InvalidInput
from oncall_ui.services.schedules.what_if.views import SOMEONE
from pages.schedules.editors.limits import LimitsEditor
from pages.schedules.editors.points import PointsEditor
from pages.schedules.editors.terms import FULL, share_options
from pages.schedules.plan.shift import role_words
from pages.schedules.what_if.words import Ground
from pages.widgets.forms.fields import field

A_DAY = timedelta(days=1)
NOBODY_YET = 0
"""In the list of members: somebody without an account."""
Entries = list[ui.input | ui.select]


@dataclass(frozen=True, slots=True)
class Form:
    """Its fields, for what the service refuses, and what they say. `read` raises InvalidInput; None: they say why."""

    fields: Entries
    read: Callable[[], Change | None]


@dataclass(frozen=True, slots=True)
class Forms:
    """`first` is the day that forms begin with. `own`: the one person who can be away; None: everybody can."""

    ground: Ground
    on_call: Mapping[int, str]
    others: Mapping[int, str]
    roles: tuple[str, ...]
    first: date
    own: int | None = None

    def draw(self, kind: str) -> Form:
        """One of KINDS."""
        return _DRAWN[kind](self)

    def away(self) -> Form:
        """Somebody isn't there for some days."""
        only = {self.own: self.ground.name(self.own)} if self.own is not None else self.on_call
        who = self._who(only)
        with html.div().classes("rules-two"):
            first = _day_field("From", self.first)
            last = _day_field("Until", self.first + timedelta(days=13))

        def read() -> Change:
            return Away(_chosen(who, "Who"), _day(first), min(_day(last), date.max - A_DAY) + A_DAY)

        return Form([who, first, last], read)

    def joins(self) -> Form:
        """Somebody of the team, or who isn't there yet."""
        who = _select("Who", {NOBODY_YET: f"{SOMEONE}, without an account yet", **self.others}, NOBODY_YET)
        with html.div().classes("rules-two"):
            first, share = _day_field("From", self.first), _share()
        return Form([who, first, share], lambda: Joins(0, int(who.value or 0) or None, _day(first), _percent(share)))

    def leaves(self) -> Form:
        """Somebody isn't on the schedule any more."""
        who, first = self._who(self.on_call), _day_field("From", self.first)
        return Form([who, first], lambda: Leaves(_chosen(who, "Who"), _day(first)))

    def share(self) -> Form:
        """Somebody does more or less."""
        who = self._who(self.on_call)
        with html.div().classes("rules-two"):
            first, share = _day_field("From", self.first), _share()
        return Form([who, first, share], lambda: ShareIs(_chosen(who, "Who"), _day(first), _percent(share)))

    def points(self) -> Form:
        """What shifts count."""
        editor = PointsEditor(self.ground.points, (), lambda _: None)
        return Form([], partial(_points, editor, self.ground.points))

    def limits(self) -> Form:
        """Others than there are."""
        named = {int(person) for limit in self.ground.limits for person in limit.people}
        people = {str(each): name for each, name in self.ground.people.items() if each in self.on_call or each in named}
        editor = LimitsEditor(self.ground.limits, people, lambda _: None)

        def read() -> Change | None:
            limits = editor.read()
            return None if limits is None else LimitsAre(limits)

        return Form([], read)

    def more(self) -> Form:
        """One role more."""
        name = field("Role", maxlength="40", hint="Called after the others.")
        return Form([name], lambda: RoleAdded(str(name.value or "").strip()))

    def less(self) -> Form:
        """One role less."""
        role = ui.select({each: role_words(each) for each in self.roles}, label="Role", value=self.roles[-1])
        role.props("outlined dense options-dense stack-label")
        return Form([role], lambda: RoleRemoved(str(role.value)))

    def _who(self, people: Mapping[int, str]) -> ui.select:
        return _select("Who", dict(people), next(iter(people), None))


_DRAWN: Mapping[str, Callable[[Forms], Form]] = {
    "away": Forms.away,
    "joins": Forms.joins,
    "leaves": Forms.leaves,
    "share": Forms.share,
    "points": Forms.points,
    "limits": Forms.limits,
    "more": Forms.more,
    "less": Forms.less,
}
KINDS: Mapping[str, str] = {
    "away": "Someone is away",
    "joins": "Someone joins",
    "leaves": "Someone leaves",
    "share": "Another share",
    "points": "Other points",
    "limits": "Other limits",
    "more": "One role more",
    "less": "One role less",
}


def _points(editor: PointsEditor, stored: Mapping[str, int]) -> Change | None:
    points = editor.read()
    if points is None:
        return None
    return PointsAre({kind: n for kind, n in points.items() if n != stored.get(kind, USUAL_POINTS.get(kind, 1))})


def _select(label: str, options: dict[int, str], value: int | None) -> ui.select:
    return ui.select(options, label=label, value=value).props("outlined dense options-dense stack-label")


def _share() -> ui.select:
    return ui.select(share_options(FULL), label="Share", value=FULL).props("outlined dense options-dense stack-label")


def _percent(entry: ui.select) -> int:
    return int(entry.value or FULL)


def _day_field(label: str, day: date) -> ui.input:
    return field(label, value=day.isoformat(), kind="date")


def _chosen(entry: ui.select, label: str) -> int:
    if entry.value is None:
        raise InvalidInput(label, "Choose somebody.")
    return int(entry.value)


def _day(entry: ui.input) -> date:
    try:
        return date.fromisoformat(str(entry.value or ""))
    except ValueError:
        raise InvalidInput(str(entry.label), "Choose a day.") from None
