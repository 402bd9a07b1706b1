"""Reads the `plan` format into a planning problem."""

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from oncall_ui.domain.schedules.plan_format.canonical import limit_order
from oncall_ui.domain.schedules.plan_format.fields import (
    Fields,
    UnusableInput,
    choice,
    flag,
    list_of,
    number,
    text,
    whole,
)
from oncall_ui.domain.schedules.plan_format.limits import LimitReader
from oncall_ui.domain.schedules.plan_format.people import Availability, read_availability, read_people
from oncall_ui.domain.schedules.plan_format.shifts import ShiftReader
from oncall_ui.domain.schedules.plan_format.slots import HeldReader, SlotReader
from oncall_ui.domain.schedules.planning.problem import DEFAULT_ORDER, LaterStage, Problem, Strength, Task

USUAL_ROLES = ("primary",)
USUAL_SECONDS = 10.0
MOST_ROLES = 20
MOST_SECONDS = 86_400
MOST_SEED = 2**31 - 1
ROLE_POINTS = (Fraction(0), Fraction(1, 2), Fraction(1))


def read_text(words: str) -> Problem:
    """The problem in a JSON text. Raises UnusableInput."""
    try:
        value = json.loads(
            words,
            parse_float=_number,
            parse_int=_number,
            parse_constant=_number,
            object_pairs_hook=_refuse_twice,
        )
    except json.JSONDecodeError as error:
        raise UnusableInput(f"line {error.lineno}, column {error.colno}", f"not JSON ({error.msg})") from error
    except RecursionError as error:
        raise UnusableInput("the input", "lists and objects are nested too deeply") from error
    return read_problem(value)


def read_problem(value: object) -> Problem:
    """The problem in a value that JSON can hold. Raises UnusableInput, which names the field and says why."""
    fields = Fields(value)
    zone = fields.get("zone", _zone, ZoneInfo("UTC"))
    roles = fields.get("roles", _roles, USUAL_ROLES)
    people = fields.take("people", lambda item, path: read_people(item, path, roles))
    ids = {person.id for person in people}
    found = ShiftReader(zone, roles, ids).read(fields)
    problem = Problem(zone, found.start, found.end, roles, found.shifts, people, problems=found.problems)
    problem = _with_facts(_with_counting(problem, fields), fields, ids)
    fields.close()
    if problem.task is Task.REPAIR and not problem.published:
        raise UnusableInput("published", "missing; there is nothing to repair")
    return problem


def _with_counting(problem: Problem, fields: Fields) -> Problem:
    """Adds what says how a plan counts."""
    usual_points = dict.fromkeys(problem.roles, Fraction(1))
    return replace(
        problem,
        block_strength=fields.get("blocks", choice(Strength), Strength.AVOID),
        task=fields.get("task", choice(Task), Task.PLAN),
        order=fields.get("order", _order, DEFAULT_ORDER),
        carry_cap=fields.get("carry_cap", number(0, 1_000), None),
        role_points=fields.get("role_points", lambda item, path: _role_points(item, path, problem.roles), usual_points),
        balance_roles=fields.get("balance_roles", flag, True),
        bend=fields.get("bend", flag, True),
        seed=fields.get("seed", whole(-MOST_SEED, MOST_SEED), 0),
        seconds=fields.get("seconds", _seconds, USUAL_SECONDS),
    )


def _with_facts(problem: Problem, fields: Fields, ids: Collection[str]) -> Problem:
    """Adds availability, limits, and what is given for slots."""
    slots = SlotReader({shift.start: shift for shift in problem.shifts}, problem.roles, ids)
    held = HeldReader(problem.zone, problem.roles, ids)
    spans = fields.get("availability", lambda item, path: read_availability(item, path, ids), {})
    excluded = fields.get("excluded", slots.excluded, {})
    filled = replace(
        problem,
        blocks=spans.get(Availability.BLOCK, {}),
        preferences=spans.get(Availability.PREFER, {}),
        unknown=spans.get(Availability.UNKNOWN, {}),
        limits=tuple(sorted(fields.get("limits", list_of(LimitReader(ids).read), ()), key=limit_order)),
        held=fields.get("held", held.read, ()),
        fixed=slots.with_fillers(fields.get("fixed", slots.fixed, {}), excluded),
        excluded=excluded,
        published=fields.get("published", slots.published, {}),
        wishes=fields.get("wishes", slots.wishes, ()),
    )
    return replace(filled, problems=(*problem.problems, *slots.problems))


def _zone(value: object, path: str) -> ZoneInfo:
    name = text(value, path)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnusableInput(path, f"{name!r} is not an IANA time zone such as Europe/Berlin") from error


def _roles(value: object, path: str) -> tuple[str, ...]:
    roles = list_of(text)(value, path)
    if not roles:
        raise UnusableInput(path, "empty")
    if len(roles) > MOST_ROLES:
        raise UnusableInput(path, f"{len(roles)} are more than {MOST_ROLES}")
    _refuse_repeated(roles, path)
    return roles


def _order(value: object, path: str) -> tuple[LaterStage, ...]:
    order = list_of(choice(LaterStage))(value, path)
    _refuse_repeated(order, path)
    return order


def _role_points(value: object, path: str, roles: Sequence[str]) -> dict[str, Fraction]:
    fields = Fields(value, path)
    points = {role: fields.get(role, _factor, Fraction(1)) for role in roles}
    fields.close()
    return points


def _factor(value: object, path: str) -> Fraction:
    factor = number(0, 1)(value, path)
    if factor not in ROLE_POINTS:
        raise UnusableInput(path, "not 0, 0.5 or 1")
    return factor


def _seconds(value: object, path: str) -> float:
    seconds = number(0, MOST_SECONDS)(value, path)
    if not seconds:
        raise UnusableInput(path, "0 is no time to plan in")
    return float(seconds)


def _refuse_repeated(words: Sequence[str], path: str) -> None:
    for place, word in enumerate(words):
        if word in words[:place]:
            raise UnusableInput(f"{path}[{place}]", f"{str(word)!r} is there twice")


def _refuse_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise UnusableInput(name, "this field is there twice in one object")
        found[name] = value
    return found


def _number(words: str) -> int | Decimal:
    """Exact. Refuses NaN, infinity, and what is too long or too large for Python."""
    try:
        if words[-1].isdigit():
            return int(words) if words.removeprefix("-").isdigit() else Decimal(words)
        raise ValueError(words)
    except (ValueError, ArithmeticError) as error:
        raise UnusableInput("the input", f"{words[:60]} is not a number that can be used") from error
