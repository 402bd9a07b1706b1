"""Schedules whose published shifts begin whenever a test wants."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.models import Assignment, Membership, Participant, PublishedShift
from tests.conftest import Person
from tests.services.helpers.schedules import keep_schedule, participant_of, publish_by_hand

DAY = timedelta(days=1)


def published(app: App, manager: Person, holders: Sequence[Person | None], start: datetime, name: str) -> int:
    """A schedule with a shift of a day for each holder, one after the other from `start` on. Returns its id."""
    people = list(dict.fromkeys([manager, *(each for each in holders if each)]))
    schedule = keep_schedule(app, manager, people, name=name)
    ids = [participant_of(app, schedule, each) if each else None for each in holders]
    publish_by_hand(app, manager, schedule, ids)
    with app.db.write() as session:
        on_it = select(Participant.id).where(Participant.schedule_id == schedule)
        for membership in session.exec(select(Membership).where(col(Membership.participant_id).in_(on_it))):
            membership.from_day = min(membership.from_day, start.date() - DAY)
        rows = select(PublishedShift).where(PublishedShift.schedule_id == schedule).order_by(col(PublishedShift.start))
        for number, shift in enumerate(session.exec(rows).all()):
            shift.start, shift.end = start + number * DAY, start + (number + 1) * DAY
            for part in session.exec(select(Assignment).where(Assignment.shift_id == shift.id)):
                part.start, part.end = shift.start, shift.end
    return schedule
