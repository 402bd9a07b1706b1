"""Members' availability for the API: spans, freshness, and the days they cover."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.availability.coverage import Coverage, coverage_of
from oncall_ui.domain.availability.spans import AvailabilitySpan, clip, merge
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.imports.freshness import Freshness, freshness_of
from oncall_ui.errors import NotAllowed
from oncall_ui.models import Member, now
from oncall_ui.services.availability.coverage import healths_by_member
from oncall_ui.services.availability.query import spans_by_member


@dataclass(frozen=True, slots=True)
class MemberAvailability:
    """What isn't blocked outside the days of `coverage` is unknown, which is not the same as free."""

    id: int
    name: str
    freshness: Freshness
    coverage: Coverage
    spans: tuple[AvailabilitySpan, ...]


def own_availability(app: App, member_id: int, start: datetime, end: datetime) -> MemberAvailability:
    """The member's availability in [start, end). Raises NotAllowed when the account is gone."""
    with app.db.read() as session:
        member = session.get(Member, member_id)
        if member is None:
            raise NotAllowed
        (own,) = _availability(session, [member], start, end)
        return own


def team_availability(app: App, start: datetime, end: datetime) -> list[MemberAvailability]:
    """Every member's, by name, in [start, end). It reveals neither connections nor why they fail."""
    with app.db.read() as session:
        members = session.exec(select(Member).order_by(col(Member.name), col(Member.id))).all()
        return _availability(session, members, start, end)


def _availability(
    session: Session, members: Sequence[Member], start: datetime, end: datetime
) -> list[MemberAvailability]:
    ids = [member.id or 0 for member in members]
    spans = spans_by_member(session, ids, start, end)
    calendars, at = healths_by_member(session, ids), now()
    return [
        MemberAvailability(
            id=member.id or 0,
            name=member.name,
            freshness=freshness_of(calendars[member.id or 0], at),
            coverage=coverage_of(calendars[member.id or 0], at, zone_of(member.zone)),
            spans=tuple(merge(clip(spans[member.id or 0], start, end))),
        )
        for member in members
    ]
