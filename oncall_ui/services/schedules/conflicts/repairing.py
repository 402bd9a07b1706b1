"""Finds fixes for what needs a change on a schedule, in the planner's process."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.conflicts.fixes import RepairFix
from oncall_ui.domain.schedules.plan_format.fields import UnusableInput
from oncall_ui.domain.schedules.planning.hand_over import Roster
from oncall_ui.domain.schedules.planning.problem import Problem, Slot
from oncall_ui.errors import PlanNotReady
from oncall_ui.models import Participant, Schedule, now
from oncall_ui.planner import PlanningFailed
from oncall_ui.services.schedules.access import open_schedule
from oncall_ui.services.schedules.conflicts.finding import coming, findings_of, main_holders
from oncall_ui.services.schedules.drafts.build import Repair, build_repair
from oncall_ui.services.schedules.drafts.drafts import newest_assignment, published_until
from oncall_ui.services.schedules.people import names_of

REPAIR_SECONDS = 5.0
"""The longest it takes by itself: a manager waits for it."""
NOTHING = "No whole shift that is still to come needs a change. Hand over what is running on the shift itself."
ODD = "The published shifts contradict the rules. Create a draft instead."


@dataclass(frozen=True, slots=True)
class Someone:
    """A participant, as pages draw them."""

    id: int
    name: str
    colour: int


@dataclass(frozen=True, slots=True)
class Broken:
    """What is published, as a problem, and what of it needs a change. `based_on` is the newest assignment then."""

    problem: Problem
    roster: Roster
    needed: frozenset[Slot]
    based_on: int
    at: datetime
    people: Mapping[str, Someone]


@dataclass(frozen=True, slots=True)
class Fixes:
    """The fixes that were found, none of which another one beats, and what they are for."""

    broken: Broken
    found: tuple[RepairFix, ...]


async def find_fixes(app: App, member_id: int, schedule_id: int, told: Callable[[Broken, RepairFix], None]) -> Fixes:
    """For everything that needs a change; `told` hears each fix as soon as it is found.

    Raises NotAllowed unless the member manages the schedule, and PlanNotReady, with a sentence, where there is nothing
    to repair or no time.
    """
    broken = await asyncio.to_thread(read_broken, app, member_id, schedule_id)
    try:
        found = await app.planner.repairs(broken.problem, broken.roster, broken.needed, lambda fix: told(broken, fix))
    except PlanningFailed as error:
        raise PlanNotReady(str(error)) from error
    return Fixes(broken, found)


def read_broken(app: App, member_id: int, schedule_id: int) -> Broken:
    """What a repair starts from. Raises NotAllowed unless the member manages the schedule, and PlanNotReady."""
    with app.db.read() as session:
        schedule = open_schedule(session, member_id, schedule_id, Access.MANAGER)
        at = now().replace(microsecond=0)
        needed = frozenset(
            Slot(each.live.shift.start, each.live.part.role)
            for each in findings_of(session, schedule, at)
            if each.live.shift.start > at
            and (each.live.part.start, each.live.part.end) == (each.live.shift.start, each.live.shift.end)
        )
        if not needed:
            raise PlanNotReady(NOTHING)
        problem = broken_problem(session, schedule, needed, at)
        lives = coming(session, schedule_id, at)
        roster = {slot: str(live.part.participant_id) for slot, live in main_holders(problem, lives).items()}
        names = names_of(session, schedule_id)
        rows = session.exec(select(Participant).where(Participant.schedule_id == schedule_id))
        people = {str(row.id): Someone(row.id or 0, names[row.id or 0], row.colour) for row in rows}
        return Broken(problem, roster, needed, newest_assignment(session, schedule_id), at, people)


def broken_problem(session: Session, schedule: Schedule, needed: frozenset[Slot], at: datetime) -> Problem:
    """Everything published that starts after `at`. Raises PlanNotReady."""
    end = published_until(session, schedule.id or 0) or at
    try:
        return build_repair(session, schedule, at, end, Repair(needed, REPAIR_SECONDS)).problem
    except UnusableInput as error:
        raise PlanNotReady(ODD) from error
