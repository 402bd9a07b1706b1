"""Members' availability as it leaves the server. Whatever comes to count as availability is added here, once."""

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime

from sqlalchemy import select
from sqlmodel import Session, col

from oncall_ui.domain.spans import Span
from oncall_ui.models import Availability, Member
from oncall_ui.services.own_days import own_days


def spans_of(session: Session, member_ids: Collection[int], start: datetime, end: datetime) -> dict[int, list[Span]]:
    """Per member what touches [start, end), whole, sorted, each span once; a member without any has an empty list.

    `start` and `end` are aware.
    """
    found: defaultdict[int, set[Span]] = defaultdict(set)
    rows = session.execute(
        select(
            col(Availability.member_id), col(Availability.start), col(Availability.end), col(Availability.action)
        ).where(
            col(Availability.member_id).in_(member_ids), col(Availability.start) < end, col(Availability.end) > start
        )
    )
    for member_id, *span in rows:
        found[member_id].add(Span(*span))
    members = session.scalars(select(Member).where(col(Member.id).in_(member_ids))).all()
    for day in own_days(session, members, start.astimezone(UTC), end.astimezone(UTC)):
        found[day.member_id].add(Span(day.start, day.end, day.action))
    return {member_id: sorted(found[member_id]) for member_id in member_ids}
