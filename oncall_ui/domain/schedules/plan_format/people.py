"""People and their availability in the `plan` format."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from enum import StrEnum
from fractions import Fraction

from oncall_ui.domain.schedules.plan_format.fields import (
    Fields,
    UnusableInput,
    choice,
    instant,
    items,
    known,
    list_of,
    number,
    text,
)
from oncall_ui.domain.schedules.plan_format.spans import pair, take_span, united
from oncall_ui.domain.schedules.planning.problem import Person, Span

MOST_SHARE = 1_000
MOST_BALANCE = 1_000_000


class Availability(StrEnum):
    """What a span of availability says."""

    BLOCK = "block"
    PREFER = "prefer"
    UNKNOWN = "unknown"


def read_people(value: object, path: str, roles: Collection[str]) -> tuple[Person, ...]:
    """Sorted by id."""
    people: dict[str, Person] = {}
    for item, where in items(value, path):
        person = _person(item, where, roles)
        if person.id in people:
            raise UnusableInput(f"{where}.id", f"{person.id!r} is there twice")
        people[person.id] = person
    return tuple(people[name] for name in sorted(people))


def read_availability(
    value: object, path: str, people: Collection[str]
) -> dict[Availability, dict[str, tuple[Span, ...]]]:
    """The united spans by what they say, then by person. Only people who have such a span are in it."""
    found: dict[Availability, dict[str, list[Span]]] = {kind: defaultdict(list) for kind in Availability}
    for item, where in items(value, path):
        fields = Fields(item, where)
        person = fields.take("person", known(people, "person"))
        found[fields.take("action", choice(Availability))][person].append(take_span(fields))
        fields.close()
    return {kind: {person: united(spans[person]) for person in sorted(spans)} for kind, spans in found.items()}


def _person(value: object, path: str, roles: Collection[str]) -> Person:
    fields = Fields(value, path)
    person = Person(
        id=fields.take("id", text),
        share=fields.get("share", number(0, MOST_SHARE), Fraction(1)),
        joined=fields.get("joined", instant, None),
        left=fields.get("left", instant, None),
        roles=frozenset(fields.get("roles", list_of(known(roles, "role")), ())),
        paused=united(fields.get("paused", list_of(pair), ())),
        carried=fields.get("carried", _carried, {}),
    )
    fields.close()
    if person.joined and person.left and person.left <= person.joined:
        raise UnusableInput(f"{path}.left", "not after joined")
    return person


def _carried(value: object, path: str) -> Mapping[str, Fraction]:
    """Balances by the name of their bucket, in order of the names. One of a type that doesn't occur is kept."""
    fields = Fields(value, path)
    names = sorted(value) if isinstance(value, dict) else []
    for name in names:
        kind, colon, rest = name.partition(":")
        if name != "all" and not (kind in {"type", "role"} and colon and rest):
            raise UnusableInput(f"{path}.{name}", "no such bucket; there are all, type:… and role:…")
    return {name: fields.take(name, number(-MOST_BALANCE, MOST_BALANCE)) for name in names if fields.has(name)}
