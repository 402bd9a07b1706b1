"""How a schedule counts history: its shifts and points, who is on it, and what its ledger says so far."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import select as columns_of
from sqlmodel import Session, col, func, select

from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.ledger.lines import Entry
from oncall_ui.domain.schedules.membership import Period
from oncall_ui.domain.schedules.plan_states import LedgerKind
from oncall_ui.domain.schedules.planning.problem import Shift, Span
from oncall_ui.domain.schedules.rota_import.opening import SlotOf
from oncall_ui.domain.schedules.shifts.from_rules import Pattern, ShiftRefused, generate
from oncall_ui.domain.schedules.shifts.rules import planned
from oncall_ui.errors import InvalidInput
from oncall_ui.models import LedgerLine, PublishedShift, Schedule
from oncall_ui.services.availability.holidays import holidays_between
from oncall_ui.services.schedules.create import NewSchedule
from oncall_ui.services.schedules.people import periods_of
from oncall_ui.services.schedules.rules import AROUND, role_points_of, roles_of, shifts_of

Written = Mapping[SlotOf, Mapping[int, Entry]]


@dataclass(frozen=True, slots=True)
class Basis:
    """Of a schedule, stored or about to be. People are participants, or members where there are none yet."""

    zone: ZoneInfo
    roles: tuple[str, ...]
    role_points: Mapping[str, Fraction]
    periods: Mapping[int, Sequence[Period]]
    shifts: Callable[[date, date], Sequence[Shift]]
    """Those that start on these days. Raises InvalidInput for one that is too long."""
    published: Callable[[Span], Sequence[Span]]
    """Times that shifts around the span take."""
    written: Callable[[Collection[str]], Written]
    """What imports wrote about these roles."""


def basis_of(session: Session, schedule: Schedule) -> Basis:
    """Within the caller's transaction."""
    return Basis(
        zone=zone_of(schedule.zone),
        roles=roles_of(schedule),
        role_points=role_points_of(schedule),
        periods=periods_of(session, schedule.id or 0),
        shifts=lambda first, end: shifts_of(session, schedule, first, end).shifts,
        published=partial(_published, session, schedule),
        written=partial(_written, session, schedule),
    )


def basis_of_new(new: NewSchedule) -> Basis:
    """Of a schedule that nobody has created yet: nothing is published or written."""
    return Basis(
        zone=zone_of(new.settings.zone),
        roles=tuple(new.settings.roles),
        role_points={role: Fraction(percent, 100) for role, percent in new.settings.roles.items()},
        periods={
            member: tuple(new.periods.get(member) or (Period(new.start, None, terms),))
            for member, terms in new.people.items()
        },
        shifts=lambda first, end: _shifts_of_new(new, first, end),
        published=lambda _span: (),
        written=lambda _roles: {},
    )


def _shifts_of_new(new: NewSchedule, first: date, end: date) -> Sequence[Shift]:
    settings = new.settings
    pattern = Pattern(
        zone_of(settings.zone),
        tuple(settings.roles),
        tuple(replace(rule, fills=planned(rule.fills)) for rule in new.rules),
        new.start,
        tuple(replace(each, fills=planned(each.fills)) for each in new.one_offs),
        settings.points,
        frozenset(holidays_between(settings.country, settings.region, first - AROUND, end + AROUND)),
        settings.shadows,
    )
    try:
        return generate(pattern, first, end).shifts
    except ShiftRefused as error:
        raise InvalidInput("Shifts", str(error)) from error


def _published(session: Session, schedule: Schedule, span: Span) -> list[Span]:
    rows = session.exec(
        select(PublishedShift.start, PublishedShift.end)
        .where(PublishedShift.schedule_id == schedule.id, col(PublishedShift.cancelled_at).is_(None))
        .where(col(PublishedShift.start) < span.end + AROUND, col(PublishedShift.end) > span.start)
    )
    return [Span(start, end) for start, end in rows]


def _written(session: Session, schedule: Schedule, roles: Collection[str]) -> dict[SlotOf, dict[int, Entry]]:
    key = (LedgerLine.at, LedgerLine.role, LedgerLine.type, LedgerLine.participant_id)
    rows = session.execute(
        columns_of(*map(col, key), func.sum(LedgerLine.due), func.sum(LedgerLine.done))
        .where(col(LedgerLine.schedule_id) == schedule.id, col(LedgerLine.kind) == LedgerKind.IMPORT)
        .group_by(*map(col, key))
    )
    found: dict[SlotOf, dict[int, Entry]] = {}
    for at, role, kind, participant, due, done in rows:
        if role in roles:
            found.setdefault(SlotOf(at, role, kind), {})[participant] = Entry(int(due), int(done))
    return found
