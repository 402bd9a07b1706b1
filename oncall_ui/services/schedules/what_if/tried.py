"""Rows as they would be with what is tried. None of them belongs to a session, so that none is ever written."""

from collections.abc import Iterator, Sequence

from oncall_ui.domain.schedules.what_if.changes import Change, Tried, points_with, roles_with
from oncall_ui.models import Participant, Schedule


def schedule_with(schedule: Schedule, changes: Sequence[Change]) -> Schedule:
    """The schedule itself where nothing is tried, else one like it."""
    if not changes:
        return schedule
    found = Schedule(**schedule.model_dump())
    found.points, found.roles = points_with(schedule.points, changes), roles_with(schedule.roles, changes)
    return found


def newcomers(schedule_id: int, tried: Tried) -> Iterator[Participant]:
    """Those who would join and aren't on the schedule; their ids are negative."""
    for each in tried.joining:
        yield Participant(id=each.participant, schedule_id=schedule_id, member_id=each.member, colour=1)
