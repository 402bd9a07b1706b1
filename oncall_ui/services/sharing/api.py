"""Members' availability for the API: spans, freshness, and the days they cover."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from oncall_ui.app import App
from oncall_ui.domain.availability.spans import AvailabilitySpan, clip, merge
from oncall_ui.domain.availability.window import Window, days_from
from oncall_ui.domain.imports.freshness import CalendarHealth, Freshness, freshness_of
from oncall_ui.errors import NotAllowed
from oncall_ui.models import Calendar, Connection, Member, now
from oncall_ui.services.availability.query import spans_by_member


@dataclass(frozen=True, slots=True)
class MemberAvailability:
    """Days outside `known` are unknown, which is not the same as free. None: no calendar was ever imported."""

    id: int
    name: str
    freshness: Freshness
    known: Window | None
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
    calendars = _enabled_calendars(session, ids)
    return [
        MemberAvailability(
            id=member.id or 0,
            name=member.name,
            freshness=freshness_of([_health(each) for each in calendars[member.id or 0]], now()),
            known=_known(calendars[member.id or 0], ZoneInfo(member.zone)),
            spans=tuple(merge(clip(spans[member.id or 0], start, end))),
        )
        for member in members
    ]


def _health(calendar: Calendar) -> CalendarHealth:
    return CalendarHealth(calendar.state, calendar.attempts, calendar.last_read_at)


def _known(calendars: Sequence[Calendar], zone: ZoneInfo) -> Window | None:
    """The days that at least one calendar was imported for, as on Home."""
    days = [calendar.last_read_at.astimezone(zone).date() for calendar in calendars if calendar.last_read_at]
    return days_from(max(days), zone) if days else None


def _enabled_calendars(session: Session, member_ids: Sequence[int]) -> dict[int, list[Calendar]]:
    found: defaultdict[int, list[Calendar]] = defaultdict(list)
    rows = session.exec(
        select(Connection.member_id, Calendar)
        .join(Calendar, col(Calendar.connection_id) == col(Connection.id))
        .where(col(Connection.member_id).in_(member_ids), col(Calendar.is_on))
    )
    for member_id, calendar in rows:
        found[member_id].append(calendar)
    return {member_id: found[member_id] for member_id in member_ids}
