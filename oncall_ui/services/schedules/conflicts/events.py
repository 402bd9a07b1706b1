"""Tells other programs of conflicts that were found, and of those that ended."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from oncall_ui.domain.schedules.conflicts.words import why_words
from oncall_ui.domain.schedules.destinations.kinds import EventKind
from oncall_ui.domain.schedules.plan_format.fields import utc
from oncall_ui.models import ShiftConflict
from oncall_ui.services.schedules.conflicts.emails import parts_of
from oncall_ui.services.schedules.destinations.outbox import person_facts, queue_event


def queue_conflict_events(
    session: Session, schedule_id: int, kind: EventKind, rows: Sequence[ShiftConflict], at: datetime
) -> None:
    """One event a conflict, in the caller's transaction. The rows have ids."""
    parts = parts_of(session, rows)
    people = person_facts(session, {part.participant_id for part in parts.values() if part.participant_id})
    for row in rows:
        part = parts[row.assignment_id]
        person = people.get(part.participant_id or 0)
        facts = {
            "conflict": row.id,
            "start": utc(part.start),
            "end": utc(part.end),
            "role": part.role,
            "person": person,
            "why": why_words(row.kind, row.about, person["name"] if person else ""),
            **({"how": row.how.value} if row.how else {}),
        }
        queue_event(session, schedule_id, kind, facts, at=at, key=f"conflict {row.id}")
