"""Notes, together with a change of the published schedule, which destinations are to hear of it.

A job sends, so that no other program delays the change, and nothing that was committed stays untold.
"""

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from oncall_ui.domain.schedules.destinations.kinds import DestinationState, EventKind
from oncall_ui.domain.schedules.plan_format.fields import utc
from oncall_ui.models import Delivery, Destination, Member, Participant, Schedule, now
from oncall_ui.services.schedules.published.publish_slots import Change


def queue_event(
    session: Session,
    schedule_id: int,
    kind: EventKind,
    facts: Mapping[str, Any],
    *,
    at: datetime | None = None,
    key: str = "",
) -> None:
    """Notes the event for every destination of the schedule that wants it, within the caller's transaction.

    `facts` are what receivers get as `data`: JSON, times from `utc`, people from `person_facts`. With a `key` the event
    happens once, however often it is noted; give one where a job looks for something. An event that changes shifts also
    brings up to date what other programs hold of them.
    """
    moment = at or now()
    rows = select(Destination).where(
        Destination.schedule_id == schedule_id, col(Destination.state) != DestinationState.OFF
    )
    found = session.exec(rows.order_by(col(Destination.id))).all()
    wanting = [each for each in found if kind in each.options.get("events", ()) and each.created_at <= moment]
    noted = _note(session, schedule_id, kind, facts, wanting, moment, key) if wanting else []
    keeping = [each.id or 0 for each in found if kind.changes_shifts and each.kind.keeps_shifts]
    wake(session, [*noted, *keeping], now())


def queue_changes(
    session: Session,
    schedule_id: int,
    kind: EventKind,
    changes: Sequence[Change],
    *,
    by: int | None,
    at: datetime | None = None,
    **facts: Any,
) -> None:
    """As `queue_event`, for published slots that changed hands. `facts` come before them.

    Where none did, only a published plan is an event.
    """
    if (not changes and kind is not EventKind.PLAN_PUBLISHED) or not _has_destinations(session, schedule_id):
        return
    people = person_facts(session, {each for change in changes for each in (change.before, change.after) if each})
    told = {"by": _member_facts(session, by), **facts, "changes": list(_told(changes, people))}
    queue_event(session, schedule_id, kind, told, at=at)


def _has_destinations(session: Session, schedule_id: int) -> bool:
    """Most schedules have none, and needn't pay for it when they are published."""
    rows = select(Destination.id).where(
        Destination.schedule_id == schedule_id, col(Destination.state) != DestinationState.OFF
    )
    return session.exec(rows.limit(1)).first() is not None


def person_facts(session: Session, participants: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Participant id → the person as receivers see them: `id` of the account, None for a former member, and `name`."""
    rows = session.exec(
        select(Participant, Member)
        .outerjoin(Member, col(Participant.member_id) == col(Member.id))
        .where(col(Participant.id).in_(list(participants)))
    )
    return {row.id or 0: {"id": row.member_id, "name": member.name if member else row.name} for row, member in rows}


def note_for(
    session: Session,
    schedule: Schedule,
    kind: EventKind,
    facts: Mapping[str, Any],
    destination: Destination,
    at: datetime,
) -> None:
    """Notes an event for one destination alone; the caller wakes it."""
    told = _envelope(schedule, facts)
    row = Delivery(
        destination_id=destination.id or 0, event_id=secrets.token_hex(16), kind=kind, facts=told, created_at=at
    )
    session.add(row)


def wake(session: Session, destinations: Sequence[int], at: datetime) -> None:
    """They have something to send. One that is being sent to is looked at again afterwards; one that fails waits on.

    Only these columns, and in the database: the job that sends changes the row as well.
    """
    if not destinations:
        return
    theirs = col(Destination.id).in_(destinations)
    session.execute(update(Destination).where(theirs).values(wanted=Destination.wanted + 1))
    session.execute(update(Destination).where(theirs, col(Destination.attempts) == 0).values(next_at=at))


def _note(
    session: Session,
    schedule_id: int,
    kind: EventKind,
    facts: Mapping[str, Any],
    destinations: Sequence[Destination],
    at: datetime,
    key: str,
) -> list[int]:
    """The destinations that hadn't heard of it."""
    schedule = session.get_one(Schedule, schedule_id)
    event_id = _event_id(schedule, kind, key)
    told = _envelope(schedule, facts)
    has_it = select(Delivery.destination_id).where(Delivery.event_id == event_id)
    known = set(session.exec(has_it)) if key else set()
    news = [each.id or 0 for each in destinations if each.id not in known]
    session.add_all(
        Delivery(destination_id=each, event_id=event_id, kind=kind, facts=told, created_at=at) for each in news
    )
    return news


def _envelope(schedule: Schedule, facts: Mapping[str, Any]) -> dict[str, Any]:
    return {"schedule": {"id": schedule.id, "name": schedule.name, "zone": schedule.zone}, "data": dict(facts)}


def _event_id(schedule: Schedule, kind: EventKind, key: str) -> str:
    if not key:
        return secrets.token_hex(16)
    return hashlib.sha256(f"{schedule.uid}\n{kind}\n{key}".encode()).hexdigest()[:32]


def _told(changes: Sequence[Change], people: Mapping[int, Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    for each in changes:
        yield {
            "start": utc(each.start),
            "end": utc(each.end),
            "role": each.role,
            "before": people.get(each.before or 0),
            "after": people.get(each.after or 0),
        }


def _member_facts(session: Session, member_id: int | None) -> dict[str, Any] | None:
    member = session.get(Member, member_id) if member_id is not None else None
    return {"id": member_id, "name": member.name} if member else None
