"""Reads availability from every source: calendars, manual days and public holidays."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.spans import AvailabilitySpan
from oncall_ui.domain.availability.window import Window, start_of_day, zone_of
from oncall_ui.models import Availability, Calendar, Connection, Member
from oncall_ui.services.availability.personal_days import PersonalDays, personal_days_of
from oncall_ui.services.connections.names import shown_name


@dataclass(frozen=True, slots=True)
class SourcedSpan:
    """An availability span and its source; aware UTC, end exclusive.

    A calendar has a product and a logo. Without them, `manual_id` says it is manual days; 0 means a public holiday,
    which is informational where `action` is None.
    """

    start: datetime
    end: datetime
    action: Action | None
    calendar: str
    product: str = ""
    logo: str = ""
    manual_id: int = 0


def calendar_spans(app: App, member_id: int, window: Window) -> list[SourcedSpan]:
    """The member's availability from calendars that overlaps `window`, sorted by start and end."""
    with app.db.read() as session:
        # Columns instead of rows: building 20,000 objects takes longer than everything else here.
        found = session.execute(
            select(
                col(Availability.start),
                col(Availability.end),
                col(Availability.action),
                shown_name(),
                col(Connection.product),
            )
            .join(Calendar, col(Availability.calendar_id) == col(Calendar.id))
            .join(Connection, col(Calendar.connection_id) == col(Connection.id))
            .where(col(Availability.member_id) == member_id)
            .where(col(Availability.start) < window.end, col(Availability.end) > window.start)
            .order_by(col(Availability.start), col(Availability.end))
        ).all()
    shown = {key: _shown(app, key) for key in {product for *_, product in found}}
    return [SourcedSpan(start, end, action, name, *shown[product]) for start, end, action, name, product in found]


def personal_spans(personal: PersonalDays) -> list[SourcedSpan]:
    """The member's manual days and public holidays; holidays that don't block have no action."""
    found = [
        SourcedSpan(day.start, day.end, day.action, day.source[0].upper() + day.source[1:], manual_id=day.manual_id)
        for day in personal.days
    ]
    if not personal.holidays_block:
        zone = zone_of(personal.zone)
        for day, name in personal.holidays.items():
            start, end = start_of_day(day, zone), start_of_day(day + timedelta(days=1), zone)
            found.append(SourcedSpan(start, end, None, name))
    return found


def _shown(app: App, key: str) -> tuple[str, str]:
    """Name and logo of a product."""
    product = app.product(key)
    return (product.name, product.logo) if product else (key, "ics.svg")


def spans_by_member(
    session: Session, member_ids: Collection[int], start: datetime, end: datetime
) -> dict[int, list[AvailabilitySpan]]:
    """Member id → availability that overlaps [start, end), from every source; sorted, without duplicates.

    Spans aren't clipped to [start, end), whose ends are aware. Every id has a list, empty where there is none.
    """
    found: defaultdict[int, set[AvailabilitySpan]] = defaultdict(set)
    rows = session.execute(
        select(
            col(Availability.member_id), col(Availability.start), col(Availability.end), col(Availability.action)
        ).where(
            col(Availability.member_id).in_(member_ids), col(Availability.start) < end, col(Availability.end) > start
        )
    )
    for member_id, *span in rows:
        found[member_id].add(AvailabilitySpan(*span))
    members = session.scalars(select(Member).where(col(Member.id).in_(member_ids))).all()
    for day in personal_days_of(session, members, start.astimezone(UTC), end.astimezone(UTC)):
        found[day.member_id].add(AvailabilitySpan(day.start, day.end, day.action))
    return {member_id: sorted(found[member_id]) for member_id in member_ids}
