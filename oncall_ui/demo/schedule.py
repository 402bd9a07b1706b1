"""The demo's schedule in mid-life: weeks behind it and ahead of it, a draft that waits, requests and a conflict."""

import asyncio
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import col, update

from oncall_ui.app import App
from oncall_ui.demo.roster import Candidate, handoffs, roster
from oncall_ui.demo.swaps import Swaps
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.window import start_of_day
from oncall_ui.domain.schedules.membership import Terms
from oncall_ui.domain.schedules.planning.problem import Row, Slot, Span, Spread
from oncall_ui.domain.schedules.shifts.rules import Rule
from oncall_ui.models import SchedulePlan, now
from oncall_ui.services.availability.manual import add_manual_days
from oncall_ui.services.schedules.create import NewSchedule, create_schedule
from oncall_ui.services.schedules.drafts.drafts import create_draft, extend
from oncall_ui.services.schedules.drafts.editing.choices import Choices, to_row
from oncall_ui.services.schedules.drafts.planning import run_due_plans
from oncall_ui.services.schedules.drafts.views import read_draft
from oncall_ui.services.schedules.people import read_people
from oncall_ui.services.schedules.published.publish import publish
from oncall_ui.services.schedules.published.read import ShiftView, read_shifts
from oncall_ui.services.schedules.settings import Settings
from oncall_ui.services.team.grid import team_spans

NAME = "Platform on-call"
ZONE = ZoneInfo("Europe/Berlin")
ROLES = {"primary": 100, "secondary": 100}
DAYS, AT = (0, 2, 4), time(10)
"""Handoffs: Monday, Wednesday and Friday, at ten."""
WEEKS_BEFORE, WEEKS = 4, 12
"""How long ago the first shift was, and for how many weeks from then on shifts are published."""
PLANNED_BEFORE = timedelta(days=10)
CONFLICT_FROM, CONFLICT_TO = timedelta(days=9), timedelta(days=40)
"""From now: where the shift lies whose holder is blocked."""
HALF_TIME = "farid@example.org"


async def seed_schedule(app: App, members: Mapping[str, int]) -> int:
    """`members`: ids by email, the manager first. Their calendars have been imported. Returns the schedule's id.

    The draft is left to the running demo, where one can watch it being planned.
    """
    manager = next(iter(members.values()))
    today = now().astimezone(ZONE).date()
    first = today - timedelta(days=today.weekday(), weeks=WEEKS_BEFORE)
    schedule_id = await asyncio.to_thread(create_schedule, app, manager, _new(members, first))
    number = await asyncio.to_thread(_ask, app, manager, schedule_id, first)
    await run_due_plans(app)
    await asyncio.to_thread(_publish, app, manager, schedule_id, number, first)
    blocked = await asyncio.to_thread(_block_a_holder, app, manager, schedule_id)
    await asyncio.to_thread(Swaps(app, schedule_id, ZONE, manager, now(), {blocked}).seed)
    await asyncio.to_thread(extend, app, manager, schedule_id)
    return schedule_id


def _new(members: Mapping[str, int], first: date) -> NewSchedule:
    settings = Settings(NAME, ZONE.key, ROLES, country="DE", region="BE")
    people = {member: Terms(50 if email == HALF_TIME else 100) for email, member in members.items()}
    limits = (Row(2), Spread(timedelta(days=4)))
    return NewSchedule(settings, first, people, [Rule(frozenset(DAYS), AT)], limits)


def _ask(app: App, manager: int, schedule_id: int, first: date) -> int:
    """A draft as of days before the first shift, in which every slot is pinned."""
    number = create_draft(app, manager, schedule_id, first, first + timedelta(weeks=WEEKS), at=_planned_at(first))
    moments = handoffs(first, WEEKS, DAYS, AT, ZONE)
    spans = team_spans(app, moments[0], moments[-1])
    people = [
        Candidate(
            each.id,
            each.terms.share,
            [Span(span.start, span.end) for span in spans[each.member_id] if span.action is Action.BLOCK],
        )
        for each in read_people(app, manager, schedule_id, first)
        if each.member_id is not None and each.terms is not None
    ]
    pins = to_row(Choices(roster(moments, list(ROLES), people)))
    with app.db.write() as session:
        session.exec(update(SchedulePlan).where(col(SchedulePlan.schedule_id) == schedule_id).values(choices=pins))
    return number


def _publish(app: App, manager: int, schedule_id: int, number: int, first: date) -> None:
    draft = read_draft(app, manager, schedule_id, number)
    blocked = {Slot(slot.start, slot.role) for slot in draft.slots if slot.blocked}
    publish(app, manager, schedule_id, number, draft.revision, blocked, at=_planned_at(first) + timedelta(hours=1))


def _planned_at(first: date) -> datetime:
    return start_of_day(first - PLANNED_BEFORE, ZONE) + timedelta(hours=8)


def _block_a_holder(app: App, manager: int, schedule_id: int) -> Slot:
    """Somebody adds a day off on which they have a shift, which is returned."""
    moment = now()
    shift = _coming(read_shifts(app, manager, schedule_id, moment + CONFLICT_FROM, moment + CONFLICT_TO), manager)
    assert shift.member_id is not None
    day = (shift.start + timedelta(days=1)).astimezone(ZONE).date()
    add_manual_days(app, shift.member_id, ManualDays(day, day, Action.BLOCK))
    return Slot(shift.shift_start, shift.role)


def _coming(shifts: tuple[ShiftView, ...], manager: int) -> ShiftView:
    """The first one that somebody else has as primary, and wasn't blocked on when it was published."""
    return next(
        each
        for each in shifts
        if each.role == "primary" and not each.is_accepted and each.member_id not in {None, manager}
    )
