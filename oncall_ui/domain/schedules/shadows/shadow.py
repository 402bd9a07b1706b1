"""A shadow role: which slots of it are wanted, and the same problem without it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from oncall_ui.domain.schedules.planning.problem import NOBODY, Filler, FillKind, Problem, Shift, Slot


@dataclass(frozen=True, slots=True)
class Shadow:
    """Held only where somebody else holds the role `beside`. `until` is the first day without it; None: no end."""

    beside: str
    until: date | None = None


Shadows = Mapping[str, Shadow]
"""Shadow role → what it is."""


def narrowed(shifts: Iterable[Shift], shadows: Shadows, zone: ZoneInfo) -> list[Shift]:
    """With nobody as a shadow from its last day on, and where the role beside it isn't wanted."""
    return [replace(shift, fills=_fills(shift, shadows, zone)) for shift in shifts] if shadows else list(shifts)


def _fills(shift: Shift, shadows: Shadows, zone: ZoneInfo) -> dict[str, Filler]:
    day = shift.start.astimezone(zone).date()
    fills = dict(shift.fills)
    for role, shadow in shadows.items():
        is_over = shadow.until is not None and day >= shadow.until
        if is_over or shift.fills[shadow.beside].kind is FillKind.NOBODY:
            fills[role] = NOBODY
    return fills


def open_shadows(problem: Problem, roster: Mapping[Slot, str]) -> Iterator[tuple[Shift, str]]:
    """Where somebody could learn and nobody does: shift and shadow role, by time."""
    for shift in problem.shifts:
        for role, beside in problem.shadows.items():
            is_wanted = shift.fills[role].kind is not FillKind.NOBODY
            if is_wanted and Slot(shift.start, beside) in roster and Slot(shift.start, role) not in roster:
                yield shift, role


def misfilled(fills: Mapping[str, Filler], shadows: Collection[str]) -> str | None:
    """A role that goes to the last holder of one, where either of them is a shadow: nothing follows from who learns."""
    for role, filler in fills.items():
        if filler.kind is FillKind.LAST and (role in shadows or filler.name in shadows):
            return role
    return None


def without_shadows(problem: Problem) -> Problem:
    """What is planned first, as if there were no shadows. Who is one already, has nothing else at that time."""
    shadows = problem.shadows
    roles = tuple(role for role in problem.roles if role not in shadows)

    def real(slot: Slot) -> bool:
        return slot.role not in shadows

    shifts = tuple(
        replace(shift, fills={role: shift.fills[role] for role in roles})
        for shift in problem.shifts
        if any(shift.fills[role].kind is not FillKind.NOBODY for role in roles)
    )
    fixed = {slot: person for slot, person in problem.fixed.items() if real(slot)}
    excluded = {slot: people for slot, people in problem.excluded.items() if real(slot)}
    for slot, person in _taken(problem, shifts, roles):
        if fixed.get(slot) != person:
            excluded[slot] = excluded.get(slot, frozenset()) | {person}
    return replace(
        problem,
        roles=roles,
        shifts=shifts,
        held=tuple(one for one in problem.held if one.role not in shadows),
        fixed=fixed,
        excluded=excluded,
        published={slot: was for slot, was in problem.published.items() if real(slot)},
        wishes=tuple(wish for wish in problem.wishes if wish.role not in shadows),
        role_points={role: points for role, points in problem.role_points.items() if role not in shadows},
        shadows={},
    )


def _taken(problem: Problem, shifts: Iterable[Shift], roles: Iterable[str]) -> Iterable[tuple[Slot, str]]:
    """The slots at the time of a shadow that is given, with who has that."""
    ends = {shift.start: shift.end for shift in problem.shifts}
    given = [
        (slot.start, ends[slot.start], person) for slot, person in problem.fixed.items() if slot.role in problem.shadows
    ]
    given += [(one.start, one.end, one.person) for one in problem.held if one.role in problem.shadows]
    for shift in shifts:
        for start, end, person in given:
            if start < shift.end and shift.start < end:
                yield from ((Slot(shift.start, role), person) for role in roles)
