"""Writes a planning problem in the `plan` format, so that it can be stored and planned again."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from fractions import Fraction

from oncall_ui.domain.schedules.plan_format.fields import utc
from oncall_ui.domain.schedules.planning.problem import (
    Apart,
    Filler,
    FillKind,
    Group,
    Limit,
    Most,
    Per,
    Person,
    Problem,
    Rest,
    Row,
    Shift,
    Slot,
    Span,
    Spread,
)


def problem_as_json(problem: Problem) -> dict[str, object]:
    """Values that JSON can hold; `read_problem` makes the same problem of them, but for what it said about rules."""
    return {
        "zone": problem.zone.key,
        "start": problem.start.isoformat(),
        "end": problem.end.isoformat(),
        "roles": list(problem.roles),
        "shifts": [_shift(shift) for shift in problem.shifts],
        "people": [_person(person) for person in problem.people],
        "availability": list(_availability(problem)),
        "blocks": problem.block_strength.value,
        "limits": [limit_as_json(limit) for limit in problem.limits],
        "held": [
            {"start": utc(one.start), "end": utc(one.end), "type": one.type, "role": one.role, "person": one.person}
            for one in problem.held
        ],
        "fixed": [_slot(slot) | {"person": person} for slot, person in problem.fixed.items()],
        "excluded": [
            _slot(slot) | {"person": person} for slot, people in problem.excluded.items() for person in sorted(people)
        ],
        "published": [
            _slot(slot) | {"person": was.person, "accepted": was.accepted, "frozen": was.frozen, "weight": was.weight}
            for slot, was in problem.published.items()
        ],
        "wishes": [
            {"start": utc(wish.start), "role": wish.role, "person": wish.person, "value": wish.value}
            for wish in problem.wishes
        ],
        "task": problem.task.value,
        "order": [stage.value for stage in problem.order],
        "carry_cap": None if problem.carry_cap is None else _number(problem.carry_cap),
        "role_points": {role: _number(points) for role, points in problem.role_points.items()},
        "balance_roles": problem.balance_roles,
        "bend": problem.bend,
        "seed": problem.seed,
        "seconds": problem.seconds,
    }


def limit_as_json(limit: Limit) -> dict[str, object]:
    """One of the list `limits`."""
    if isinstance(limit, Spread):
        return {"kind": "spread", "hours": _hours(limit.gap), **_people(limit.people)}
    strength = {"strength": limit.strength.value, **_people(limit.people)}
    match limit:
        case Rest():
            return {"kind": "rest", "hours": _hours(limit.gap), **strength}
        case Most():
            window = {"days": limit.days} if limit.per is Per.DAYS else {"per": limit.per.value}
            kind = {"type": limit.type} if limit.type else {}
            return {"kind": "most", "count": limit.count, **window, **kind, **strength}
        case Row():
            return {"kind": "row", "count": limit.count, **strength}
        case Apart():
            return {"kind": "apart", **strength}
        case Group():
            return {"kind": "group", **strength}


def _shift(shift: Shift) -> dict[str, object]:
    return {
        "start": utc(shift.start),
        "end": utc(shift.end),
        "type": shift.type,
        "points": shift.points,
        "fill": {role: _filler(filler) for role, filler in shift.fills.items()},
    }


def _filler(filler: Filler) -> object:
    if filler.kind is FillKind.PERSON:
        return {"person": filler.name}
    return f"last {filler.name}" if filler.kind is FillKind.LAST else filler.kind.value


def _person(person: Person) -> dict[str, object]:
    return {
        "id": person.id,
        "share": _number(person.share),
        "joined": utc(person.joined) if person.joined else None,
        "left": utc(person.left) if person.left else None,
        "roles": sorted(person.roles),
        "paused": [[utc(span.start), utc(span.end)] for span in person.paused],
        "carried": {bucket: _number(points) for bucket, points in person.carried.items()},
    }


def _availability(problem: Problem) -> Iterator[dict[str, object]]:
    kinds: tuple[tuple[str, Mapping[str, tuple[Span, ...]]], ...] = (
        ("block", problem.blocks),
        ("prefer", problem.preferences),
        ("unknown", problem.unknown),
    )
    for action, by_person in kinds:
        for person, spans in by_person.items():
            for span in spans:
                yield {"person": person, "start": utc(span.start), "end": utc(span.end), "action": action}


def _slot(slot: Slot) -> dict[str, object]:
    return {"start": utc(slot.start), "role": slot.role}


def _people(people: frozenset[str]) -> dict[str, object]:
    return {"people": sorted(people)} if people else {}


def _hours(gap: timedelta) -> int | float:
    return _number(Fraction(gap // timedelta(microseconds=1), 3_600_000_000))


def _number(value: Fraction) -> int | float:
    """Exact for what the product makes: whole numbers, thousandths, halves."""
    return int(value) if value.denominator == 1 else float(value)
