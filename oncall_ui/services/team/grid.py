"""The team's availability, and how fresh it is.

Everything here is visible to every member: names and spans, never the names or addresses of calendars.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, select
from sqlmodel import Session, col

from oncall_ui.app import App
from oncall_ui.domain.availability.coverage import coverage_of
from oncall_ui.domain.availability.spans import AvailabilitySpan
from oncall_ui.domain.availability.window import Window
from oncall_ui.domain.imports.freshness import Freshness, freshness_of
from oncall_ui.models import Calendar, Connection, Member
from oncall_ui.services.accounts.members import member_view
from oncall_ui.services.availability.coverage import calendar_health, is_read
from oncall_ui.services.availability.query import spans_by_member


@dataclass(frozen=True, slots=True)
class TeamMember:
    """What the whole team may see of a member."""

    id: int
    name: str
    initials: str
    freshness: Freshness
    unknown_since: datetime | None
    """When the calendar that is behind the longest was last read, if one is stale or needs the member."""
    known_until: datetime | None
    """From this instant on (aware UTC), time that isn't blocked is unknown. None: always, as with stale calendars."""
    utc_offset: timedelta
    """Of the member's clock now. The zone itself stays with the member."""


@dataclass(frozen=True, slots=True)
class TeamView:
    """All members, sorted by name, with the spans that overlap `window`."""

    window: Window
    members: tuple[TeamMember, ...]
    spans: Mapping[int, Sequence[AvailabilitySpan]]
    version: frozenset[tuple[object, ...]]
    """Changes whenever an import of any calendar changed its availability."""


def read_team(app: App, _member_id: int, window: Window, at: datetime, previous: TeamView | None = None) -> TeamView:
    """The team as of `at`. Any member may ask.

    Reuses the spans of `previous` if no import has changed anything since.
    """
    with app.db.read() as session:
        members = session.execute(select(Member).order_by(col(Member.name), col(Member.id))).scalars().all()
        calendars = _calendars(session)
    version = frozenset((row.id, row.entries, row.last_changed_at) for row in calendars)
    by_member: dict[int, list[Row[tuple[object, ...]]]] = {}
    for row in calendars:
        by_member.setdefault(row.member_id, []).append(row)
    is_same = previous is not None and (previous.window, previous.version) == (window, version)
    return TeamView(
        window=window,
        members=tuple(_member(member, by_member.get(member.id or 0, ()), at) for member in members),
        spans=previous.spans if previous is not None and is_same else team_spans(app, window.start, window.end),
        version=version,
    )


def team_spans(app: App, start: datetime, end: datetime) -> dict[int, list[AvailabilitySpan]]:
    """Member id → availability that overlaps [start, end), sorted. Both ends are aware."""
    with app.db.read() as session:
        members = session.execute(select(col(Member.id))).scalars().all()
        return spans_by_member(session, [member or 0 for member in members], start, end)


def _calendars(session: Session) -> Sequence[Row[tuple[object, ...]]]:
    """The columns that decide freshness, for each calendar that is on."""
    return session.execute(
        select(
            col(Connection.member_id),
            col(Calendar.id),
            col(Calendar.state),
            col(Calendar.attempts),
            col(Calendar.broken_since),
            col(Calendar.cause),
            col(Calendar.last_read_at),
            col(Calendar.last_changed_at),
            col(Calendar.entries),
        )
        .join(Connection, col(Calendar.connection_id) == col(Connection.id))
        .where(is_read())
    ).all()


def _member(member: Member, calendars: Sequence[Row[tuple[object, ...]]], at: datetime) -> TeamMember:
    healths = [calendar_health(row) for row in calendars]
    shown = member_view(member)
    coverage = coverage_of(healths, at, shown.tz)
    return TeamMember(
        id=shown.id,
        name=shown.name,
        initials=shown.initials,
        freshness=freshness_of(healths, at),
        unknown_since=coverage.unknown_since,
        known_until=coverage.known.end if coverage.known else None,
        utc_offset=at.astimezone(shown.tz).utcoffset() or timedelta(),
    )
