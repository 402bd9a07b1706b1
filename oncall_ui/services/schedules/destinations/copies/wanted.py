"""What another program should hold: the published shifts that are ahead, by role, and who has them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from oncall_ui.models import Member, Schedule
from oncall_ui.services.schedules.published.read import shown_between

AHEAD = timedelta(days=90)
"""PagerDuty lists the overrides of three months at most; what lies further ahead follows in time."""


@dataclass(frozen=True, slots=True)
class Holder:
    """`member_id` None: an account that is gone, which no user there can be found for."""

    member_id: int | None
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Part:
    """A shift, or what one person has of it."""

    start: datetime
    end: datetime
    holder: Holder


def parts_ahead(session: Session, schedule: Schedule, at: datetime) -> Mapping[str, Sequence[Part]]:
    """Role → parts that end after `at`, by time. Gaps are left out."""
    found: dict[str, list[Part]] = {}
    views = [view for view in shown_between(session, schedule, at, at + AHEAD) if not view.is_gap]
    ids = {view.member_id for view in views if view.member_id is not None}
    emails = dict(session.exec(select(Member.id, Member.email).where(col(Member.id).in_(ids))).all())
    for view in views:
        holder = Holder(view.member_id, view.name, emails.get(view.member_id, ""))
        if view.end > at and view.end > view.start:
            found.setdefault(view.role, []).append(Part(view.start, view.end, holder))
    return found
