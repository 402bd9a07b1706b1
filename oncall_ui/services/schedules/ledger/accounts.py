"""Everybody's accounts of one schedule with everything they follow from, for its page."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from sqlalchemy import select
from sqlmodel import Session, col, func

from oncall_ui.app import App
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.ledger.accounts import ALL, Posting
from oncall_ui.domain.schedules.ledger.lines import MILLI, dues
from oncall_ui.domain.schedules.planning.problem import FillKind
from oncall_ui.errors import InvalidInput
from oncall_ui.models import LedgerLine, PublishedShift, Schedule, now
from oncall_ui.services.schedules.access import open_schedule
from oncall_ui.services.schedules.drafts.drafts import EXTENDED_WEEKS, published_end
from oncall_ui.services.schedules.ledger.lines import shares_on
from oncall_ui.services.schedules.people import ParticipantView, people_of, periods_of
from oncall_ui.services.schedules.rules import role_points_of, shifts_of

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Accounts:
    """Of everything published. What is due and done sums to the same, for each slot and in all."""

    postings: tuple[Posting, ...]
    people: tuple[ParticipantView, ...]
    """As agreed today."""
    carry_percent: int
    """Of what is due in the next plan; as much of a balance it takes along."""
    caps: Mapping[int, float]
    """Participant id → that part in points, for a next plan of 8 weeks. Without those who owe nothing in it."""
    until: date | None
    """The day on which the last published shift ends."""
    points: Mapping[str, int]
    role_percents: Mapping[str, int]


def read_accounts(app: App, member_id: int, schedule_id: int) -> Accounts:
    """Raises NotAllowed unless the member is on the schedule."""
    with app.db.read() as session:
        schedule = open_schedule(session, member_id, schedule_id, Access.MEMBER)
        today = now().astimezone(zone_of(schedule.zone)).date()
        until = published_end(session, schedule)
        return Accounts(
            postings=_postings(session, schedule_id),
            people=people_of(session, schedule_id, today),
            carry_percent=schedule.carry_percent,
            caps={
                who: cap for (who, bucket), cap in caps_of(session, schedule, until or today).items() if bucket == ALL
            },
            until=until,
            points=dict(schedule.points),
            role_percents={role["name"]: role["percent"] for role in schedule.roles},
        )


def read_caps(app: App, member_id: int, schedule_id: int) -> dict[tuple[int, str], float]:
    """As `Accounts.caps`, by participant id and bucket. Raises NotAllowed unless the member is on the schedule."""
    with app.db.read() as session:
        schedule = open_schedule(session, member_id, schedule_id, Access.MEMBER)
        today = now().astimezone(zone_of(schedule.zone)).date()
        return caps_of(session, schedule, published_end(session, schedule) or today)


def _postings(session: Session, schedule_id: int) -> tuple[Posting, ...]:
    """One for each participant of each slot, however often it was corrected."""
    key = (LedgerLine.participant_id, LedgerLine.shift_id, LedgerLine.role, LedgerLine.type, LedgerLine.at)
    columns = [*map(col, key), col(PublishedShift.end)]
    rows = session.execute(
        select(*columns, func.sum(LedgerLine.due), func.sum(LedgerLine.done))
        .outerjoin(PublishedShift, col(LedgerLine.shift_id) == col(PublishedShift.id))
        .where(col(LedgerLine.schedule_id) == schedule_id)
        .group_by(*columns)
        .order_by(col(LedgerLine.at), col(LedgerLine.participant_id), col(LedgerLine.role))
    )
    return tuple(
        Posting(participant, shift, role, kind, at, _hours(at, end), int(due), int(done))
        for participant, shift, role, kind, at, end, due, done in rows
    )


def _hours(start: datetime, end: datetime | None) -> float:
    return (end - start) / HOUR if end is not None else 0.0


def caps_of(session: Session, schedule: Schedule, first: date) -> dict[tuple[int, str], float]:
    """By participant and bucket, for a plan of 8 weeks from that day on. Empty where the rules allow no shifts."""
    try:
        shifts = shifts_of(session, schedule, first, first + timedelta(weeks=EXTENDED_WEEKS)).shifts
    except InvalidInput:
        return {}
    weights, periods = role_points_of(schedule), periods_of(session, schedule.id or 0)
    found: defaultdict[tuple[int, str], int] = defaultdict(int)
    for shift in shifts:
        day = shift.start.astimezone(zone_of(schedule.zone)).date()
        for role, filler in shift.fills.items():
            if filler.kind is not FillKind.NOBODY:
                counted = int(shift.points * MILLI * weights.get(role, Fraction(1)))
                for participant, due in dues(counted, shares_on(periods, day, role)).items():
                    for bucket in (ALL, f"role:{role}", f"type:{shift.type}"):
                        found[participant, bucket] += due
    return {key: due / MILLI * schedule.carry_percent / 100 for key, due in found.items()}
