"""Limits in the `plan` format. Each kind has its own fields."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction

from oncall_ui.domain.schedules.plan_format.fields import (
    Fields,
    UnusableInput,
    choice,
    known,
    list_of,
    number,
    text,
    whole,
)
from oncall_ui.domain.schedules.planning.problem import Apart, Group, Limit, Most, Per, Rest, Row, Spread, Strength

MOST_HOURS = 10_000
MOST_COUNT = 10_000
MOST_DAYS = 1_830


class Kind(StrEnum):
    """What a limit is about."""

    REST = "rest"
    MOST = "most"
    ROW = "row"
    APART = "apart"
    GROUP = "group"
    SPREAD = "spread"


class Window(StrEnum):
    """The calendar's windows."""

    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class LimitReader:
    """Reads one limit."""

    people: Collection[str]

    def read(self, value: object, path: str) -> Limit:
        fields = Fields(value, path)
        kind = fields.take("kind", choice(Kind))
        readers: dict[Kind, Callable[[Fields], Limit]] = {
            Kind.REST: self._rest,
            Kind.MOST: self._most,
            Kind.ROW: self._row,
            Kind.APART: self._apart,
            Kind.GROUP: self._group,
            Kind.SPREAD: self._spread,
        }
        limit = readers[kind](fields)
        fields.close()
        return limit

    def _rest(self, fields: Fields) -> Rest:
        return Rest(fields.take("hours", _hours), _strength(fields), self._only(fields))

    def _most(self, fields: Fields) -> Most:
        count = fields.take("count", whole(0, MOST_COUNT))
        days = fields.get("days", whole(1, MOST_DAYS), 0)
        if days and fields.has("per"):
            raise UnusableInput(fields.at("days"), "there is per, too; give one of them")
        if not days and not fields.has("per"):
            raise UnusableInput(fields.at("per"), "missing; give per or days")
        per = Per(fields.get("per", choice(Window), Per.DAYS).value)
        kind = fields.get("type", text, "")
        return Most(count, per, days, kind, _strength(fields), self._only(fields))

    def _row(self, fields: Fields) -> Row:
        return Row(fields.take("count", whole(1, MOST_COUNT)), _strength(fields), self._only(fields))

    def _apart(self, fields: Fields) -> Apart:
        people = fields.take("people", self._people)
        if len(people) != 2:
            raise UnusableInput(fields.at("people"), "not two people")
        return Apart(people, _strength(fields))

    def _group(self, fields: Fields) -> Group:
        people = fields.take("people", self._people)
        if not people:
            raise UnusableInput(fields.at("people"), "empty")
        return Group(people, _strength(fields))

    def _spread(self, fields: Fields) -> Spread:
        if fields.has("strength"):
            raise UnusableInput(fields.at("strength"), "a spread has none; it counts in comfort only")
        return Spread(fields.take("hours", _hours), self._only(fields))

    def _only(self, fields: Fields) -> frozenset[str]:
        return fields.get("people", self._people, frozenset())

    def _people(self, value: object, path: str) -> frozenset[str]:
        return frozenset(list_of(known(self.people, "person"))(value, path))


def _strength(fields: Fields) -> Strength:
    return fields.get("strength", choice(Strength), Strength.AVOID)


def _hours(value: object, path: str) -> timedelta:
    hours: Fraction = number(0, MOST_HOURS)(value, path)
    return timedelta(microseconds=round(hours * 3_600_000_000))
