"""Which published slots need a change, by what calendars, agreements and limits say at a moment."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import Session, col, select

from oncall_ui.domain.availability.window import Window, zone_of
from oncall_ui.domain.schedules.conflicts.blocks import is_beyond, within
from oncall_ui.domain.schedules.conflicts.broken import Given, newly_broken
from oncall_ui.domain.schedules.conflicts.trouble import Ending, Trouble
from oncall_ui.domain.schedules.membership import Period, terms_on
from oncall_ui.domain.schedules.plan_format.fields import utc
from oncall_ui.domain.schedules.plan_format.problem_writing import limit_as_json
from oncall_ui.domain.schedules.plan_states import AssignmentCause
from oncall_ui.domain.schedules.planning.problem import Problem, Slot, Span, Spread
from oncall_ui.models import Assignment, Participant, PublishedShift, Schedule, ShiftConflict
from oncall_ui.services.schedules.drafts.build import build_published
from oncall_ui.services.schedules.drafts.calendars import calendars_of
from oncall_ui.services.schedules.drafts.live import Live
from oncall_ui.services.schedules.people import periods_of
from oncall_ui.services.schedules.rules import limits_since

Held = tuple[int, str, int]
"""Shift, role and participant: what somebody keeps anyway stays kept when the slot is cut."""
PLANNED = {AssignmentCause.PLAN, AssignmentCause.REPAIR}


@dataclass(frozen=True, slots=True)
class Kept:
    """What holders keep their slots in spite of."""

    spans: Mapping[Held, tuple[Span, ...]] = field(default_factory=dict)
    limits: Mapping[Held, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """A slot, or a part of one, and why it needs a change. `about` as in a ShiftConflict."""

    live: Live
    trouble: Trouble
    about: dict[str, Any]


def findings_of(session: Session, schedule: Schedule, at: datetime, *, with_limits: bool = True) -> tuple[Finding, ...]:
    """Of the slots that are running or to come `at` that moment, by time. Limits take most of the time."""
    lives = coming(session, schedule.id or 0, at)
    return tuple(_Finder(session, schedule, lives, at).find(with_limits=with_limits)) if lives else ()


def coming(session: Session, schedule_id: int, at: datetime) -> list[Live]:
    """Who has the published slots that aren't over, by time."""
    rows = session.exec(
        select(PublishedShift, Assignment)
        .join(Assignment, col(Assignment.shift_id) == col(PublishedShift.id))
        .where(PublishedShift.schedule_id == schedule_id, col(PublishedShift.cancelled_at).is_(None))
        .where(col(Assignment.ended_at).is_(None), col(Assignment.end) > at)
        .order_by(col(PublishedShift.start), col(Assignment.role), col(Assignment.start), col(Assignment.id))
    )
    return [Live(shift, part) for shift, part in rows]


def kept_of(session: Session, schedule_id: int, at: datetime) -> Kept:
    """What was kept anyway of slots that aren't over."""
    rows = session.exec(
        select(ShiftConflict, Assignment)
        .join(Assignment, col(ShiftConflict.assignment_id) == col(Assignment.id))
        .where(ShiftConflict.schedule_id == schedule_id, ShiftConflict.how == Ending.KEPT)
        .where(col(Assignment.end) > at)
    )
    spans: dict[Held, tuple[Span, ...]] = {}
    limits: dict[Held, tuple[str, ...]] = {}
    for row, part in rows:
        held = part.shift_id, part.role, part.participant_id or 0
        spans[held] = (*spans.get(held, ()), *spans_of(row.about))
        limits[held] = (*limits.get(held, ()), *(str(each["terms"]) for each in row.about.get("limits", ())))
    return Kept(spans, limits)


def over_limits(session: Session, schedule_id: int) -> set[tuple[datetime, int, str, int]]:
    """Where open conflicts are about limits: when the part starts, shift, role and participant."""
    rows = session.exec(
        select(Assignment)
        .join(ShiftConflict, col(ShiftConflict.assignment_id) == col(Assignment.id))
        .where(ShiftConflict.schedule_id == schedule_id, ShiftConflict.kind == Trouble.LIMIT)
        .where(col(ShiftConflict.closed_at).is_(None))
    )
    return {(part.start, part.shift_id, part.role, part.participant_id or 0) for part in rows}


def spans_of(about: Mapping[str, Any]) -> tuple[Span, ...]:
    """The blocked parts of the shift."""
    return tuple(Span(_instant(start), _instant(end)) for start, end in about.get("spans", ()))


def is_there(periods: Sequence[Period], day: date) -> bool:
    """Whether somebody is on the schedule on that day, and not paused."""
    terms = terms_on(periods, day)
    return terms is not None and not terms.is_paused


def main_holders(problem: Problem, lives: Iterable[Live]) -> dict[Slot, Live]:
    """Who has which slot of the problem; of one that is shared, who has most of it."""
    planned, found = {shift.start for shift in problem.shifts}, dict[Slot, Live]()
    for live in lives:
        slot, part = Slot(live.shift.start, live.part.role), live.part
        if part.participant_id is None or slot.start not in planned or slot.role not in problem.roles:
            continue
        other = found.get(slot)
        if other is None or part.end - part.start > other.part.end - other.part.start:
            found[slot] = live
    return found


class _Finder:
    """One look."""

    def __init__(self, session: Session, schedule: Schedule, lives: Sequence[Live], at: datetime) -> None:
        self._session, self._schedule, self._lives, self._at = session, schedule, lives, at
        self._id, self._zone = schedule.id or 0, zone_of(schedule.zone)
        self._kept = kept_of(session, self._id, at)

    def find(self, *, with_limits: bool) -> Iterator[Finding]:
        holders = {live.part.participant_id for live in self._lives}
        rows = select(Participant).where(Participant.schedule_id == self._id, col(Participant.id).in_(holders))
        people = self._session.exec(rows).all()
        periods = periods_of(self._session, self._id)
        end = max(live.part.end for live in self._lives)
        window = Window(min(self._at, *(live.part.start for live in self._lives)), end)
        blocks = calendars_of(self._session, people, periods, window, self._at).blocks
        members = {row.id: row.member_id for row in people}
        broken = self._broken(Window(self._at, end)) if with_limits else {}
        for live in self._lives:
            part = live.part
            if part.participant_id is None:
                yield Finding(live, Trouble.GAP, {})
                continue
            day = max(part.start, self._at).astimezone(self._zone).date()
            if members[part.participant_id] is None or not is_there(periods.get(part.participant_id, ()), day):
                yield Finding(live, Trouble.LEFT, {})
                continue
            if spans := self._blocked(live, blocks.get(str(part.participant_id), ())):
                yield Finding(live, Trouble.BLOCKED, {"spans": [[utc(span.start), utc(span.end)] for span in spans]})
            if part.id in broken:
                yield Finding(live, Trouble.LIMIT, {"limits": broken[part.id]})

    def _blocked(self, live: Live, blocks: Iterable[Span]) -> tuple[Span, ...]:
        """Empty where it was accepted or kept, and where that part of a running shift is over."""
        part = live.part
        spans = within(blocks, part.start, part.end)
        kept = self._kept.spans.get((part.shift_id, part.role, part.participant_id or 0), ())
        is_asked = is_beyond([span for span in spans if span.end > self._at], kept)
        return spans if is_asked and not part.is_accepted else ()

    def _broken(self, window: Window) -> dict[int, list[dict[str, Any]]]:
        """Assignment → the limits it breaks newly, each as `terms` and `times`."""
        since = {
            limit: moment
            for limit, moment in limits_since(self._session, self._id).items()
            if not isinstance(limit, Spread)
        }
        if not since or not any(live.shift.start >= self._at for live in self._lives):
            return {}
        problem = build_published(self._session, self._schedule, window, self._at).problem
        main = main_holders(problem, self._lives)
        roster = {slot: str(live.part.participant_id) for slot, live in main.items()}
        given = {slot: Given(live.part.recorded_at, live.part.cause in PLANNED) for slot, live in main.items()}
        found: dict[int, list[dict[str, Any]]] = {}
        for slot, breaches in newly_broken(problem, roster, since, given).items():
            part = main[slot].part
            kept = self._kept.limits.get((part.shift_id, part.role, part.participant_id or 0), ())
            said = [{"terms": limit_as_json(each.limit), "times": each.times} for each in breaches]
            if left := [each for each in said if str(each["terms"]) not in kept]:
                found[part.id or 0] = left
        return found


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
