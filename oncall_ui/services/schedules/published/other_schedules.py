"""Nobody is on call twice at a time, in all schedules together: who gives somebody a shift has them to itself first."""

from collections.abc import Iterable

from sqlmodel import Session, col, func, select

from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.schedules.planning.problem import Span
from oncall_ui.models import Assignment, Participant, PublishedShift

SHIFTS = 4
"""The kind of our advisory locks in PostgreSQL; the other half of their key is a member's id."""


def lock_people(session: Session, participants: Iterable[int | None]) -> None:
    """Serialises whatever gives these people shifts, in any schedule, until the transaction ends.

    To be called once in a transaction: with the schedule locked, and before anything that is looked at or written.
    """
    if session.get_bind().dialect.name != "postgresql":
        return  # SQLite writes one transaction after another
    wanted = {each for each in participants if each is not None}
    members = select(Participant.member_id).where(col(Participant.id).in_(wanted))
    # Each in a statement of its own, since only this is sure to keep the order, without which two would wait for ever.
    for member_id in sorted(each for each in session.exec(members) if each is not None):
        session.execute(select(func.pg_advisory_xact_lock(SHIFTS, member_id)))


def shifts_elsewhere(
    session: Session, schedule_id: int, everybody: Iterable[Participant], window: Window
) -> dict[int, tuple[Span, ...]]:
    """Participant → when their member has shifts of other schedules."""
    members = {row.member_id: row.id or 0 for row in everybody if row.member_id is not None}
    rows = session.exec(
        select(Participant.member_id, Assignment.start, Assignment.end)
        .join(Assignment, col(Assignment.participant_id) == col(Participant.id))
        .join(PublishedShift, col(Assignment.shift_id) == col(PublishedShift.id))
        .where(col(Participant.member_id).in_(members), col(Participant.schedule_id) != schedule_id)
        .where(col(Assignment.ended_at).is_(None), col(PublishedShift.cancelled_at).is_(None))
        .where(col(Assignment.start) < window.end, col(Assignment.end) > window.start)
    )
    found: dict[int, tuple[Span, ...]] = {}
    for member_id, start, end in rows:
        person = members[member_id or 0]
        found[person] = (*found.get(person, ()), Span(start, end))
    return found
