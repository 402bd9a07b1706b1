"""A calendar's stored availability against a new import: which rows go, which come, which stay."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert
from sqlalchemy import select as columns_of
from sqlmodel import Session, col, delete

from oncall_ui.domain.availability.evaluate import AvailabilitySpan, Outcome
from oncall_ui.domain.availability.rules import Action
from oncall_ui.models import Availability, Calendar, now

BATCH = 500
"""Rows deleted by one statement."""


@dataclass(frozen=True, slots=True)
class AvailabilityDiff:
    """`stored`: span → id of its row, as it is now; `wanted`: the spans there should be."""

    stored: Mapping[AvailabilitySpan, int]
    wanted: frozenset[AvailabilitySpan]


def diff(session: Session, calendar: Calendar, outcome: Outcome) -> AvailabilityDiff:
    """What storing `outcome` would change."""
    columns = [col(Availability.id), col(Availability.start), col(Availability.end)]
    rows = columns_of(*columns, col(Availability.action), col(Availability.key))
    found = session.execute(rows.where(col(Availability.calendar_id) == calendar.id))
    stored = {_span(start, end, action, key): row_id for row_id, start, end, action, key in found}
    unchanged = {span for span in stored if span.key in outcome.unchanged}
    return AvailabilityDiff(stored, frozenset(outcome.spans) | unchanged)


def apply(session: Session, calendar: Calendar, member_id: int, change: AvailabilityDiff) -> None:
    """Inside the caller's transaction. Rows that did not change keep their ids."""
    gone = [row_id for span, row_id in change.stored.items() if span not in change.wanted]
    new = sorted(change.wanted - change.stored.keys())
    if gone or new:
        calendar.last_changed_at = now()
    for at in range(0, len(gone), BATCH):
        session.exec(delete(Availability).where(col(Availability.id).in_(gone[at : at + BATCH])))
    if new:
        session.execute(insert(Availability), [_row(member_id, calendar, span) for span in new])


def _span(start: datetime, end: datetime, action: Action, key: bytes) -> AvailabilitySpan:
    return AvailabilitySpan(int(start.timestamp()), int(end.timestamp()), action, bytes(key))


def _row(member_id: int, calendar: Calendar, span: AvailabilitySpan) -> dict[str, object]:
    return {
        "member_id": member_id,
        "calendar_id": calendar.id,
        "start": datetime.fromtimestamp(span.start, UTC),
        "end": datetime.fromtimestamp(span.end, UTC),
        "action": span.action,
        "key": span.key,
    }
