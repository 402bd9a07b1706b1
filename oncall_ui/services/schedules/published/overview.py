"""What a member sees of all their schedules at once: who is on call now, and their own next shifts."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from oncall_ui.app import App
from oncall_ui.models import Assignment, Member, Membership, Participant, PublishedShift, Schedule, ScheduleAccess
from oncall_ui.services.schedules.conflicts.views import OpenConflict, conflicts_of
from oncall_ui.services.schedules.cover.reading import waiting_in
from oncall_ui.services.schedules.cover.views import RequestView
from oncall_ui.services.schedules.published.board import needing_change
from oncall_ui.services.schedules.published.read import ScheduleCard, list_schedules
from oncall_ui.services.schedules.rules import roles_of

AHEAD = timedelta(days=366)
"""How far one's own shifts are looked for."""
MOST_SHIFTS = 60


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """A schedule with what its card says beyond who is on call."""

    card: ScheduleCard
    people: int
    """How many are on it, paused or not."""
    colours: Mapping[int, int]
    """Participant id → colour in this schedule."""
    wrong: int
    """How many published slots from now on need a change; 0 unless it was asked for."""
    is_mine: bool
    """Whether the member belongs to it. Administrators see the others, too."""


@dataclass(frozen=True, slots=True)
class OwnShift:
    """A published shift of the member, or their part of it."""

    schedule_id: int
    schedule: str
    zone: str
    role: str
    level: int
    """The place of the role, 0 for who is called first."""
    type: str
    start: datetime
    end: datetime
    of_shift: datetime
    """When its shift starts, which is earlier where it is only the last part of it."""
    others: tuple[str, ...]
    """Who else is on call when it starts, in other roles of the same shift."""


@dataclass(frozen=True, slots=True)
class SchedulesOverview:
    """`shifts`: the member's own that aren't over, by time; `conflicts`: what needs a change of those, and of the
    schedules they manage.
    """

    lines: tuple[ScheduleLine, ...] = ()
    shifts: tuple[OwnShift, ...] = ()
    waiting: tuple[RequestView, ...] = ()
    """Requests the member is to answer."""
    conflicts: tuple[OpenConflict, ...] = ()

    @property
    def mine(self) -> tuple[ScheduleLine, ...]:
        """The schedules the member belongs to."""
        return tuple(line for line in self.lines if line.is_mine)

    @property
    def holds_until(self) -> datetime | None:
        """The next handoff: from then on somebody else is on call. None: nobody is."""
        ends = [each.until for line in self.lines for each in line.card.on_call if each.until]
        return min([*ends, *(shift.end for shift in self.shifts)], default=None)


def read_overview(app: App, member_id: int, at: datetime, *, is_checked: bool = False) -> SchedulesOverview:
    """The schedules the member may see, as `list_schedules`, and their own shifts that end after `at`.

    `is_checked` has the published shifts of each compared with everyone's calendars, which takes longer.
    """
    cards = list_schedules(app, member_id, at)
    if not cards:
        return SchedulesOverview()
    ids = [card.id for card in cards]
    with app.db.read() as session:
        rows = session.exec(select(Participant).where(col(Participant.schedule_id).in_(ids))).all()
        colours: dict[int, dict[int, int]] = {}
        for row in rows:
            colours.setdefault(row.schedule_id, {})[row.id or 0] = row.colour
        people, wrong = Counter(_on_them(session, rows, at)), _wrong(session, ids, at) if is_checked else {}
        mine = {row.schedule_id for row in rows if row.member_id == member_id} | _accessible(session, member_id)
        lines = tuple(
            ScheduleLine(card, people[card.id], colours.get(card.id, {}), wrong.get(card.id, 0), card.id in mine)
            for card in cards
        )
        return SchedulesOverview(
            lines,
            _own_shifts(session, member_id, at),
            waiting_in(session, member_id, at),
            conflicts_of(session, member_id),
        )


@dataclass(frozen=True, slots=True)
class OnCallSpan:
    """When somebody has a role. `level` is its place, 0 for who is called first."""

    start: datetime
    end: datetime
    role: str
    level: int


def team_on_call(app: App, member_id: int, start: datetime, end: datetime) -> dict[int, tuple[OnCallSpan, ...]]:
    """Member id → when they are on call in that time, by time: on the schedules that `member_id` may see."""
    with app.db.read() as session:
        asking = session.get(Member, member_id)
        seen = [] if asking and asking.is_admin else [col(Schedule.id).in_(_accessible(session, member_id))]
        rows = session.exec(
            select(Assignment, Participant.member_id, Schedule)
            .join(Participant, col(Assignment.participant_id) == col(Participant.id))
            .join(PublishedShift, col(Assignment.shift_id) == col(PublishedShift.id))
            .join(Schedule, col(PublishedShift.schedule_id) == col(Schedule.id))
            .where(col(Participant.member_id).is_not(None), *_true_rows(), *seen)
            .where(col(Assignment.start) < end, col(Assignment.end) > start)
            .order_by(col(Assignment.start), col(Assignment.id))
        )
        found: dict[int, tuple[OnCallSpan, ...]] = {}
        for part, member, schedule in rows:
            span = OnCallSpan(part.start, part.end, part.role, _level(schedule, part.role))
            found[member or 0] = (*found.get(member or 0, ()), span)
        return found


def _true_rows() -> tuple[ColumnElement[bool], ...]:
    """What holds now, on schedules that aren't archived."""
    return (
        col(Assignment.ended_at).is_(None),
        col(PublishedShift.cancelled_at).is_(None),
        col(Schedule.archived_at).is_(None),
    )


def _own_shifts(session: Session, member_id: int, at: datetime) -> tuple[OwnShift, ...]:
    rows = session.exec(
        select(Assignment, PublishedShift, Schedule)
        .join(PublishedShift, col(Assignment.shift_id) == col(PublishedShift.id))
        .join(Schedule, col(PublishedShift.schedule_id) == col(Schedule.id))
        .join(Participant, col(Assignment.participant_id) == col(Participant.id))
        .where(Participant.member_id == member_id, *_true_rows())
        .where(col(Assignment.end) > at, col(Assignment.start) < at + AHEAD)
        .order_by(col(Assignment.start), col(Assignment.id))
        .limit(MOST_SHIFTS)
    ).all()
    others = _others(session, {shift.id or 0 for _, shift, _ in rows})
    return tuple(
        OwnShift(
            schedule_id=schedule.id or 0,
            schedule=schedule.name,
            zone=schedule.zone,
            role=part.role,
            level=_level(schedule, part.role),
            type=shift.type,
            start=part.start,
            end=part.end,
            of_shift=shift.start,
            others=tuple(
                name
                for other, name in others.get(shift.id or 0, ())
                if other.role != part.role and other.start <= part.start < other.end
            ),
        )
        for part, shift, schedule in rows
    )


def _level(schedule: Schedule, role: str) -> int:
    roles = roles_of(schedule)
    return roles.index(role) if role in roles else len(roles)


def _others(session: Session, shifts: Collection[int]) -> dict[int, list[tuple[Assignment, str]]]:
    """Shift id → who has what of it."""
    rows = session.exec(
        select(Assignment, Participant.name, Member.name)
        .join(Participant, col(Assignment.participant_id) == col(Participant.id))
        .outerjoin(Member, col(Participant.member_id) == col(Member.id))
        .where(col(Assignment.shift_id).in_(shifts), col(Assignment.ended_at).is_(None))
        .order_by(col(Assignment.role))
    )
    found: dict[int, list[tuple[Assignment, str]]] = {}
    for part, former, name in rows:
        found.setdefault(part.shift_id, []).append((part, name or former))
    return found


def _accessible(session: Session, member_id: int) -> set[int]:
    """The schedules the member was given access to."""
    return set(session.exec(select(ScheduleAccess.schedule_id).where(ScheduleAccess.member_id == member_id)))


def _on_them(session: Session, rows: Collection[Participant], at: datetime) -> list[int]:
    """The schedule of each participant with whom something is agreed today or later."""
    agreed = set(
        session.exec(
            select(Membership.participant_id)
            .where(col(Membership.participant_id).in_([row.id for row in rows]), col(Membership.ended_at).is_(None))
            .where(or_(col(Membership.to_day).is_(None), col(Membership.to_day) > at.date()))
        )
    )
    return [row.schedule_id for row in rows if row.id in agreed]


def _wrong(session: Session, ids: Collection[int], at: datetime) -> dict[int, int]:
    rows = session.exec(select(Schedule).where(col(Schedule.id).in_(ids))).all()
    return {row.id or 0: needing_change(session, row, at) for row in rows}
