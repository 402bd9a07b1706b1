"""What is known of when a member can be on call."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from oncall_ui.app import App
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.availability.spans import Span
from oncall_ui.domain.availability.window import Window, start_of_day
from oncall_ui.models import Availability, Calendar, Connection, Member
from oncall_ui.services.availability.own_days import Own, own_days


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of availability and where it comes from; times are aware UTC, end exclusive.

    A calendar has a product and its logo; what has none was made by hand (`entry_id`), or is a public holiday, which
    only informs while `action` is None.
    """

    start: datetime
    end: datetime
    action: Action | None
    calendar: str
    product: str = ""
    logo: str = ""
    entry_id: int = 0


def entries_in(app: App, member_id: int, window: Window) -> list[Entry]:
    """The member's availability that touches `window`, by start and end."""
    with app.db.read() as session:
        # Columns instead of rows: twenty thousand objects take longer to make than everything else together.
        found = session.execute(
            select(
                col(Availability.start),
                col(Availability.end),
                col(Availability.action),
                col(Calendar.name),
                col(Connection.product),
            )
            .join(Calendar, col(Availability.calendar_id) == col(Calendar.id))
            .join(Connection, col(Calendar.connection_id) == col(Connection.id))
            .where(col(Availability.member_id) == member_id)
            .where(col(Availability.start) < window.end, col(Availability.end) > window.start)
            .order_by(col(Availability.start), col(Availability.end))
        ).all()
    shown = {key: _shown(app, key) for key in {product for *_, product in found}}
    return [Entry(start, end, action, name, *shown[product]) for start, end, action, name, product in found]


def own_entries(own: Own) -> list[Entry]:
    """The same for what the member says without a calendar, public holidays included."""
    found = [
        Entry(day.start, day.end, day.action, day.source[0].upper() + day.source[1:], entry_id=day.entry_id)
        for day in own.days
    ]
    if not own.holidays_block:
        zone = ZoneInfo(own.zone)
        for day, name in own.holidays.items():
            start, end = start_of_day(day, zone), start_of_day(day + timedelta(days=1), zone)
            found.append(Entry(start, end, None, name))
    return found


def _shown(app: App, key: str) -> tuple[str, str]:
    """Name and logo of a product."""
    product = app.product(key)
    return (product.name, product.logo) if product else (key, "ics.svg")


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
