"""Creates a schedule from what the three steps of the form gave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar
from uuid import uuid4

from sqlmodel import Session

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.membership import Period, Terms
from oncall_ui.domain.schedules.planning.problem import Filler, FillKind, Limit
from oncall_ui.domain.schedules.shifts.rules import OneOff, Rule
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Member, Schedule
from oncall_ui.services.audit.record import record
from oncall_ui.services.schedules.access import give_access
from oncall_ui.services.schedules.nested_rules import check_nested
from oncall_ui.services.schedules.people import agree, put_on
from oncall_ui.services.schedules.rules import checked, store_limits, store_one_offs, store_rules
from oncall_ui.services.schedules.settings import Settings, apply

Filled = TypeVar("Filled", Rule, OneOff)


@dataclass(frozen=True, slots=True)
class NewSchedule:
    """Everything a schedule begins with. Here fillers and limits name people by their member ids, as text.

    Its people are on it from `start` on, which is also a day of the first week of n-weekly rules.
    """

    settings: Settings
    start: date
    people: Mapping[int, Terms]
    """By member id."""
    rules: Sequence[Rule]
    limits: Sequence[Limit] = ()
    one_offs: Sequence[OneOff] = ()
    periods: Mapping[int, Sequence[Period]] = field(default_factory=dict)
    """By member id, for those with whom something else is agreed than their terms from `start` on: one after the
    other, so that a later one replaces what it covers."""


def create_schedule(app: App, member_id: int, new: NewSchedule) -> int:
    """Any member may. They are its first manager, whether or not they are on call. Returns the schedule's id.

    Raises InvalidInput, which names a field of the form.
    """
    with app.db.write() as session:
        if session.get(Member, member_id) is None:
            raise NotAllowed
        schedule = Schedule(uid=uuid4().hex, name="", zone="", roles=[], points={}, priorities=[], cycle_from=new.start)
        apply(schedule, new.settings)
        session.add(schedule)
        session.flush()
        give_access(session, schedule.id or 0, member_id, Access.MANAGER)
        ids = _put_on(session, schedule, new)
        store_rules(session, schedule, [_renamed(rule, ids) for rule in new.rules])
        store_one_offs(session, schedule, [_renamed(one_off, ids) for one_off in new.one_offs])
        store_limits(session, schedule, [_limit(limit, ids) for limit in new.limits])
        checked(session, schedule)
        check_nested(session, member_id, schedule)
        record(
            session,
            AuditAction.SCHEDULE_CREATED,
            by=member_id,
            what=schedule.name,
            schedule=schedule.id or 0,
            people=len(ids),
        )
    app.hub.publish(ScheduleChanged(schedule.id or 0))
    return schedule.id or 0


def _put_on(session: Session, schedule: Schedule, new: NewSchedule) -> dict[str, str]:
    """Member id → participant id, both as text."""
    if not new.people:
        raise InvalidInput("People", "Choose at least one person.")
    found = {}
    for member_id, terms in new.people.items():
        participant = put_on(session, schedule, member_id)
        for period in new.periods.get(member_id) or (Period(new.start, None, terms),):
            agree(session, schedule, participant, period)
            session.flush()
        found[str(member_id)] = str(participant.id)
    return found


def _renamed(rule: Filled, ids: Mapping[str, str]) -> Filled:
    fills = {
        role: Filler(filler.kind, ids.get(filler.name, "")) if filler.kind is FillKind.PERSON else filler
        for role, filler in rule.fills.items()
    }
    return replace(rule, fills=fills)


def _limit(limit: Limit, ids: Mapping[str, str]) -> Limit:
    return replace(limit, people=frozenset(ids.get(person, "") for person in limit.people))
