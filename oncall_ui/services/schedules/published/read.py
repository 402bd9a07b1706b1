"""What is published, as members may see it: who is on call, when whose shifts are, which schedules there are."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.plan_states import PlanKind, PlanStatus
from oncall_ui.domain.schedules.shifts.nesting import DEEPEST, Entry, Rendered, render
from oncall_ui.errors import NotAllowed
from oncall_ui.models import (
    Assignment,
    Member,
    Participant,
    PublishedShift,
    Schedule,
    ScheduleAccess,
    SchedulePlan,
    now,
)
from oncall_ui.services.schedules.access import MAX_ID, access_of, access_of_each, open_schedule
from oncall_ui.services.schedules.cover.reading import waiting_numbers
from oncall_ui.services.schedules.drafts.drafts import published_until
from oncall_ui.services.schedules.people import names_of
from oncall_ui.services.schedules.published.nested import NestedSlot, nested_slots
from oncall_ui.services.schedules.rules import roles_of, shadows_of

NEXT_WITHIN = timedelta(days=35)
"""How far the next handoff is looked for. Shifts last a week at most, but there may be time off between them."""
LONGEST_SHIFT = timedelta(days=8)
OUTER, INNER = "outer", "inner"


@dataclass(frozen=True, slots=True)
class ShiftView:
    """A published slot, or the part of it that one person has."""

    shift_id: int
    shift_start: datetime
    shift_end: datetime
    role: str
    type: str
    points: int
    label: str
    participant_id: int | None
    member_id: int | None
    name: str
    """Empty for a gap."""
    start: datetime
    end: datetime
    """Of the part."""
    is_accepted: bool
    """Published although its holder was blocked."""
    via: int = 0
    """The schedule that fills the role, where a rule says so. Its people aren't participants of this one."""

    @property
    def is_gap(self) -> bool:
        return not self.name

    def overlaps(self, start: datetime, end: datetime) -> bool:
        return self.start < end and self.end > start


@dataclass(frozen=True, slots=True)
class OnCall:
    """Who has a role at a moment, and until when. `now` None: a gap, or nobody is wanted; `next` is never a gap."""

    role: str
    now: ShiftView | None
    until: datetime | None
    next: ShiftView | None


@dataclass(frozen=True, slots=True)
class ScheduleCard:
    """A schedule in a list. `published_until` None: nothing is published."""

    id: int
    name: str
    zone: str
    access: Access
    on_call: tuple[OnCall, ...]
    published_until: datetime | None
    drafts: int
    """How many drafts wait; 0 for who can't see them."""


@dataclass(frozen=True, slots=True)
class ScheduleView:
    """A schedule's head: what every page about it shows."""

    id: int
    name: str
    zone: str
    roles: tuple[str, ...]
    access: Access
    my_participant_id: int | None
    published_until: datetime | None
    is_archived: bool
    waiting: int = 0
    """How many requests for cover wait for the member's answer."""


def list_schedules(app: App, member_id: int, at: datetime) -> tuple[ScheduleCard, ...]:
    """Those the member may see, by name: administrators all. Archived ones are left out."""
    with app.db.read() as session:
        member = session.get(Member, member_id)
        rows = select(Schedule).where(col(Schedule.archived_at).is_(None))
        if member is None or not member.is_admin:
            theirs = select(ScheduleAccess.schedule_id).where(ScheduleAccess.member_id == member_id)
            rows = rows.where(col(Schedule.id).in_(theirs))
        found = session.exec(rows.order_by(func.lower(Schedule.name), col(Schedule.id))).all()
        return tuple(_card(session, member_id, schedule, at) for schedule in found)


def read_schedule(app: App, member_id: int, schedule_id: int) -> ScheduleView:
    """Raises NotAllowed unless the member may see it."""
    found = read_schedule_for(app, [member_id], schedule_id)
    if not found:
        raise NotAllowed
    return found[member_id]


def read_schedule_for(app: App, member_ids: Collection[int], schedule_id: int) -> Mapping[int, ScheduleView]:
    """As `read_schedule`, for several members at once; those who may not see it are left out."""
    with app.db.read() as session:
        schedule = session.get(Schedule, schedule_id) if 0 < schedule_id <= MAX_ID else None
        if schedule is None:
            return {}
        held = access_of_each(session, member_ids, schedule_id)
        people = select(Participant.member_id, Participant.id).where(Participant.schedule_id == schedule_id)
        participants = dict(session.exec(people.where(col(Participant.member_id).in_(member_ids))).all())
        waiting = waiting_numbers(session, held, schedule, now())
        roles, until = roles_of(schedule), published_until(session, schedule_id)
        return {
            member_id: ScheduleView(
                id=schedule_id,
                name=schedule.name,
                zone=schedule.zone,
                roles=roles,
                access=access,
                my_participant_id=participants.get(member_id),
                published_until=until,
                is_archived=schedule.archived_at is not None,
                waiting=waiting[member_id],
            )
            for member_id, access in held.items()
        }


def read_shifts(app: App, member_id: int, schedule_id: int, start: datetime, end: datetime) -> tuple[ShiftView, ...]:
    """Who has what of the published slots that overlap [start, end), by time and role, with those that another schedule
    fills. Raises NotAllowed.
    """
    with app.db.read() as session:
        schedule = open_schedule(session, member_id, schedule_id, Access.VIEWER)
        return tuple(shown_between(session, schedule, start, end))


def on_call(app: App, member_id: int, schedule_id: int, at: datetime) -> tuple[OnCall, ...]:
    """For each role in order: who has it at that moment, until when, and who has it next. Raises NotAllowed."""
    with app.db.read() as session:
        schedule = open_schedule(session, member_id, schedule_id, Access.VIEWER)
        return on_call_among(schedule, shown_between(session, schedule, at, at + NEXT_WITHIN), at)


def on_call_among(schedule: Schedule, parts: Iterable[ShiftView], at: datetime) -> tuple[OnCall, ...]:
    """As `on_call`, where `parts` hold all that overlap the time from `at` to NEXT_WITHIN later, sorted by time.

    A shadow that nobody has, now or next, is left out.
    """
    near, shadows = [part for part in parts if part.overlaps(at, at + NEXT_WITHIN)], shadows_of(schedule)
    found = [_role(role, [each for each in near if each.role == role], at) for role in roles_of(schedule)]
    return tuple(each for each in found if each.role not in shadows or each.now or each.next)


def shifts_between(
    session: Session, schedule: Schedule, start: datetime, end: datetime, as_of: datetime | None = None
) -> list[ShiftView]:
    """The parts of published slots that overlap [start, end), by time, then in the order of roles.

    As they are now, or as they were at the moment `as_of`.
    """
    rows = session.exec(
        select(PublishedShift, Assignment, Participant)
        .join(Assignment, col(Assignment.shift_id) == col(PublishedShift.id))
        .outerjoin(Participant, col(Assignment.participant_id) == col(Participant.id))
        .where(PublishedShift.schedule_id == schedule.id, *_true_at(as_of))
        .where(col(Assignment.start) < end, col(Assignment.end) > start)
        .where(col(PublishedShift.start) > start - LONGEST_SHIFT, col(PublishedShift.start) < end)
    )
    names = names_of(session, schedule.id or 0)
    return _in_order(schedule, (_shift(shift, part, participant, names) for shift, part, participant in rows))


def _true_at(moment: datetime | None) -> list[ColumnElement[bool]]:
    """What holds for rows that are true at the moment; None: now."""
    if moment is None:
        return [col(PublishedShift.cancelled_at).is_(None), col(Assignment.ended_at).is_(None)]
    return [
        col(Assignment.recorded_at) <= moment,
        or_(col(Assignment.ended_at).is_(None), col(Assignment.ended_at) > moment),
    ]


def shown_between(session: Session, schedule: Schedule, start: datetime, end: datetime) -> list[ShiftView]:
    """As `shifts_between`, and who is on call where another schedule fills a role, split at its handoffs."""
    nested = _nested(session, schedule, start, end, DEEPEST)
    return _in_order(schedule, [*shifts_between(session, schedule, start, end), *nested])


def _nested(session: Session, schedule: Schedule, start: datetime, end: datetime, depth: int) -> Iterator[ShiftView]:
    """Up to `depth` schedules inside each other; saving refuses more."""
    for slot in nested_slots(session, schedule, start, end) if depth > 1 else ():
        inner = [
            *shifts_between(session, slot.inner, slot.start, slot.end),
            *_nested(session, slot.inner, slot.start, slot.end, depth - 1),
        ]
        held = [part for part in inner if part.role == slot.inner_role]
        entries = {
            OUTER: [Entry(slot.start, slot.end, schedule=INNER)],
            INNER: [
                Entry(part.start, part.end, None if part.is_gap else str(number)) for number, part in enumerate(held)
            ],
        }
        for piece in render(OUTER, entries):
            yield _seen_inside(slot, piece, held[int(piece.person)] if piece.person else None)


def _seen_inside(slot: NestedSlot, piece: Rendered, part: ShiftView | None) -> ShiftView:
    """A part of a role that another schedule fills. None: a gap there."""
    return ShiftView(
        shift_id=0,
        shift_start=slot.start,
        shift_end=slot.end,
        role=slot.role,
        type=slot.type,
        points=slot.points,
        label=slot.label,
        participant_id=None,
        member_id=part.member_id if part else None,
        name=part.name if part else "",
        start=piece.start,
        end=piece.end,
        is_accepted=False,
        via=slot.inner.id or 0,
    )


def _card(session: Session, member_id: int, schedule: Schedule, at: datetime) -> ScheduleCard:
    access = access_of(session, member_id, schedule.id or 0) or Access.VIEWER
    return ScheduleCard(
        id=schedule.id or 0,
        name=schedule.name,
        zone=schedule.zone,
        access=access,
        on_call=on_call_among(schedule, shown_between(session, schedule, at, at + NEXT_WITHIN), at),
        published_until=published_until(session, schedule.id or 0),
        drafts=_drafts(session, schedule) if access is Access.MANAGER else 0,
    )


def _role(role: str, parts: Sequence[ShiftView], at: datetime) -> OnCall:
    current = next((part for part in parts if part.start <= at < part.end), None)
    later = [part for part in parts if part.start > at]
    if current is None:
        return OnCall(role, None, later[0].start if later else None, _first_held(later))
    until = current.end
    for part in later:
        # Somebody with two shifts in a row hands over at the end of the second.
        if part.start != until or _holder(part) != _holder(current):
            break
        until = part.end
    holder = None if current.is_gap else current
    return OnCall(role, holder, until, _first_held([part for part in later if part.start >= until]))


def _holder(part: ShiftView) -> tuple[int | None, int | None, str]:
    return part.participant_id, part.member_id, part.name


def _first_held(parts: Iterable[ShiftView]) -> ShiftView | None:
    return next((part for part in parts if not part.is_gap), None)


def _shift(
    shift: PublishedShift, part: Assignment, participant: Participant | None, names: Mapping[int, str]
) -> ShiftView:
    return ShiftView(
        shift_id=shift.id or 0,
        shift_start=shift.start,
        shift_end=shift.end,
        role=part.role,
        type=shift.type,
        points=shift.points,
        label=shift.label,
        participant_id=part.participant_id,
        member_id=participant.member_id if participant else None,
        name=names.get(part.participant_id or 0, ""),
        start=part.start,
        end=part.end,
        is_accepted=part.is_accepted,
    )


def _drafts(session: Session, schedule: Schedule) -> int:
    waiting = col(SchedulePlan.status).in_((PlanStatus.PLANNING, PlanStatus.DRAFT, PlanStatus.FAILED))
    rows = select(func.count()).select_from(SchedulePlan).where(SchedulePlan.schedule_id == schedule.id, waiting)
    rows = rows.where(SchedulePlan.kind != PlanKind.WHAT_IF)
    return session.exec(rows).one()


def _in_order(schedule: Schedule, parts: Iterable[ShiftView]) -> list[ShiftView]:
    place = {role: number for number, role in enumerate(roles_of(schedule))}
    return sorted(parts, key=lambda each: (each.start, place.get(each.role, len(place)), each.end))
