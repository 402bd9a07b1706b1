"""Published shifts as events of a calendar: one per slot, which keeps its UID when the shift changes hands."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from oncall_ui.domain.schedules.shift_feed import uid_of
from oncall_ui.models import Assignment, Participant, PublishedShift, Schedule
from oncall_ui.services.schedules.people import names_of

BACK = timedelta(days=366)
"""How long shifts stay in a feed once they are over."""
CANCELLED_FOR = timedelta(days=30)
"""How long a shift that was taken away stays as cancelled, so that programs that only add events remove it."""
GAP = "Nobody"


@dataclass(frozen=True, slots=True)
class ShiftEvent:
    """`sequence` grows, and `changed_at` is the time, whenever the event changes (RFC 5545 section 3.8.7.4)."""

    uid: str
    start: datetime
    end: datetime
    title: str
    schedule_id: int
    is_cancelled: bool
    sequence: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a feed shows. `member_id` None: everybody's shifts, with their names in the titles."""

    schedules: Sequence[Schedule]
    member_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class _Row:
    part: Assignment
    shift: PublishedShift
    owner: int | None
    """The member who has it."""

    @property
    def is_true(self) -> bool:
        return self.part.ended_at is None and self.shift.cancelled_at is None

    @property
    def changed_at(self) -> datetime:
        return self.part.ended_at or self.part.recorded_at


def events_of(session: Session, wanted: Wanted) -> list[ShiftEvent]:
    """Sorted by start: 12 months back, everything ahead."""
    found: list[ShiftEvent] = []
    for schedule in wanted.schedules:
        names = names_of(session, schedule.id or 0)
        for rows in _slots(session, schedule, wanted.at).values():
            found += _Slot(schedule, rows, names, wanted).events()
    return sorted(found, key=lambda each: (each.start, each.uid))


def _slots(session: Session, schedule: Schedule, at: datetime) -> Mapping[tuple[datetime, str], list[_Row]]:
    """Every assignment there ever was, by start of the shift and role, oldest first."""
    rows = session.exec(
        select(Assignment, PublishedShift, Participant)
        .join(PublishedShift, col(Assignment.shift_id) == col(PublishedShift.id))
        .outerjoin(Participant, col(Assignment.participant_id) == col(Participant.id))
        .where(PublishedShift.schedule_id == schedule.id, col(PublishedShift.end) > at - BACK)
        .order_by(col(Assignment.id))
    )
    found: defaultdict[tuple[datetime, str], list[_Row]] = defaultdict(list)
    for part, shift, holder in rows:
        found[shift.start, part.role].append(_Row(part, shift, holder.member_id if holder else None))
    return found


class _Slot:
    """One role of the shift that starts at a moment, with everything that was ever written about it."""

    def __init__(self, schedule: Schedule, rows: Sequence[_Row], names: Mapping[int, str], wanted: Wanted) -> None:
        self._schedule, self._rows, self._names, self._wanted = schedule, rows, names, wanted
        self._sequence = sum(not row.is_true for row in rows)
        self._changed_at = max(row.changed_at for row in rows)

    def events(self) -> list[ShiftEvent]:
        true = [row for row in self._rows if row.is_true]
        shown = [row for row in true if self._is_theirs(row)]
        if shown:
            return [self._event(row, is_cancelled=False) for row in shown]
        recent = self._wanted.at - CANCELLED_FOR
        gone = [row for row in self._rows if not row.is_true and self._is_theirs(row)]
        if gone and self._changed_at > recent:
            return [self._event(gone[-1], is_cancelled=True)]
        return []

    def _is_theirs(self, row: _Row) -> bool:
        return self._wanted.member_id is None or row.owner == self._wanted.member_id

    def _event(self, row: _Row, *, is_cancelled: bool) -> ShiftEvent:
        part = None if row.part.start == row.shift.start else row.part.start
        return ShiftEvent(
            uid=uid_of(self._schedule.uid, row.shift.start, row.part.role, part),
            start=row.part.start,
            end=row.part.end,
            title=" · ".join(self._title(row)),
            schedule_id=self._schedule.id or 0,
            is_cancelled=is_cancelled,
            sequence=self._sequence,
            changed_at=self._changed_at,
        )

    def _title(self, row: _Row) -> Iterable[str]:
        if self._wanted.member_id is None:
            yield self._names.get(row.part.participant_id or 0, "") or GAP
        yield row.part.role[:1].upper() + row.part.role[1:]
        yield self._schedule.name
