"""The rules, one-off shifts and limits of a schedule. A change ends rows and adds others, so the past stays known."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import TypeVar

from sqlmodel import Session, col, delete, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.plan_format.fields import UnusableInput
from oncall_ui.domain.schedules.plan_format.limits import LimitReader
from oncall_ui.domain.schedules.plan_format.problem_writing import limit_as_json
from oncall_ui.domain.schedules.planning.problem import Filler, FillKind, Limit
from oncall_ui.domain.schedules.shadows.shadow import Shadow, misfilled
from oncall_ui.domain.schedules.shifts.from_rules import Generated, Pattern, ShiftRefused, generate
from oncall_ui.domain.schedules.shifts.rules import OneOff, Rule, planned
from oncall_ui.errors import InvalidInput
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Participant, Schedule, ScheduleLimit, ScheduleOneOff, ShiftRule, now
from oncall_ui.services.audit.record import record
from oncall_ui.services.availability.holidays import holidays_between
from oncall_ui.services.schedules.access import lock_schedule
from oncall_ui.services.schedules.nested_rules import check_nested, nested_fillers

MOST = 100
"""Rules, one-off shifts and limits of a schedule, each."""
LONGEST_WORD = 40
FOLLOWS = "A shadow neither follows the last holder of a role nor is followed by one. Choose who else fills “{role}”."
MOST_POINTS = 10_000
CHECKED = timedelta(weeks=12)
AROUND = timedelta(days=8)
"""A shift that starts in a span ends at most so much later."""
Row = TypeVar("Row", ShiftRule, ScheduleOneOff)


def save_rules(app: App, member_id: int, schedule_id: int, rules: Sequence[Rule]) -> tuple[str, ...]:
    """From now on shifts follow these rules; drafts and what is published stay. Returns sentences about odd rules.

    Raises NotAllowed unless the member manages the schedule, and InvalidInput, which names the shift that is wrong.
    """
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        former = nested_fillers(session, schedule_id)
        store_rules(session, schedule, rules)
        warnings = checked(session, schedule).warnings
        check_nested(session, member_id, schedule, former)
        _record(session, member_id, schedule, rules=len(rules))
    app.hub.publish(ScheduleChanged(schedule_id))
    return warnings


def save_one_offs(app: App, member_id: int, schedule_id: int, one_offs: Sequence[OneOff]) -> None:
    """The shifts beside the rules, from the next draft on. Raises NotAllowed and InvalidInput as `save_rules`."""
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        former = nested_fillers(session, schedule_id)
        store_one_offs(session, schedule, one_offs)
        checked(session, schedule)
        check_nested(session, member_id, schedule, former)
        _record(session, member_id, schedule, one_offs=len(one_offs))
    app.hub.publish(ScheduleChanged(schedule_id))


def save_limits(app: App, member_id: int, schedule_id: int, limits: Sequence[Limit]) -> None:
    """The rules about people, from the next draft on. Raises NotAllowed, and InvalidInput for an unknown person."""
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        store_limits(session, schedule, limits)
        _record(session, member_id, schedule, limits=len(limits))
    app.hub.publish(ScheduleChanged(schedule_id))


def _record(session: Session, member_id: int, schedule: Schedule, **facts: int) -> None:
    record(
        session,
        AuditAction.SCHEDULE_CHANGED,
        by=member_id,
        what=schedule.name,
        also=facts,
        schedule=schedule.id or 0,
    )


def rules_of(session: Session, schedule_id: int) -> tuple[Rule, ...]:
    rows = session.exec(
        select(ShiftRule)
        .where(ShiftRule.schedule_id == schedule_id, col(ShiftRule.valid_to).is_(None))
        .order_by(col(ShiftRule.position), col(ShiftRule.id))
    )
    return tuple(_rule(row) for row in rows)


def one_offs_of(session: Session, schedule_id: int) -> tuple[OneOff, ...]:
    rows = session.exec(
        select(ScheduleOneOff)
        .where(ScheduleOneOff.schedule_id == schedule_id, col(ScheduleOneOff.valid_to).is_(None))
        .order_by(col(ScheduleOneOff.id))
    )
    return tuple(OneOff(row.start, row.end, row.type, row.points, _fills(row.fills)) for row in rows)


def limits_of(session: Session, schedule_id: int) -> tuple[Limit, ...]:
    """Those whose people are on the schedule; the others don't apply any more."""
    reader = LimitReader(_people(session, schedule_id))
    return tuple(reader.read(row.terms, "limits") for row in _limit_rows(session, schedule_id))


def limits_since(session: Session, schedule_id: int) -> dict[Limit, datetime]:
    """Since when each limit is set; of equal ones, the first."""
    reader = LimitReader(_people(session, schedule_id))
    found: dict[Limit, datetime] = {}
    for row in _limit_rows(session, schedule_id):
        limit = reader.read(row.terms, "limits")
        found[limit] = min(found.get(limit, row.since), row.since)
    return found


def _limit_rows(session: Session, schedule_id: int) -> Sequence[ScheduleLimit]:
    rows = select(ScheduleLimit).where(ScheduleLimit.schedule_id == schedule_id)
    return session.exec(rows.order_by(col(ScheduleLimit.position))).all()


def pattern_of(session: Session, schedule: Schedule, first: date, end: date) -> Pattern:
    """What the shifts of these days follow from."""
    holidays = holidays_between(schedule.country, schedule.region, first - AROUND, end + AROUND)
    return Pattern(
        zone_of(schedule.zone),
        roles_of(schedule),
        tuple(replace(rule, fills=planned(rule.fills)) for rule in rules_of(session, schedule.id or 0)),
        schedule.cycle_from,
        tuple(replace(each, fills=planned(each.fills)) for each in one_offs_of(session, schedule.id or 0)),
        schedule.points,
        frozenset(holidays),
        shadows_of(schedule),
    )


def shifts_of(session: Session, schedule: Schedule, first: date, end: date) -> Generated:
    """The shifts that start on these days. Raises InvalidInput for one that is too long."""
    try:
        return generate(pattern_of(session, schedule, first, end), first, end)
    except ShiftRefused as error:
        raise InvalidInput("Shifts", str(error)) from error


def roles_of(schedule: Schedule) -> tuple[str, ...]:
    return tuple(role["name"] for role in schedule.roles)


def shadows_of(schedule: Schedule) -> dict[str, Shadow]:
    """The roles that learn beside another."""
    rows = {role["name"]: role for role in schedule.roles if role.get("beside")}
    return {
        name: Shadow(role["beside"], date.fromisoformat(role["until"]) if role.get("until") else None)
        for name, role in rows.items()
    }


def role_points_of(schedule: Schedule) -> dict[str, Fraction]:
    """Role → what its slots count of the points of their shift."""
    return {role["name"]: Fraction(role["percent"], 100) for role in schedule.roles}


def checked(session: Session, schedule: Schedule) -> Generated:
    """The next shifts. Raises InvalidInput where the rules allow none, or too long ones."""
    session.flush()
    today = datetime.now(UTC).astimezone(zone_of(schedule.zone)).date()
    shadows = shadows_of(schedule)
    rules, one_offs = rules_of(session, schedule.id or 0), one_offs_of(session, schedule.id or 0)
    for fills in (*(rule.fills for rule in rules), *(one_off.fills for one_off in one_offs)):
        if role := misfilled(fills, shadows):
            raise InvalidInput("Shifts", FOLLOWS.format(role=role))
    found = shifts_of(session, schedule, today, today + CHECKED)
    if not found.shifts and not nested_fillers(session, schedule.id or 0):
        raise InvalidInput("Shifts", "These rules start no shift in the next 12 weeks. Add one that does.")
    return found


def store_rules(session: Session, schedule: Schedule, rules: Sequence[Rule]) -> None:
    """Raises InvalidInput."""
    if not rules:
        raise InvalidInput("Shifts", "Add a rule that says when shifts start.")
    checker = _Checker(schedule, _people(session, schedule.id or 0))
    wanted = [checker.rule(rule, position) for position, rule in enumerate(rules)]
    _refuse_too_many(wanted, "Shifts")
    _exchange(session, ShiftRule, schedule.id or 0, wanted)


def store_one_offs(session: Session, schedule: Schedule, one_offs: Sequence[OneOff]) -> None:
    """Raises InvalidInput."""
    checker = _Checker(schedule, _people(session, schedule.id or 0))
    wanted = [checker.one_off(each) for each in one_offs]
    _refuse_too_many(wanted, "One-off shifts")
    _exchange(session, ScheduleOneOff, schedule.id or 0, wanted)


def store_limits(session: Session, schedule: Schedule, limits: Sequence[Limit]) -> None:
    """Raises InvalidInput."""
    reader = LimitReader(_people(session, schedule.id or 0))
    _refuse_too_many(limits, "Limits")
    since = {str(row.terms): row.since for row in _limit_rows(session, schedule.id or 0)}
    session.exec(delete(ScheduleLimit).where(col(ScheduleLimit.schedule_id) == schedule.id))
    for position, limit in enumerate(limits):
        terms = limit_as_json(limit)
        try:
            reader.read(terms, "limits")
        except UnusableInput as error:
            raise InvalidInput("Limits", f"{error}.") from error
        set_at = since.get(str(terms), now())
        session.add(ScheduleLimit(schedule_id=schedule.id or 0, position=position, terms=terms, since=set_at))


class _Checker:
    """Makes rows of what fits the schedule. Raises InvalidInput for the rest."""

    def __init__(self, schedule: Schedule, people: Collection[str]) -> None:
        self._id, self._roles, self._people = schedule.id or 0, roles_of(schedule), people

    def rule(self, rule: Rule, position: int) -> ShiftRule:
        return ShiftRule(
            schedule_id=self._id,
            position=position,
            days=sorted(rule.days),
            hour=rule.at.hour,
            minute=rule.at.minute,
            every=rule.every,
            week=rule.week,
            type=_word(rule.type),
            points=_points(rule.points),
            fills=self._fills(rule.fills),
        )

    def one_off(self, one_off: OneOff) -> ScheduleOneOff:
        if one_off.end <= one_off.start:
            raise InvalidInput("End", "This is not after the start. Choose a later time.")
        return ScheduleOneOff(
            schedule_id=self._id,
            start=one_off.start,
            end=one_off.end,
            type=_word(one_off.type),
            points=_points(one_off.points),
            fills=self._fills(one_off.fills),
        )

    def _fills(self, fills: Mapping[str, Filler]) -> dict[str, list[str]]:
        for role, filler in fills.items():
            named = {FillKind.PERSON: self._people, FillKind.LAST: self._roles}.get(filler.kind)
            if role not in self._roles or (named is not None and filler.name not in named):
                raise InvalidInput(
                    "Shifts", "A rule names a role or person that isn’t on this schedule. Choose another."
                )
        return {role: [filler.kind.value, filler.name] for role, filler in sorted(fills.items())}


def _exchange(session: Session, table: type[Row], schedule_id: int, wanted: Sequence[Row]) -> None:
    """Ends the rows that are no longer wanted and adds those that are new; equal ones stay as they are."""
    moment = now()
    rows = session.exec(select(table).where(table.schedule_id == schedule_id, col(table.valid_to).is_(None))).all()
    kept = {_content(row): row for row in rows}
    for row in wanted:
        if kept.pop(_content(row), None) is None:
            session.add(row)
    for row in kept.values():
        row.valid_to = moment


def _content(row: ShiftRule | ScheduleOneOff) -> str:
    return str(sorted(row.model_dump(exclude={"id", "valid_from", "valid_to"}).items()))


def _people(session: Session, schedule_id: int) -> set[str]:
    return {str(each) for each in session.exec(select(Participant.id).where(Participant.schedule_id == schedule_id))}


def _rule(row: ShiftRule) -> Rule:
    at = time(row.hour, row.minute)
    return Rule(frozenset(row.days), at, row.every, row.week, row.type, row.points, _fills(row.fills))


def _fills(stored: Mapping[str, Sequence[str]]) -> dict[str, Filler]:
    return {role: Filler(FillKind(kind), name) for role, (kind, name) in stored.items()}


def _word(word: str) -> str:
    if len(word) > LONGEST_WORD or not word.isprintable():
        raise InvalidInput("Type", f"Enter a type of up to {LONGEST_WORD} characters.")
    return word


def _points(points: int | None) -> int | None:
    if points is not None and not 0 <= points <= MOST_POINTS:
        raise InvalidInput("Points", f"Enter a whole number from 0 to {MOST_POINTS:,}.")
    return points


def _refuse_too_many(rows: Sequence[object], field: str) -> None:
    if len(rows) > MOST:
        raise InvalidInput(field, f"{len(rows)} are too many; the limit is {MOST}. Remove some.")
