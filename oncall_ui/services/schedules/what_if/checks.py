"""Whether a change can be tried at all. Sentences say what to do instead."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

from sqlmodel import Session, select

from oncall_ui.domain.schedules.plan_format.fields import UnusableInput
from oncall_ui.domain.schedules.plan_format.limits import LimitReader
from oncall_ui.domain.schedules.plan_format.problem_writing import limit_as_json
from oncall_ui.domain.schedules.what_if.changes import (
    Away,
    Change,
    Entry,
    Joins,
    Leaves,
    LimitsAre,
    PointsAre,
    RoleAdded,
    RoleRemoved,
    ShareIs,
    Tried,
    points_with,
    roles_with,
)
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.models import Member, Participant, Schedule
from oncall_ui.services.schedules.people import MOST_SHARE, periods_of
from oncall_ui.services.schedules.settings import apply, refuse_missing_roles, settings_of
from oncall_ui.services.schedules.what_if.tried import schedule_with

MOST_ENTRIES = 20


def settled(session: Session, schedule: Schedule, tried: Tried) -> Tried:
    """The same with an id for everybody who joins. Raises InvalidInput, and NotAllowed for who isn't there."""
    if len(tried.entries) > MOST_ENTRIES:
        raise InvalidInput("What if", f"Try at most {MOST_ENTRIES} changes at once. Remove some.")
    rows = session.exec(select(Participant).where(Participant.schedule_id == schedule.id)).all()
    numbered = tuple(_numbered(tried.entries, rows))
    checker = _Checker(session, schedule, {row.id or 0 for row in rows})
    for entry in numbered:
        checker.check(entry.change)
    return replace(tried, entries=numbered)


def _numbered(entries: Iterable[Entry], rows: Collection[Participant]) -> Iterable[Entry]:
    known = {row.member_id: row.id or 0 for row in rows if row.member_id is not None}
    for place, entry in enumerate(entries):
        change = entry.change
        if isinstance(change, Joins):
            change = replace(change, participant=known.get(change.member or 0, -1 - place))
        yield replace(entry, change=change)


class _Checker:
    def __init__(self, session: Session, schedule: Schedule, people: Collection[int]) -> None:
        self._session, self._schedule, self._people = session, schedule, people

    def check(self, change: Change) -> None:
        """Raises InvalidInput, NotAllowed."""
        match change:
            case Away(who, first, end):
                self._known(who)
                _days(first, end)
            case Joins(_, member, _, share):
                if member is not None and (member < 1 or self._session.get(Member, member) is None):
                    raise NotAllowed
                _share(share)
            case Leaves(who, _):
                self._known(who)
            case ShareIs(who, _, share):
                self._known(who)
                _share(share)
            case PointsAre() | RoleAdded():
                self._set(change)
            case RoleRemoved(name):
                self._removed(name)
            case LimitsAre():
                self._limits(change)

    def _known(self, participant: int) -> None:
        if participant not in self._people:
            raise NotAllowed

    def _set(self, change: Change) -> None:
        """As if it were saved, on a row that nothing writes."""
        settings = settings_of(self._schedule)
        roles = {row["name"]: row["percent"] for row in roles_with(self._schedule.roles, [change])}
        points = points_with(self._schedule.points, [change])
        if isinstance(change, RoleAdded) and len(roles) == len(settings.roles):
            raise InvalidInput("Role", f"“{change.name}” is there already. Enter another name.")
        apply(schedule_with(self._schedule, [change]), replace(settings, roles=roles, points=points))

    def _removed(self, name: str) -> None:
        self._set(RoleRemoved(name))
        settings = settings_of(self._schedule)
        left = {role: percent for role, percent in settings.roles.items() if role != name}
        refuse_missing_roles(self._session, self._schedule.id or 0, replace(settings, roles=left))
        periods = periods_of(self._session, self._schedule.id or 0).values()
        if any(name in period.terms.roles for theirs in periods for period in theirs):
            raise InvalidInput("Role", f"Someone is on the schedule for “{name}” by name. Change that first.")

    def _limits(self, change: LimitsAre) -> None:
        reader = LimitReader({str(each) for each in self._people})
        try:
            for limit in change.limits:
                reader.read(limit_as_json(limit), "limits")
        except UnusableInput as error:
            raise InvalidInput("Limits", f"{error}.") from error


def _days(first: date, end: date) -> None:
    if end <= first:
        raise InvalidInput("Until", "This is before the first day. Choose a later day.")


def _share(share: int) -> None:
    if not 0 <= share <= MOST_SHARE:
        raise InvalidInput("Share", f"Enter a share from 0 to {MOST_SHARE} percent.")
