"""Brings what is published in line with the slots of a plan: shifts, assignments and ledger."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from oncall_ui.domain.availability.window import start_of_day, zone_of
from oncall_ui.domain.schedules.ledger.lines import Entry
from oncall_ui.domain.schedules.plan_states import AssignmentCause, PlanKind
from oncall_ui.models import Assignment, PlanSlot, PublishedShift, Schedule, SchedulePlan
from oncall_ui.services.schedules.ledger.lines import Cause, add_lines, lines_of_slot, written_of
from oncall_ui.services.schedules.people import periods_of

NO_PLAN = "left out of the plan"


@dataclass(frozen=True, slots=True)
class Change:
    """A slot that changed hands, or what is left of one. None: nobody had it, or has it."""

    start: datetime
    end: datetime
    role: str
    before: int | None
    after: int | None
    of_shift: datetime | None = None
    """When the shift began, where only what is left from `start` on changed hands."""


class Publisher:
    """One publishing, within the caller's transaction. Shifts that have begun by `at` are left alone."""

    def __init__(self, session: Session, schedule: Schedule, plan: SchedulePlan, by: int, at: datetime) -> None:
        self._session, self._schedule, self._plan, self._by, self._at = session, schedule, plan, by, at
        self._periods = periods_of(session, schedule.id or 0)
        self._cause = AssignmentCause.REPAIR if plan.kind is PlanKind.REPAIR else AssignmentCause.PLAN
        self._why = f"plan {plan.number}"
        self._changes: list[Change] = []
        self._written: dict[tuple[int, str], dict[int, Entry]] = {}
        self._lines: list[dict[str, Any]] = []

    def publish(self, slots: Sequence[PlanSlot], end: datetime) -> list[Change]:
        """Publishes the slots and cancels every other shift that starts before `end`. Returns what changed."""
        wanted: defaultdict[datetime, list[PlanSlot]] = defaultdict(list)
        for slot in slots:
            wanted[slot.shift_start].append(slot)
        live = {shift.start: shift for shift in self._live(slots, end)}
        parts = self._parts(live.values())
        self._written = written_of(self._session, [shift.id or 0 for shift in live.values()])
        for start, shift in live.items():
            theirs = wanted.get(start)
            if not theirs or not _is_same(shift, theirs[0]):
                self._cancel(shift, parts[shift.id or 0])
                del parts[shift.id or 0]
        self._session.flush()  # a shift that starts at the same time may take the place of a cancelled one
        stay = {start: shift for start, shift in live.items() if shift.cancelled_at is None}
        stay |= {start: self._add(theirs[0]) for start, theirs in wanted.items() if start not in stay}
        self._session.flush()
        for start, theirs in sorted(wanted.items()):
            self._publish_shift(stay[start], theirs, parts[stay[start].id or 0])
        add_lines(self._session, self._lines)
        return sorted(self._changes, key=lambda change: (change.start, change.role))

    def _live(self, slots: Sequence[PlanSlot], end: datetime) -> list[PublishedShift]:
        """The published shifts the plan replaces."""
        first = start_of_day(self._plan.first_day, zone_of(self._schedule.zone))
        if self._plan.kind is PlanKind.EXTEND and slots:
            first = slots[0].shift_start  # nothing published moves
        return list(
            self._session.exec(
                select(PublishedShift)
                .where(PublishedShift.schedule_id == self._schedule.id, col(PublishedShift.cancelled_at).is_(None))
                .where(col(PublishedShift.start) >= first, col(PublishedShift.start) < end)
                .where(col(PublishedShift.start) > self._at)
            )
        )

    def _parts(self, shifts: Iterable[PublishedShift]) -> defaultdict[int, list[Assignment]]:
        """Shift id → who holds it now."""
        found: defaultdict[int, list[Assignment]] = defaultdict(list)
        ids = [shift.id or 0 for shift in shifts]
        rows = select(Assignment).where(col(Assignment.shift_id).in_(ids), col(Assignment.ended_at).is_(None))
        for row in self._session.exec(rows.order_by(col(Assignment.id))):
            found[row.shift_id].append(row)
        return found

    def _add(self, slot: PlanSlot) -> PublishedShift:
        shift = PublishedShift(
            schedule_id=self._schedule.id or 0,
            start=slot.shift_start,
            end=slot.shift_end,
            type=slot.type,
            points=slot.points,
            label=slot.label,
        )
        self._session.add(shift)
        return shift

    def _cancel(self, shift: PublishedShift, parts: Sequence[Assignment]) -> None:
        for role in sorted({part.role for part in parts}):
            self._end(shift, role, [part for part in parts if part.role == role])
        shift.cancelled_at = self._at

    def _end(self, shift: PublishedShift, role: str, parts: Sequence[Assignment]) -> None:
        """The slot isn't wanted any more."""
        for part in parts:
            part.ended_at = self._at
            self._note(shift, role, part.participant_id, None)
        self._write(shift, role, [], NO_PLAN)

    def _publish_shift(self, shift: PublishedShift, slots: Sequence[PlanSlot], parts: Sequence[Assignment]) -> None:
        for role in sorted({part.role for part in parts} - {slot.role for slot in slots}):
            self._end(shift, role, [part for part in parts if part.role == role])
        for slot in slots:
            theirs = [part for part in parts if part.role == slot.role]
            if _is_held(shift, theirs, slot.participant_id):
                continue
            self._hand(shift, slot, theirs)

    def _hand(self, shift: PublishedShift, slot: PlanSlot, parts: Sequence[Assignment]) -> None:
        for part in parts:
            part.ended_at = self._at
        row = Assignment(
            shift_id=shift.id or 0,
            role=slot.role,
            participant_id=slot.participant_id,
            start=shift.start,
            end=shift.end,
            recorded_at=self._at,
            cause=self._cause,
            cause_id=self._plan.id,
            is_accepted=slot.blocked > 0,
            by_id=self._by,
        )
        self._session.add(row)
        before = next((part.participant_id for part in parts if part.participant_id != slot.participant_id), None)
        self._note(shift, slot.role, before, slot.participant_id)
        self._write(shift, slot.role, [row], self._why)

    def _write(self, shift: PublishedShift, role: str, parts: Sequence[Assignment], why: str) -> None:
        written = self._written.get((shift.id or 0, role), {})
        cause = Cause(self._by, self._at, why)
        self._lines += lines_of_slot(self._schedule, shift, role, parts, self._periods, written, cause)

    def _note(self, shift: PublishedShift, role: str, before: int | None, after: int | None) -> None:
        if before != after:
            self._changes.append(Change(shift.start, shift.end, role, before, after))


def _is_same(shift: PublishedShift, slot: PlanSlot) -> bool:
    published = (shift.end, shift.type, shift.points, shift.label)
    return published == (slot.shift_end, slot.type, slot.points, slot.label)


def _is_held(shift: PublishedShift, parts: Sequence[Assignment], participant: int | None) -> bool:
    """Whether the whole slot is theirs already."""
    return [(part.participant_id, part.start, part.end) for part in parts] == [(participant, shift.start, shift.end)]
