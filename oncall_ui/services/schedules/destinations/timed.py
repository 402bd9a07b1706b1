"""Notes what happens by itself: shifts that begin, and gaps that come near. A job, once a minute.

What was noted once isn't again, however often it looks: an event of a slot has a key.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.schedules.destinations.kinds import DestinationState, EventKind
from oncall_ui.domain.schedules.plan_format.fields import utc
from oncall_ui.models import Assignment, Destination, PublishedShift, Schedule, now
from oncall_ui.services.schedules.destinations.outbox import person_facts, queue_event

LATE = timedelta(hours=1)
"""A handoff that a server which was down has missed for so long isn't told any more."""
NEAR = (timedelta(days=7), timedelta(hours=24))


@dataclass(frozen=True, slots=True)
class _Part:
    role: str
    start: datetime
    end: datetime
    participant: int | None


def note_timed_events(app: App, at: datetime | None = None) -> None:
    moment = at or now()
    with app.db.read() as session:
        wanting = _wanting(session)
    for schedule_id in wanting:
        with app.db.write() as session:
            # Another process that is at it notes the same.
            lock = select(Schedule).where(Schedule.id == schedule_id)
            if session.exec(lock.with_for_update(skip_locked=True, key_share=True)).first() is None:
                continue
            parts = _parts(session, schedule_id, moment - LATE, moment + max(NEAR))
            _note_handoffs(session, schedule_id, parts, moment)
            _note_gaps(session, schedule_id, parts, moment)


def _wanting(session: Session) -> list[int]:
    rows = select(Destination.schedule_id, Destination.options).where(col(Destination.state) != DestinationState.OFF)
    wanted = {EventKind.HANDOFF.value, EventKind.GAP_SOON.value}
    return sorted({schedule for schedule, options in session.exec(rows) if wanted & set(options.get("events", ()))})


def _parts(session: Session, schedule_id: int, start: datetime, end: datetime) -> list[_Part]:
    """What is true now and overlaps the span, by time; the part before it is among them."""
    rows = session.exec(
        select(Assignment)
        .join(PublishedShift, col(Assignment.shift_id) == col(PublishedShift.id))
        .where(PublishedShift.schedule_id == schedule_id, col(PublishedShift.cancelled_at).is_(None))
        .where(col(Assignment.ended_at).is_(None))
        .where(col(Assignment.start) < end, col(Assignment.end) >= start)
        .order_by(col(Assignment.start), col(Assignment.id))
    )
    return [_Part(row.role, row.start, row.end, row.participant_id) for row in rows]


def _note_handoffs(session: Session, schedule_id: int, parts: Sequence[_Part], at: datetime) -> None:
    begun = [part for part in parts if at - LATE < part.start <= at]
    people = person_facts(session, _people(parts)) if begun else {}
    for part in begun:
        before = next((each for each in parts if each.role == part.role and each.end == part.start), None)
        if before is not None and before.participant == part.participant:
            continue
        facts = {
            **_span(part),
            "before": people.get(before.participant or 0) if before else None,
            "after": people.get(part.participant or 0),
        }
        key = f"{utc(part.start)} {part.role}"
        queue_event(session, schedule_id, EventKind.HANDOFF, facts, at=part.start, key=key)


def _note_gaps(session: Session, schedule_id: int, parts: Sequence[_Part], at: datetime) -> None:
    for part in parts:
        if part.participant is not None or part.start <= at:
            continue
        for near in NEAR:
            if part.start <= at + near:
                hours = int(near.total_seconds()) // 3600
                facts = {**_span(part), "within_hours": hours}
                key = f"{utc(part.start)} {part.role} {hours}"
                queue_event(session, schedule_id, EventKind.GAP_SOON, facts, at=at, key=key)


def _span(part: _Part) -> dict[str, str]:
    return {"role": part.role, "start": utc(part.start), "end": utc(part.end)}


def _people(parts: Iterable[_Part]) -> set[int]:
    return {part.participant for part in parts if part.participant is not None}
