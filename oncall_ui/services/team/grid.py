"""The team at a glance: when everybody is blocked or would like to be on call, and how fresh that is.

What it returns every member may see: names and spans, nothing of what calendars are called or where they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select
from sqlmodel import Session, col

from oncall_ui.app import App
from oncall_ui.domain.availability.day_grid import read_until
from oncall_ui.domain.availability.spans import Span
from oncall_ui.domain.availability.window import Window, start_of_day
from oncall_ui.domain.imports.freshness import CalendarHealth, Freshness, freshness_of, is_stale
from oncall_ui.models import Calendar, Connection, Member
from oncall_ui.services.accounts.members import member_view
from oncall_ui.services.availability.query import spans_of


@dataclass(frozen=True, slots=True)
class TeamMember:
    """A member as everybody may see them."""

    id: int
    name: str
    initials: str
    freshness: Freshness
    stale_since: datetime | None
    """The last reading of the calendar that has waited longest, where that is more than a day ago."""
    known_until: datetime | None
    """From here on, aware UTC, nothing is known but what a span says; None: nowhere. Stale data vouches for nothing."""


@dataclass(frozen=True, slots=True)
class TeamView:
    """Everybody, by name, with what touches `window`."""

    window: Window
    members: tuple[TeamMember, ...]
    spans: Mapping[int, Sequence[Span]]
    readings: frozenset[tuple[object, ...]]
    """Differs whenever a reading of any calendar brought something else."""


def look_at_team(app: App, _member_id: int, window: Window, at: datetime, before: TeamView | None = None) -> TeamView:
    """How things stand `at` this moment; every member may ask.

    The spans of `before` are taken over when no reading has brought anything else since.
    """
    with app.db.read() as session:
        members = session.execute(select(Member).order_by(col(Member.name), col(Member.id))).scalars().all()
        calendars = _calendars(session)
    readings = frozenset((row.id, row.entries, row.last_changed_at) for row in calendars)
    by_member: dict[int, list[Row[tuple[object, ...]]]] = {}
    for row in calendars:
        by_member.setdefault(row.member_id, []).append(row)
    is_same = before is not None and (before.window, before.readings) == (window, readings)
    return TeamView(
        window=window,
        members=tuple(_member(member, by_member.get(member.id or 0, ()), at) for member in members),
        spans=before.spans if before is not None and is_same else team_spans(app, window.start, window.end),
        readings=readings,
    )


def team_spans(app: App, start: datetime, end: datetime) -> dict[int, list[Span]]:
    """Everybody's availability that touches the time from `start` to `end`, both aware; by member, each sorted."""
    with app.db.read() as session:
        members = session.execute(select(col(Member.id))).scalars().all()
        return spans_of(session, [member or 0 for member in members], start, end)


def _calendars(session: Session) -> Sequence[Row[tuple[object, ...]]]:
    """What freshness is told from, of each calendar that is on."""
    return session.execute(
        select(
            col(Connection.member_id),
            col(Calendar.id),
            col(Calendar.state),
            col(Calendar.attempts),
            col(Calendar.last_read_at),
            col(Calendar.last_changed_at),
            col(Calendar.entries),
        )
        .join(Connection, col(Calendar.connection_id) == col(Connection.id))
        .where(col(Calendar.is_on))
    ).all()


def _member(member: Member, calendars: Sequence[Row[tuple[object, ...]]], at: datetime) -> TeamMember:
    healths = [CalendarHealth(row.state, row.attempts, row.last_read_at) for row in calendars]
    reads = [each.read_at for each in healths if each.read_at is not None]
    oldest = min(reads, default=None)
    stale_since = oldest if oldest is not None and is_stale(oldest, at) else None
    is_known = bool(reads) and not stale_since and not any(each.fails_from_the_start for each in healths)
    shown = member_view(member)
    return TeamMember(
        id=shown.id,
        name=shown.name,
        initials=shown.initials,
        freshness=freshness_of(healths, at),
        stale_since=stale_since,
        known_until=_known_until(reads, shown.tz) if is_known else None,
    )


def _known_until(reads: Sequence[datetime], zone: ZoneInfo) -> datetime:
    """The days of a reading are the member's own."""
    until: date = read_until(reads, zone)
    return start_of_day(until, zone)
